/// @file
/// What exercise 3.9 gives and its tests compute once more, in float64: HeadPolicy's logits, and a QualityTask's formula.
#pragma once

#include <cstddef>
#include <vector>

#include "policy_probes.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// @param parameters  weight [heads, features] row by row, then bias [heads]
inline std::vector<double> logits_of(const std::vector<double>& parameters, const Tensor<2>& features,
                                     std::size_t sample, std::size_t heads) {
    const std::size_t width = features.shape(1);
    std::vector<double> logits;
    for (std::size_t h = 0; h < heads; ++h) {
        double logit = parameters[heads * width + h];
        for (std::size_t f = 0; f < width; ++f)
            logit += parameters[h * width + f] * static_cast<double>(features(sample, f));
        logits.push_back(logit);
    }
    return logits;
}

/// quality_n(gates), by the formula in policy_probes.hpp.
inline double quality_of(const probes::QualityTask& task, std::size_t sample, const std::vector<double>& gates) {
    double quality = task.level[sample];
    for (std::size_t h = 0; h < gates.size(); ++h)
        quality -= static_cast<double>(task.need(sample, h)) * (1 - gates[h]);
    return quality;
}

/// The share of heads that are open.
inline double share_of(const std::vector<double>& gates) {
    double open = 0;
    for (const double gate : gates) open += gate;
    return open / static_cast<double>(gates.size());
}

}  // namespace wb
