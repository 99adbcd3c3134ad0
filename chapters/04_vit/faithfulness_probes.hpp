/// @file
/// What the tests may ask of exercise 4.8. The curves get a small classifier whose numbers come with the question; the driver notes
/// how it was asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "faithfulness.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// probabilities = softmax(readout tanh(hidden pixels)): every pixel counts, and no two pixels alike.
struct ToyClassifier {
    Tensor<4> hidden;          ///< [units, channels, height, width]
    Tensor<2> readout;         ///< [classes, units]
    bool loses_a_row = false;  ///< whether it answers for a picture less than it was asked for
};
inline auto fields(ToyClassifier& toy) {
    return std::tie(toy.hidden, toy.readout, toy.loses_a_row);
}

/// A curve, and how many pictures each call of predict was given.
struct CurveRun {
    std::vector<double> points;
    std::vector<std::size_t> batches;
};
inline auto fields(CurveRun& run) {
    return std::tie(run.points, run.batches);
}

/// map -> patches
inline const Probe<std::vector<std::size_t>(Tensor<2>)> patch_order{"4.8/patch_order"};

/// model, pixels, order, options -> curve. Pictures of another size than `hidden` are an error of the driver's (std::logic_error).
inline const Probe<CurveRun(ToyClassifier, Tensor<3>, std::vector<std::size_t>, CurveOptions)> deletion_curve{
    "4.8/deletion_curve"};
inline const Probe<CurveRun(ToyClassifier, Tensor<3>, std::vector<std::size_t>, CurveOptions)> insertion_curve{
    "4.8/insertion_curve"};

/// points -> area
inline const Probe<double(std::vector<double>)> area_under_curve{"4.8/area_under_curve"};

/// patches, count, seed -> orders
inline const Probe<std::vector<std::vector<std::size_t>>(std::size_t, std::size_t, std::uint64_t)> random_orders{
    "4.8/random_orders"};

/// areas of the first, areas of the second -> comparison
inline const Probe<AreaComparison(std::vector<double>, std::vector<double>)> compare_areas{"4.8/compare_areas"};

}  // namespace wb::probes
