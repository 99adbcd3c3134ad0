/// @file
/// Matrix products on a tape. Each is one BLAS call for the whole batch, or one for each of its matrices; linear() cuts a large
/// one over the threads.
#pragma once

#include "wb/autograd/tape.hpp"
#include "wb/matmul.hpp"

namespace wb {

/// What linear() applies to its result, while it is in the cache. gelu: x Phi(x), exact, as the operation of that name.
enum class Activation { none, relu, gelu };

/// activation(x weight^T + bias): torch.nn.functional.linear.
/// @param x       [.., in], taken as one matrix of rows
/// @param weight  [out, in]
/// @param bias    [out]; linear(x, weight, activation) is without
/// @return        [.., out]
/// @throws ShapeError naming the shapes
/// @note          2 * rows * in * out FLOPs forward, twice that backward
template <class Real>
Var<Real> linear(Var<Real> x, Var<Real> weight, Var<Real> bias, Activation activation = Activation::none);
template <class Real>
Var<Real> linear(Var<Real> x, Var<Real> weight, Activation activation = Activation::none);  ///< without a bias

/// Matrix product of the last two axes, for every index of the axes before.
/// @param a  [.., rows, inner], or [.., inner, rows] with Transpose::yes; 2 to 4 axes
/// @param b  [.., inner, cols], or [.., cols, inner] with Transpose::yes; the axes before as those of `a`: nothing is
///           broadcast
/// @return   [.., rows, cols]
/// @throws ShapeError naming both shapes
template <class Real>
Var<Real> matmul(Var<Real> a, Var<Real> b, Transpose a_as = Transpose::no, Transpose b_as = Transpose::no);

}  // namespace wb
