/// @file
/// Random masks for cases.
#pragma once

#include "judge/draw.hpp"
#include "mask.hpp"

namespace wb {

/// The sizes of one attention.
struct Sizes {
    std::size_t batch, heads, q_len, kv_len, head_dim, v_dim;
};

/// About three of four places are true, and every query sees its first key or another one.
inline Tensor<4, bool> draw_allowed(const std::array<std::size_t, 4>& shape, Draw& draw) {
    Tensor<4, bool> allowed(shape);
    for (bool& entry : allowed) entry = draw.below(4) != 0;
    for (std::size_t b = 0; b < shape[0]; ++b)
        for (std::size_t h = 0; h < shape[1]; ++h)
            for (std::size_t i = 0; i < shape[2]; ++i) allowed(b, h, i, draw.below(shape[3])) = true;
    return allowed;
}

/// A length of at least 1 for each batch row, not all alike where there is room.
inline std::vector<std::size_t> draw_lengths(std::size_t batch, std::size_t kv_len, Draw& draw) {
    std::vector<std::size_t> lengths;
    for (std::size_t b = 0; b < batch; ++b) lengths.push_back(1 + draw.below(kv_len));
    if (batch > 1) {
        lengths[0] = kv_len;
        lengths[1] = kv_len / 2 + kv_len % 2;
    }
    return lengths;
}

/// All three restrictions at once.
inline Mask draw_mask(const Sizes& s, Draw& draw) {
    Mask mask;
    mask.causal = true;
    mask.key_lengths = draw_lengths(s.batch, s.kv_len, draw);
    mask.allowed = draw_allowed({s.batch, s.heads, s.q_len, s.kv_len}, draw);
    return mask;
}

}  // namespace wb
