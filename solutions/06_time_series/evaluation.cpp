/// @file
/// Exercise 6.13: how wrong, and where. The contract is chapters/06_time_series/evaluation.hpp.
#include "evaluation.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 6.13 removed
namespace {

void require_finite(const char* name, const Tensor<3>& numbers) {
    for (std::size_t w = 0; w < numbers.shape(0); ++w) {
        for (std::size_t t = 0; t < numbers.shape(1); ++t) {
            for (std::size_t v = 0; v < numbers.shape(2); ++v) {
                if (std::isfinite(numbers(w, t, v))) continue;
                throw std::invalid_argument("ForecastErrors: " + std::string(name) + " has " +
                                            std::to_string(numbers(w, t, v)) + " in window " + std::to_string(w) +
                                            ", step " + std::to_string(t) + ", variate " + std::to_string(v) +
                                            ". Has the model diverged, or has the series a gap?");
            }
        }
    }
}

}  // namespace
// SOLUTION END

// TODO(6.13): sums that start at 0.
//   Ask:      what would the mean over no step, or over no variate, be?
//   Traps:    a Tensor that is given a shape and nothing else holds whatever lay in memory: wb::zeros.
ForecastErrors::ForecastErrors(std::size_t horizon, std::size_t variates) {
    // SOLUTION BEGIN 6.13
    if (horizon == 0 || variates == 0)
        throw std::invalid_argument("ForecastErrors: a horizon of " + std::to_string(horizon) + " and " +
                                    std::to_string(variates) + " variates: both must be at least 1");
    squares_ = distances_ = zeros<2, double>({horizon, variates});
    // SOLUTION END
}

// TODO(6.13): the errors of one batch.
//   Equation: squares[t, v] += (forecast - truth)^2, distances[t, v] += |forecast - truth|, over the batch's windows.
//   Start:    check both shapes, then every number of both; only then add.
//   Ask:      why sums, and not the batch's means? How many windows has the last batch of 2,785 windows in batches of 32?
//   Traps:    NaN in the truth is a gap in the data, and as bad as one in the forecast. A number that is refused in the last window must
//             not leave the first ones added. 3e38 - (-3e38) is no float.
void ForecastErrors::add(const Tensor<3>& forecast, const Tensor<3>& truth) {
    // SOLUTION BEGIN 6.13
    const std::size_t batch = forecast.shape(0), horizon = squares_.shape(0), variates = squares_.shape(1);
    if (forecast.shape() != truth.shape() || forecast.shape(1) != horizon || forecast.shape(2) != variates)
        throw ShapeError("ForecastErrors: forecast " + shape_text(forecast) + " and truth " + shape_text(truth) +
                         " must both be [batch, " + std::to_string(horizon) + ", " + std::to_string(variates) + "]");
    require_finite("the forecast", forecast);
    require_finite("the truth", truth);
    for (std::size_t w = 0; w < batch; ++w) {
        for (std::size_t t = 0; t < horizon; ++t) {
            for (std::size_t v = 0; v < variates; ++v) {
                const double difference = double{forecast(w, t, v)} - double{truth(w, t, v)};
                squares_(t, v) += difference * difference;
                distances_(t, v) += std::abs(difference);
            }
        }
    }
    windows_ += batch;
    // SOLUTION END
}

// TODO(6.13): means of the sums.
//   Ask:      how many numbers are in mse, how many in mse_by_step[t], how many in mse_by_variate[v]?
//   Traps:    nothing added is no error of 0.
ForecastReport ForecastErrors::report() const {
    // SOLUTION BEGIN 6.13
    if (windows_ == 0)
        throw std::logic_error(
            "ForecastErrors: no window was added, so there is no error to report. Is the part empty?");
    const std::size_t horizon = squares_.shape(0), variates = squares_.shape(1);
    const auto windows = static_cast<double>(windows_), steps = static_cast<double>(horizon),
               columns = static_cast<double>(variates);
    ForecastReport report;
    report.windows = windows_;
    report.mse_by_step = report.mae_by_step = zeros<1, double>({horizon});
    report.mse_by_variate = report.mae_by_variate = zeros<1, double>({variates});
    for (std::size_t t = 0; t < horizon; ++t) {
        for (std::size_t v = 0; v < variates; ++v) {
            const double square = squares_(t, v) / windows, distance = distances_(t, v) / windows;
            report.mse += square / steps / columns;
            report.mae += distance / steps / columns;
            report.mse_by_step(t) += square / columns;
            report.mae_by_step(t) += distance / columns;
            report.mse_by_variate(v) += square / steps;
            report.mae_by_variate(v) += distance / steps;
        }
    }
    return report;
    // SOLUTION END
}

// TODO(6.13): one number from two reports.
//   Ask:      which of the two belongs under the line? What does the skill say when the model is worse?
//   Traps:    errors on other windows cannot be compared: some stretches are harder than others.
double skill(const ForecastReport& model, const ForecastReport& baseline) {
    // SOLUTION BEGIN 6.13
    if (model.windows != baseline.windows)
        throw std::invalid_argument("skill: the model was measured on " + std::to_string(model.windows) +
                                    " windows, the baseline on " + std::to_string(baseline.windows) +
                                    ". Measure both on the same ones");
    if (baseline.mse == 0)
        throw std::invalid_argument("skill: the baseline has no error at all, so nothing can be saved against it");
    return 1 - model.mse / baseline.mse;
    // SOLUTION END
}

}  // namespace wb
