/// @file
/// Questions of exercise 3.5, as the case maker writes them and as the tests ask them.
#pragma once

#include <cstddef>
#include <vector>

#include "ablation_case.hpp"
#include "pruning_probes.hpp"

namespace wb {

inline Tensor<1, double> tensor_of_places(const std::vector<std::size_t>& places) {
    return row_of(std::vector<double>(places.begin(), places.end()));
}

inline std::vector<std::size_t> places_of(const Tensor<1, double>& places) {
    std::vector<std::size_t> result;
    for (const double place : places) result.push_back(static_cast<std::size_t>(place));
    return result;
}

inline probes::ImportanceTable importance_of(const grader::Case& c) {
    const Tensor<1, double> alone = c.in<1, double>("alone");
    return {alone, c.in<2, double>("instead"), -1e9, alone.size()};
}

inline HeadSet heads_of(const grader::Case& c) {
    return {places_of(c.in<1, double>("modules"))};
}

inline PruneOptions prune_options_of(const grader::Case& c) {
    return {c.number("share_per_step"), c.number("keep_one") != 0};
}

/// A curve from its shares and its samples' scores. @param scores  [points, samples]
inline std::vector<CurvePoint> curve_from(const Tensor<1, double>& shares, const Tensor<2, double>& scores) {
    std::vector<CurvePoint> curve(shares.size());
    for (std::size_t k = 0; k < curve.size(); ++k) {
        CurvePoint& point = curve[k];
        point.share = shares(k);
        for (std::size_t n = 0; n < scores.shape(1); ++n) {
            point.measures.scores.push_back(scores(k, n));
            point.measures.losses.push_back(1 - scores(k, n));
            point.score += scores(k, n) / static_cast<double>(scores.shape(1));
        }
        point.loss = 1 - point.score;
    }
    return curve;
}

}  // namespace wb
