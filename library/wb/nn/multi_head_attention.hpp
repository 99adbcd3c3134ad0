/// @file
/// Multi-head attention with its projections: self-attention when asked about itself, cross-attention otherwise.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "wb/autograd/softmax.hpp"
#include "wb/nn/layers.hpp"

namespace wb {

/// What decides the module's shape.
struct MultiHeadAttentionOptions {
    std::size_t heads = 1;          ///< divides d_model
    bool output_projection = true;  ///< false: the heads' outputs side by side are the result
    double dropout = 0;             ///< of the weights, after the softmax
};

/// output(concat_h attention(query(x), key(memory), value(memory))): Vaswani et al. 2017, section 3.2.2.
template <class Real>
class MultiHeadAttention {
 public:
    using Options = MultiHeadAttentionOptions;  ///< by its short name
    /// @throws std::invalid_argument when heads do not divide d_model
    MultiHeadAttention(std::size_t d_model, const Options& options, Random& random);

    /// @param x        [batch, q_len, d_model], which asks
    /// @param memory   [batch, kv_len, d_model], which is asked: x itself, or an encoder's annotations
    /// @param weights  where not null, is set to [batch, heads, q_len, kv_len], for pictures
    /// @return         [batch, q_len, d_model]
    Var<Real> operator()(Var<Real> x, Var<Real> memory, const AttentionMask& mask = {},
                         Var<Real>* weights = nullptr) const;
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<Real>& out, const std::string& prefix) const;

    Linear<Real> query, key, value;      ///< the projections
    std::optional<Linear<Real>> output;  ///< none without output_projection

 private:
    Options options_;
};

}  // namespace wb
