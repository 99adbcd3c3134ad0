/// @file
/// What the tests may ask of exercise 3.7.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "probe/probe.hpp"
#include "report.hpp"

namespace wb::probes {

/// predicted, labels -> share
inline const Probe<double(std::vector<int>, std::vector<int>)> accuracy{"3.7/accuracy"};

/// predicted, labels, classes -> counts
inline const Probe<Tensor<2, std::size_t>(std::vector<int>, std::vector<int>, std::size_t)> confusion{"3.7/confusion"};

/// predicted, labels, classes -> mean F1
inline const Probe<double(std::vector<int>, std::vector<int>, std::size_t)> macro_f1{"3.7/macro_f1"};

/// pairs of words -> a distance each
inline const Probe<std::vector<std::size_t>(std::vector<std::string>, std::vector<std::string>)> edit_distances{
    "3.7/edit_distances"};

/// written, right -> mean
inline const Probe<double(std::vector<std::string>, std::vector<std::string>)> mean_edit_distance{
    "3.7/mean_edit_distance"};

/// losses, tokens -> perplexity
inline const Probe<double(std::vector<double>, std::vector<std::size_t>)> perplexity{"3.7/perplexity"};

/// before, after -> drift
inline const Probe<double(Tensor<2>, Tensor<2>)> cosine_drift{"3.7/cosine_drift"};

/// x, y -> similarity
inline const Probe<double(Tensor<2>, Tensor<2>)> linear_cka{"3.7/linear_cka"};

}  // namespace wb::probes
