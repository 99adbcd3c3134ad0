/// @file
/// Operations on numbers one by one: sums and products with broadcasting, activations, dropout.
#pragma once

#include "wb/autograd/tape.hpp"

namespace wb {

/// a + b. The second may lack leading axes of the first, and is then repeated over them: a bias [d_model] or positions
/// [length, d_model] on [batch, length, d_model];
/// nothing else is broadcast.
/// @param a  [..]
/// @param b  the trailing axes of `a`, or all of them
/// @return   as `a`
/// @throws ShapeError naming both shapes
template <class Real>
Var<Real> operator+(Var<Real> a, Var<Real> b);

/// a - b, of one shape. @throws ShapeError
template <class Real>
Var<Real> operator-(Var<Real> a, Var<Real> b);

/// a * b, number by number; `b` is broadcast as in a sum.
/// @throws ShapeError naming both shapes
template <class Real>
Var<Real> operator*(Var<Real> a, Var<Real> b);

/// x times a number.
template <class Real>
Var<Real> operator*(Var<Real> x, std::type_identity_t<Real> factor);

/// max(x, 0); its derivative at 0 is 0.
template <class Real>
Var<Real> relu(Var<Real> x);

/// x Phi(x) with the exact normal distribution, not the tanh form: Hendrycks and Gimpel 2016.
template <class Real>
Var<Real> gelu(Var<Real> x);

template <class Real>
Var<Real> tanh(Var<Real> x);  ///< tanh(x)

/// In Mode::train, sets each number to 0 with the given probability and divides the others by 1 - probability; otherwise x
/// itself. What is dropped depends on the tape's dropout seed and on how many dropouts the step had before.
/// @throws std::invalid_argument when the probability is not in [0, 1)
template <class Real>
Var<Real> dropout(Var<Real> x, double probability);

}  // namespace wb
