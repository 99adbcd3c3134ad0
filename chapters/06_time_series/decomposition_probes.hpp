/// @file
/// What the tests may ask of exercise 6.6.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

#include "decomposition.hpp"
#include "probe/probe.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// How moving_average is asked.
enum class AverageUse : int {
    infer,   ///< in Mode::infer: there is no gradient
    shared,  ///< x is used a second time, in sum(x): its gradient holds 1 everywhere before the average's is added
    alone,  ///< on a tape that was used before and reset, so that x's gradient has memory of its own, in which anything may lie
    constant  ///< x wants no gradient
};

/// A moving average, and the gradient of sum(trend * d_trend) by x.
struct AverageAnswer {
    Tensor<3> trend;
    Tensor<3> x;                   ///< as it is after the call
    std::optional<Tensor<3>> d_x;  ///< where there is one
};
inline auto fields(AverageAnswer& answer) {
    return std::tie(answer.trend, answer.x, answer.d_x);
}

/// x, window, d_trend, use -> answer
inline const Probe<AverageAnswer(Tensor<3>, std::size_t, Tensor<3>, AverageUse)> moving_average{"6.6/moving_average"};

/// shape of x, all zeros, of any number of axes; window -> shape of the trend
inline const Probe<std::vector<std::size_t>(std::vector<std::size_t>, std::size_t)> moving_average_of_zeros{
    "6.6/moving_average_of_zeros"};

/// A series in two, and the gradient of sum(trend * d_trend) + sum(seasonal * d_seasonal) by x.
struct DecomposeAnswer {
    Tensor<3> trend, seasonal, d_x;
};
inline auto fields(DecomposeAnswer& answer) {
    return std::tie(answer.trend, answer.seasonal, answer.d_x);
}

/// x, window, d_trend, d_seasonal -> answer
inline const Probe<DecomposeAnswer(Tensor<3>, std::size_t, Tensor<3>, Tensor<3>)> decompose{"6.6/decompose"};

}  // namespace wb::probes
