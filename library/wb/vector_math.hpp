/// @file
/// Arithmetic on rows: contiguous spans of float or double, a vector register at a time. All are serial and allocate
/// nothing; rows of different threads may be worked on at once. What a function makes of an element does not depend on
/// where in the row it stands. Sums are taken in vector lanes, so they differ from a sum from left to right by
/// rounding.
#pragma once

#include <span>

namespace wb {

/// Replaces every x by e^x.
/// float: within 1.1 units in the last place for every float (measured over all 2^32; tests/library holds 2), subnormal
/// results included; -infinity and below -104 give 0, above 88.7229 infinity, NaN stays NaN.
/// double: within 2 units from -708 to 709; below, results that would be subnormal may be 0.
void exp_in_place(std::span<float> row);
void exp_in_place(std::span<double> row);  ///< in double

/// Replaces every x by tanh x, within 2 units in the last place; infinities give 1 and -1, NaN stays NaN.
void tanh_in_place(std::span<float> row);
void tanh_in_place(std::span<double> row);  ///< in double

/// Replaces every x by erf x; infinities give 1 and -1, NaN stays NaN.
/// float: within 2.5 units in the last place for every float that tests/library tries; double: within 70, 8e-15.
void erf_in_place(std::span<float> row);
void erf_in_place(std::span<double> row);  ///< in double

/// Replaces every x by x Phi(x), with the distribution of the standard normal, Phi(x) = (1 + erf(x / sqrt 2)) / 2, and not its
/// tanh form: Hendrycks and Gimpel 2016. NaN stays NaN.
void gelu_in_place(std::span<float> row);
void gelu_in_place(std::span<double> row);  ///< in double
/// Replaces every x by the derivative of that, Phi(x) + x e^(-x^2 / 2) / sqrt(2 pi).
void gelu_derivative_in_place(std::span<float> row);
void gelu_derivative_in_place(std::span<double> row);  ///< in double

/// Sum of a row; 0 when it is empty.
float row_sum(std::span<const float> row);
double row_sum(std::span<const double> row);  ///< in double

/// Largest element: NaN when there is one, -infinity when the row is empty.
float row_max(std::span<const float> row);
double row_max(std::span<const double> row);  ///< in double

/// Sum of a[i] * b[i].
/// @throws ShapeError when the rows differ in length
float row_dot(std::span<const float> a, std::span<const float> b);
double row_dot(std::span<const double> a, std::span<const double> b);  ///< in double

}  // namespace wb
