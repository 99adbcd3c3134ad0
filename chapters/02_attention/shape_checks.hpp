/// @file
/// Given code: the shape errors of this chapter, so that each check is one line and every message reads alike:
///     attention: q and k differ in head_dim (axis 3): q [2, 8, 5, 64], k [2, 8, 7, 32]
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mask.hpp"
#include "wb/errors.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// A tensor and the name it has in the contract, for error messages.
template <std::size_t N, class Real>
struct Named {
    const char* name;               ///< e.g. "q"
    const Tensor<N, Real>& tensor;  ///< not owned
};

template <std::size_t N, class Real>
Named(const char*, const Tensor<N, Real>&) -> Named<N, Real>;

/// Requires that two tensors agree in one axis each; says both names, both shapes and the axis when they do not.
/// @param where        what was called, e.g. "attention"
/// @param axis_name    what the axis means, e.g. "head_dim"
/// @param first_axis   the axis of `first`
/// @param second_axis  the axis of `second`
/// @throws ShapeError
template <std::size_t N, class A, std::size_t M, class B>
void require_same_axis(const std::string& where, const std::string& axis_name, const Named<N, A>& first,
                       std::size_t first_axis, const Named<M, B>& second, std::size_t second_axis) {
    if (first.tensor.shape(first_axis) == second.tensor.shape(second_axis)) return;
    const std::string axes = first_axis == second_axis
                                 ? "axis " + std::to_string(first_axis)
                                 : "axis " + std::to_string(first_axis) + " of " + first.name + ", axis " +
                                       std::to_string(second_axis) + " of " + second.name;
    throw ShapeError(where + ": " + first.name + " and " + second.name + " differ in " + axis_name + " (" + axes +
                     "): " + first.name + " " + shape_text(first.tensor) + ", " + second.name + " " +
                     shape_text(second.tensor));
}

/// Requires that a tensor has the given size along an axis.
/// @param wanted  the size, and `because` where it comes from, e.g. "num_heads * head_dim"
/// @throws ShapeError
template <std::size_t N, class A>
void require_axis_size(const std::string& where, const Named<N, A>& tensor, std::size_t axis, std::size_t wanted,
                       const std::string& because) {
    if (tensor.tensor.shape(axis) == wanted) return;
    throw ShapeError(where + ": " + tensor.name + " " + shape_text(tensor.tensor) + " must have " +
                     std::to_string(wanted) + " (" + because + ") in axis " + std::to_string(axis) + ", but has " +
                     std::to_string(tensor.tensor.shape(axis)));
}

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
