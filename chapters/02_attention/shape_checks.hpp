/// @file
/// Given code: the shape errors of this chapter. Those of tensors are the library's; the mask's is here.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mask.hpp"
#include "wb/errors.hpp"
#include "wb/shape_checks.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// Requires that a mask fits scores [batch, heads, q_len, kv_len].
/// @throws ShapeError that names key_lengths or allowed, what was got and what fits
inline void require_mask_fits(const std::string& where, const Mask& mask, std::size_t batch, std::size_t heads,
                              std::size_t q_len, std::size_t kv_len) {
    const std::vector<std::size_t>& lengths = mask.key_lengths;
    if (!lengths.empty() && lengths.size() != batch) {
        throw ShapeError(where + ": key_lengths has " + std::to_string(lengths.size()) + " entries, but q has batch " +
                         std::to_string(batch) + " (axis 0)");
    }
    for (std::size_t b = 0; b < lengths.size(); ++b) {
        if (lengths[b] > kv_len) {
            throw ShapeError(where + ": key_lengths[" + std::to_string(b) + "] is " + std::to_string(lengths[b]) +
                             ", but k has only kv_len " + std::to_string(kv_len) + " (axis 2)");
        }
    }
    if (!mask.allowed) return;
    const std::size_t wanted[] = {batch, heads, q_len, kv_len};
    for (std::size_t axis = 0; axis < 4; ++axis) {
        const std::size_t size = mask.allowed->shape(axis);
        const bool may_broadcast = axis < 2;  // one mask for all batch rows, or for all heads
        if (size == wanted[axis] || (may_broadcast && size == 1)) continue;
        throw ShapeError(where + ": allowed " + shape_text(*mask.allowed) + " and scores [" + std::to_string(batch) +
                         ", " + std::to_string(heads) + ", " + std::to_string(q_len) + ", " + std::to_string(kv_len) +
                         "] differ in axis " + std::to_string(axis));
    }
}

}  // namespace wb
