/// @file
/// Exercise 6.2 another way: one pass with a running mean (Welford 1962), a variate at a time.
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "scaler.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

/// Numbers of each variate in turn: those of `x` moved by `move(number, mean, deviation)`.
template <std::size_t N, class Move>
Tensor<N> moved(const Tensor<N>& x, const Scaler& scaler, const Move& move) {
    const std::size_t variates = x.shape().back();
    if (scaler.mean.size() != variates || scaler.deviation.size() != variates)
        throw ShapeError("a scaler of " + std::to_string(scaler.mean.size()) + " means and " +
                         std::to_string(scaler.deviation.size()) + " deviations for " + shape_text(x));
    Tensor<N> result(x.shape());
    for (std::size_t v = 0; v < variates; ++v) {
        for (std::size_t i = v; i < x.size(); i += variates)
            result.data()[i] = static_cast<float>(move(double{x.data()[i]}, scaler.mean(v), scaler.deviation(v)));
    }
    return result;
}

}  // namespace

Scaler fit_scaler(const Tensor<2>& series, std::size_t train_rows) {
    if (train_rows < 1 || series.shape(0) < train_rows)
        throw std::invalid_argument("cannot measure " + std::to_string(train_rows) + " of " +
                                    std::to_string(series.shape(0)) + " rows (train_rows)");
    Scaler scaler{zeros<1, double>({series.shape(1)}), full<1, double>({series.shape(1)}, 1.0)};
    for (std::size_t v = 0; v < series.shape(1); ++v) {
        double mean = 0, squares = 0;
        for (std::size_t t = 0; t < train_rows; ++t) {
            const double x = double{series(t, v)};
            if (std::isnan(x) || std::isinf(x))
                throw std::invalid_argument("not finite: variate " + std::to_string(v) + " in row " +
                                            std::to_string(t));
            const double away = x - mean;
            mean += away / static_cast<double>(t + 1);
            squares += away * (x - mean);
        }
        scaler.mean(v) = mean;
        const auto [low, high] = [&] {
            float least = series(0, v), most = least;
            for (std::size_t t = 1; t < train_rows; ++t) {
                least = std::min(least, series(t, v));
                most = std::max(most, series(t, v));
            }
            return std::pair(least, most);
        }();
        if (low < high) scaler.deviation(v) = std::sqrt(squares / static_cast<double>(train_rows));
    }
    return scaler;
}

Tensor<2> standardise(const Tensor<2>& series, const Scaler& scaler) {
    return moved(series, scaler, [](double x, double mean, double deviation) { return (x - mean) / deviation; });
}

Tensor<3> restore(const Tensor<3>& forecast, const Scaler& scaler) {
    return moved(forecast, scaler,
                 [](double z, double mean, double deviation) { return std::fma(z, deviation, mean); });
}

}  // namespace wb
