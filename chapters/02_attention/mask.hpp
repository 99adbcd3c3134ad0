/// @file
/// Which keys a query may see. One Mask may combine three restrictions; a key is visible when none of them forbids it.
/// The default, `Mask{}`, forbids nothing.
///
///     causal, q_len 3, kv_len 3      causal, q_len 2, kv_len 4      key_lengths {2}, kv_len 4
///     (1 = visible)  1 0 0           the last query sees  1 1 1 0   1 1 0 0   for every query of
///                    1 1 0           the last key         1 1 1 1   1 1 0 0   batch row 0
///                    1 1 1
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// What each query may see. Empty or absent members forbid nothing.
struct Mask {
    /// Query i sees keys j <= i + kv_len - q_len: aligned at the end, as in decoding, where the queries are the newest
    /// tokens. With q_len > kv_len the first q_len - kv_len queries see no key at all.
    bool causal = false;
    std::vector<std::size_t>
        key_lengths;  ///< [batch]; batch row b has key_lengths[b] <= kv_len keys, the rest is padding
    std::optional<Tensor<4, bool>>
        allowed;  ///< [batch or 1, heads or 1, q_len, kv_len]; true = visible. A 1 is for all
};

/// The members, in wire order.
inline auto fields(Mask& mask) {
    return std::tie(mask.causal, mask.key_lengths, mask.allowed);
}

}  // namespace wb
