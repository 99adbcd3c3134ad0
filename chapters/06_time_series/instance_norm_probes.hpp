/// @file
/// What the tests may ask of exercise 6.12.
#pragma once

#include <cstddef>
#include <tuple>
#include <vector>

#include "instance_norm.hpp"
#include "probe/probe.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// past, epsilon -> windows
inline const Probe<NormalisedWindows(Tensor<3>, double)> normalise_windows{"6.12/normalise_windows"};

/// past -> windows, with the epsilon that the contract has when none is given
inline const Probe<NormalisedWindows(Tensor<3>)> normalise_windows_plain{"6.12/normalise_windows_plain"};

/// Numbers of any shape: those of a forecast that is none are there to be refused.
struct Numbers {
    std::vector<std::size_t> shape;
    std::vector<float> values;  ///< row-major
};
inline auto fields(Numbers& numbers) {
    return std::tie(numbers.shape, numbers.values);
}

/// A result; and the gradient of sum(result * d_out) by the forecast.
struct DenormaliseAnswer {
    Tensor<3> out;
    std::vector<float> gradient;  ///< empty when none came
    std::vector<float> forecast;  ///< the input's numbers, after all was done
};
inline auto fields(DenormaliseAnswer& answer) {
    return std::tie(answer.out, answer.gradient, answer.forecast);
}

/// forecast, mean, deviation, d_out -> answer. The driver uses the forecast a second time, in sum(forecast): 1 is there before the
/// gradient is added. It overwrites mean and deviation with NaN before it goes backward.
inline const Probe<DenormaliseAnswer(Numbers, Tensor<2>, Tensor<2>, Tensor<3>)> denormalise_windows{
    "6.12/denormalise_windows"};

/// The same on a tape that has done it before, with other numbers, and was reset: the forecast is used once, so that its gradient has
/// memory of its own, in which anything may lie.
inline const Probe<DenormaliseAnswer(Tensor<3>, Tensor<2>, Tensor<2>, Tensor<3>)> denormalise_windows_again{
    "6.12/denormalise_windows_again"};

/// The same of a forecast that is a constant, beside a variable that does want a gradient; and in Mode::infer. Only `out` is set.
inline const Probe<DenormaliseAnswer(Tensor<3>, Tensor<2>, Tensor<2>)> denormalise_windows_constant{
    "6.12/denormalise_windows_constant"};
inline const Probe<DenormaliseAnswer(Tensor<3>, Tensor<2>, Tensor<2>)> denormalise_windows_infer{
    "6.12/denormalise_windows_infer"};

}  // namespace wb::probes
