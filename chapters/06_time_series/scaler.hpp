/// @file
/// Exercise 6.2: one scale for all. Riders at one station come in thousands, at another in dozens; a loss over both would be about the
/// first alone. Each variate is moved to mean 0 and deviation 1, by what the *training part* says of it.
///
///     z = (x - mean) / deviation        x = z deviation + mean        deviation: of the population, sqrt(sum (x - mean)^2 / rows)
///
/// Statistics of the whole series would tell training how high the test will be. Errors in z are comparable between papers (they report
/// them so); errors in x are what a timetable is made by.
/// Source: sklearn's StandardScaler, as Zhou et al. 2021 use it.
#pragma once

#include <cstddef>
#include <tuple>

#include "wb/tensor.hpp"

namespace wb {

/// A variate's scale.
struct Scaler {
    Tensor<1, double> mean;       ///< [variates]
    Tensor<1, double> deviation;  ///< [variates]: above 0; 1 for a variate that does not vary
};

/// The members, in wire order.
inline auto fields(Scaler& scaler) {
    return std::tie(scaler.mean, scaler.deviation);
}

/// Measures rows 0 .. train_rows - 1, in double: first the mean, then squares of what is left, so that at a level of 1e7 a deviation of 1
/// keeps nine digits. What comes after does not count, and may hold anything. A variate that does not vary has the same number in all those rows.
/// @param series  [rows, variates]
/// @throws std::invalid_argument naming train_rows and the rows there are when it is 0 or more than they, or naming row and variate of
///         a number that is not finite
Scaler fit_scaler(const Tensor<2>& series, std::size_t train_rows);

/// (x - mean) / deviation, in double, and rounded once at the end. What is not finite stays so.
/// @param series  [rows, variates], not only those of the training part
/// @return        the same shape
/// @throws ShapeError naming the shapes when the scaler's mean or deviation is for another number of variates
Tensor<2> standardise(const Tensor<2>& series, const Scaler& scaler);

/// z deviation + mean: a forecast in the series' own unit; in double, and rounded once at the end.
/// @param forecast  [batch, horizon, variates]
/// @return          the same shape
/// @throws ShapeError naming the shapes when the scaler's mean or deviation is for another number of variates
Tensor<3> restore(const Tensor<3>& forecast, const Scaler& scaler);

}  // namespace wb
