/// @file
/// Shape errors, so that each check is one line and every message reads alike:
///     attention: q and k differ in head_dim (axis 3): q [2, 8, 5, 64], k [2, 8, 7, 32]
#pragma once

#include <cstddef>
#include <string>

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
Named(const char*, const Tensor<N, Real>&) -> Named<N, Real>;  ///< N and Real are the tensor's

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

}  // namespace wb
