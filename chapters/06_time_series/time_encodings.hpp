/// @file
/// Exercise 6.3: when is a row? Attention does not know the order of its tokens; and for a series the place in the window is only half of
/// it. The other half is the calendar: a Monday at eight is like the Monday before, wherever it stands in the window.
///
///     token_t = W x_t + b + PE[first + t] + V calendar_t    PE: the sinusoids of exercise 5.3 (wb/nn/positions.hpp)
///
/// Two ways to write a calendar. As numbers from -.5 to .5, one an axis (Informer): short, but Sunday and Monday are as far apart as can be.
/// As points on circles: sin and cos of the angle, and of its multiples, so that the end of a week meets its beginning.
/// Source: Zhou et al. 2021 (Informer), appendix B; the circles: Fourier terms, Hyndman and Athanasopoulos, section 7.4.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "wb/autograd/autograd.hpp"
#include "wb/nn/nn.hpp"
#include "wb/series.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// How many numbers calendar_features gives for a row.
inline constexpr std::size_t calendar_size = 4;

/// Calendars as numbers from -.5 to .5, in this order:
///
///     hour / 23 - .5        weekday / 6 - .5, Monday is 0        (day of month - 1) / 30 - .5        (day of year - 1) / 365 - .5
///
/// Minutes, month and year do not count. A month always has 31 days here, and a year 366: the 1st of March is later in a leap year.
/// @return  [times, 4]
Tensor<2> calendar_features(std::span<const Timestamp> times);

/// Points on circles.
///
///     [n, 2 k] = sin(2 pi (k + 1) values[n] / period)        [n, 2 k + 1] = cos(the same)        k = 0 .. harmonics - 1
///
/// In double, so that values a million or 10^300 periods away keep their place on the circle (std::remainder first, it is exact).
/// @param values     any finite numbers, negative ones too; value and value + period get the same row
/// @param harmonics  0: a row without numbers
/// @return           [values, 2 harmonics]
/// @throws std::invalid_argument when the period is not above 0 and finite, or naming the place of a value that is not finite
Tensor<2> cyclic_features(std::span<const double> values, double period, std::size_t harmonics);

/// Makes tokens of rows.
class TimeEmbedding {
 public:
    /// Draws the parameters: the values' first.
    TimeEmbedding(std::size_t variates, std::size_t features, std::size_t d_model, Random& random)
        : value(variates, d_model, random), calendar(features, d_model, random, false) {}

    /// value(x) + positions + calendar(features). Positions are not scaled, and neither is anything else.
    /// @param x         [batch, length, variates]
    /// @param features  [batch, length, features]
    /// @param first     the place of the first row: a decoder's tokens go on where the encoder's ended. Row t gets PE[first + t]
    /// @return          [batch, length, d_model]; the gradient reaches both layers, x and features
    /// @throws ShapeError naming the shapes of x and features when one has not 3 axes, or batch or length differ
    Var<float> operator()(Var<float> x, Var<float> features, std::size_t first = 0) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "value", value);
        out.add_module(prefix, "calendar", calendar);
    }

    Linear<float> value;     ///< [d_model, variates], with a bias
    Linear<float> calendar;  ///< [d_model, features], without
};

}  // namespace wb
