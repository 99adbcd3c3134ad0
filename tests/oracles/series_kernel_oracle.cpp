/// @file
/// Instance norm and moving average by plain loops. See series_kernel_oracle.hpp.
#include "series_kernel_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace wb::oracle {
namespace {

/// The numbers by which variate v of window b is measured.
std::vector<double> measured(const Tensor<3>& x, std::size_t b, std::size_t v, const InstanceNormFlaws& flaws) {
    const std::size_t batch = x.shape(0), lookback = x.shape(1), variates = x.shape(2);
    std::vector<double> numbers;
    for (std::size_t window = 0; window < batch; ++window)
        for (std::size_t t = 0; t < lookback; ++t)
            for (std::size_t variate = 0; variate < variates; ++variate) {
                const bool mine = (flaws.over_batch || window == b) && (flaws.over_variates || variate == v);
                if (mine && !flaws.transposed) numbers.push_back(static_cast<double>(x(window, t, variate)));
            }
    for (std::size_t t = 0; t < lookback && flaws.transposed; ++t)
        numbers.push_back(static_cast<double>(x.data()[(b * variates + v) * lookback + t]));
    return numbers;
}

double mean_of(const std::vector<double>& numbers) {
    double sum = 0;
    for (const double number : numbers) sum += number;
    return sum / static_cast<double>(numbers.size());
}

double deviation_of(const std::vector<double>& numbers, double mean, double epsilon, const InstanceNormFlaws& flaws) {
    const std::size_t step = flaws.sharers == 0 ? 1 : flaws.sharers;
    double squares = 0;
    for (std::size_t n = 0; n < numbers.size(); n += step) squares += std::pow(numbers[n] - mean, 2);
    const double variance = squares / static_cast<double>(flaws.unbiased ? numbers.size() - 1 : numbers.size());
    if (flaws.epsilon_outside) return std::sqrt(variance) + epsilon;
    if (flaws.no_epsilon) return std::sqrt(variance);
    if (flaws.no_root) return variance + epsilon;
    return std::sqrt(variance + epsilon);
}

}  // namespace

InstanceNorm instance_norm(const Tensor<3>& x, double epsilon, const InstanceNormFlaws& flaws) {
    const std::size_t batch = x.shape(0), lookback = x.shape(1), variates = x.shape(2);
    InstanceNorm norm{zeros<3, double>({batch, lookback, variates}), zeros<2, double>({batch, variates}),
                      zeros<2, double>({batch, variates})};
    for (std::size_t b = 0; b < batch; ++b)
        for (std::size_t v = 0; v < variates; ++v) {
            const std::vector<double> numbers = measured(x, b, v, flaws);
            const double mean = mean_of(numbers), deviation = deviation_of(numbers, mean, epsilon, flaws);
            norm.mean(b, v) = mean;
            norm.deviation(b, v) = deviation;
            for (std::size_t t = 0; t < lookback; ++t)
                norm.out(b, t, v) = (static_cast<double>(x(b, t, v)) - (flaws.mean_kept ? 0 : mean)) / deviation;
        }
    return norm;
}

Tensor<2, double> moving_average_rows(const Tensor<2>& x, std::size_t window, const MovingAverageFlaws& flaws) {
    const auto rows = static_cast<std::ptrdiff_t>(x.shape(0)), length = static_cast<std::ptrdiff_t>(x.shape(1)),
               reach = static_cast<std::ptrdiff_t>(window / 2), tile = static_cast<std::ptrdiff_t>(flaws.tile);
    Tensor<2, double> trend = zeros<2, double>({x.shape(0), x.shape(1)});
    for (std::ptrdiff_t r = 0; r < rows; ++r)
        for (std::ptrdiff_t t = 0; t < length; ++t) {
            std::ptrdiff_t first = t - reach, last = t + reach;
            if (flaws.trailing) first = t - 2 * reach, last = t;
            if (flaws.one_to_the_left) --first, --last;
            if (flaws.halo_of_reach && reach > 0) --last;
            double sum = 0, there = 0;
            for (std::ptrdiff_t j = first; j <= last; ++j) {
                const bool inside = j >= 0 && j < length;
                if (inside) ++there;
                if (!inside && (flaws.zeros_outside || flaws.only_inside)) continue;
                std::ptrdiff_t at = std::clamp<std::ptrdiff_t>(j, 0, length - 1);
                if (tile > 0) at = std::clamp(at, t / tile * tile, std::min(length, (t / tile + 1) * tile) - 1);
                if (flaws.wraps_around) at = (j % length + length) % length;
                at += r * length;
                if (flaws.one_series) at = std::clamp<std::ptrdiff_t>(r * length + j, 0, rows * length - 1);
                sum += static_cast<double>(x.data()[at]);
            }
            trend(static_cast<std::size_t>(r), static_cast<std::size_t>(t)) =
                sum / (flaws.only_inside ? there : static_cast<double>(window));
        }
    return trend;
}

}  // namespace wb::oracle
