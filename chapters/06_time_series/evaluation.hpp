/// @file
/// Exercise 6.13: how wrong, and where? One number ranks models in a paper. Which hour ahead is wrong, and which variate, is what one has to
/// know before one believes any of them.
///
///     MSE = mean of (forecast - truth)^2        MAE = mean of |forecast - truth|        over windows, steps and variates alike
///
/// Windows come in batches, and the last is short. A mean over batches' means counts its windows too much; leaving it out (much published
/// code did, by drop_last = True on the *test* set) makes the result depend on the batch size.
/// Source: Qiu et al., VLDB 2024 (TFB), section 4 on drop_last.
#pragma once

#include <cstddef>
#include <tuple>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// Errors, in the mean over all windows.
struct ForecastReport {
    std::size_t windows = 0;                           ///< that the means are of
    double mse = 0, mae = 0;                           ///< means over windows, steps and variates
    Tensor<1, double> mse_by_step, mae_by_step;        ///< [horizon]: over windows and variates
    Tensor<1, double> mse_by_variate, mae_by_variate;  ///< [variates]: over windows and steps
};

/// The members, in wire order.
inline auto fields(ForecastReport& report) {
    return std::tie(report.windows, report.mse, report.mae, report.mse_by_step, report.mae_by_step,
                    report.mse_by_variate, report.mae_by_variate);
}

/// Adds up errors, batch by batch, in double. Every window counts alike, in whichever batch it came.
class ForecastErrors {
 public:
    /// @throws std::invalid_argument naming both, when one is 0
    ForecastErrors(std::size_t horizon, std::size_t variates);

    /// Differences are taken in double, too: two finite floats may lie further apart than a float can say.
    /// @param forecast  [batch, horizon, variates]; an empty batch adds nothing
    /// @param truth     the same
    /// @throws ShapeError naming both shapes, when they differ from each other or from what it was made for
    /// @throws std::invalid_argument naming window (of the batch), step and variate of a number of either that is not finite
    /// A call that throws has added nothing.
    void add(const Tensor<3>& forecast, const Tensor<3>& truth);

    /// @throws std::logic_error when nothing was added
    [[nodiscard]] ForecastReport report() const;

 private:
    std::size_t windows_ = 0;
    Tensor<2, double> squares_, distances_;  ///< [horizon, variates]: sums over windows
};

/// What a model saves against a baseline: 1 - model / baseline, of the MSE. 0: as good; below 0: the baseline is better.
/// @throws std::invalid_argument when the two were not measured on as many windows (naming both numbers), or the baseline has no error
double skill(const ForecastReport& model, const ForecastReport& baseline);

}  // namespace wb
