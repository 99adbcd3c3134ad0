/// @file
/// Operations on rows: softmax with masks, layer normalisation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "wb/autograd/tape.hpp"

namespace wb {

/// Which keys a query may see; a key is visible when nothing here forbids it. The default forbids nothing. For an additive
/// mask (ALiBi, relative positions) add it to the scores.
struct AttentionMask {
    /// Query i sees keys j <= i + kv_len - q_len: q_len 2 and kv_len 4 keep 1110 / 1111.
    bool causal = false;
    /// [batch], or empty: row b of the batch has key_lengths[b] keys, what follows is padding.
    std::span<const int> key_lengths = {};
    /// [q_len, kv_len] for all, or [batch, q_len, kv_len], or empty: not 0 where a key is visible.
    std::span<const std::uint8_t> allowed = {};
};

/// Softmax over the innermost axis. A query that sees no key gives zeros, never NaN.
/// @param scores  [.., kv_len]; with a mask [batch, q_len, kv_len] or [batch, heads, q_len, kv_len]
/// @return        as `scores`
/// @throws ShapeError naming the mask's member that does not fit
template <class Real>
Var<Real> softmax(Var<Real> scores, const AttentionMask& mask = {});

/// (x - mean) / sqrt(variance + epsilon) * weight + bias over the innermost axis, with the biased variance: Ba et al. 2016.
/// @param x       [.., d_model]
/// @param weight  [d_model]
/// @param bias    [d_model]
/// @return        as `x`
/// @throws ShapeError naming the shapes
template <class Real>
Var<Real> layer_norm(Var<Real> x, Var<Real> weight, Var<Real> bias, double epsilon = 1e-5);

namespace detail {

/// A mask against the extents of scores; what softmax and attention share.
class VisibleKeys {
 public:
    /// @throws ShapeError naming `where` and the member of the mask that does not fit
    VisibleKeys(const char* where, const AttentionMask& mask, std::size_t batch, std::size_t q_len, std::size_t kv_len);

    /// Keys 0 .. count - 1 may be visible to a query, those from there on are not.
    [[nodiscard]] std::size_t count(std::size_t batch, std::size_t query) const;
    /// Which of them are, as 0 or not 0; null when all are.
    [[nodiscard]] const std::uint8_t* allowed(std::size_t batch, std::size_t query) const;

 private:
    AttentionMask mask_;
    std::size_t q_len_, kv_len_;
    bool one_for_all_;
};

/// Softmax of row[0 .. count - 1], zeros in the rest up to kv_len.
/// @param allowed  null, or 0 for a key among the first `count` that is not visible
template <class Real>
void softmax_row(Real* row, std::size_t count, std::size_t kv_len, const std::uint8_t* allowed);

}  // namespace detail
}  // namespace wb
