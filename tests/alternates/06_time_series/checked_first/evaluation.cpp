/// @file
/// Exercise 6.13 another way: numbers as one long list, whose place says step and variate; a batch is summed up by itself and then merged;
/// a report divides each sum once, at the end.
#include "evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {
namespace {

std::string place_text(std::size_t n, std::size_t horizon, std::size_t variates) {
    return "window " + std::to_string(n / variates / horizon) + ", step " + std::to_string(n / variates % horizon) +
           ", variate " + std::to_string(n % variates);
}

}  // namespace

ForecastErrors::ForecastErrors(std::size_t horizon, std::size_t variates)
    : squares_(zeros<2, double>({horizon, variates})), distances_(squares_) {
    if (horizon * variates == 0)
        throw std::invalid_argument("forecasts of shape " + shape_text(squares_) + " have no error");
}

void ForecastErrors::add(const Tensor<3>& forecast, const Tensor<3>& truth) {
    const std::size_t horizon = squares_.shape(0), variates = squares_.shape(1), size = horizon * variates;
    const std::array<std::size_t, 3> wanted{truth.shape(0), horizon, variates};
    if (!std::equal(wanted.begin(), wanted.end(), truth.shape().begin()) ||
        !std::equal(wanted.begin(), wanted.end(), forecast.shape().begin()))
        throw ShapeError("forecast " + shape_text(forecast) + ", truth " + shape_text(truth));
    Tensor<2, double> squares = squares_, distances = distances_;
    for (std::size_t n = 0; n < truth.size(); ++n) {
        const double difference = static_cast<double>(truth.data()[n]) - static_cast<double>(forecast.data()[n]);
        if (!std::isfinite(difference)) throw std::invalid_argument("not finite: " + place_text(n, horizon, variates));
        squares.data()[n % size] += std::pow(difference, 2);
        distances.data()[n % size] += std::max(difference, -difference);
    }
    squares_ = squares;
    distances_ = distances;
    windows_ += truth.shape(0);
}

ForecastReport ForecastErrors::report() const {
    if (windows_ == 0) throw std::logic_error("a report of no window");
    const std::size_t horizon = squares_.shape(0), variates = squares_.shape(1);
    ForecastReport report;
    report.windows = windows_;
    const auto fill = [&](const Tensor<2, double>& sums, double& mean, auto& by_step, auto& by_variate) {
        by_step = zeros<1, double>({horizon});
        by_variate = zeros<1, double>({variates});
        for (std::size_t n = 0; n < sums.size(); ++n) {
            by_step(n / variates) += sums.data()[n];
            by_variate(n % variates) += sums.data()[n];
        }
        mean = std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(windows_ * sums.size());
        for (double& number : by_step) number /= static_cast<double>(windows_ * variates);
        for (double& number : by_variate) number /= static_cast<double>(windows_ * horizon);
    };
    fill(squares_, report.mse, report.mse_by_step, report.mse_by_variate);
    fill(distances_, report.mae, report.mae_by_step, report.mae_by_variate);
    return report;
}

double skill(const ForecastReport& model, const ForecastReport& baseline) {
    if (model.windows != baseline.windows)
        throw std::invalid_argument("windows of model and baseline: " + std::to_string(model.windows) + " and " +
                                    std::to_string(baseline.windows));
    if (!(baseline.mse > 0)) throw std::invalid_argument("a baseline with an MSE of " + std::to_string(baseline.mse));
    return (baseline.mse - model.mse) / baseline.mse;
}

}  // namespace wb
