/// @file
/// Binds the probes of exercise 4.8 to the submission's functions.
#include <cmath>
#include <stdexcept>

#include "faithfulness_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

/// The probabilities of one picture; `pixels` points at as many numbers as a unit has.
std::vector<double> classify(const probes::ToyClassifier& toy, const float* pixels) {
    const std::size_t units = toy.hidden.shape(0), each = toy.hidden.size() / units;
    std::vector<double> exponentials(toy.readout.shape(0), 0.0);
    for (std::size_t unit = 0; unit < units; ++unit) {
        double sum = 0;
        for (std::size_t n = 0; n < each; ++n)
            sum += static_cast<double>(toy.hidden.data()[unit * each + n]) * static_cast<double>(pixels[n]);
        for (std::size_t c = 0; c < exponentials.size(); ++c) exponentials[c] += toy.readout(c, unit) * std::tanh(sum);
    }
    double total = 0;
    for (double& logit : exponentials) total += logit = std::exp(logit);
    for (double& exponential : exponentials) exponential /= total;
    return exponentials;
}

/// The model as a function that notes how many pictures it is asked for.
Predict function_of(const probes::ToyClassifier& toy, std::vector<std::size_t>& batches) {
    return [&toy, &batches](const Tensor<4>& pixels) {
        batches.push_back(pixels.shape(0));
        for (std::size_t axis = 1; axis < 4; ++axis) {
            if (pixels.shape(axis) == toy.hidden.shape(axis)) continue;
            throw std::logic_error("the model was asked for pictures " + shape_text(pixels) +
                                   ", but its pictures are [.., channels, height, width] of " + shape_text(toy.hidden));
        }
        const std::size_t pictures = pixels.shape(0), classes = toy.readout.shape(0);
        Tensor<2> answer({toy.loses_a_row && pictures > 0 ? pictures - 1 : pictures, classes});
        for (std::size_t n = 0; n < answer.shape(0); ++n) {
            const std::vector<double> probabilities = classify(toy, &pixels(n, 0, 0, 0));
            for (std::size_t c = 0; c < classes; ++c) answer(n, c) = static_cast<float>(probabilities[c]);
        }
        return answer;
    };
}

using CurveFunction = std::vector<double> (*)(const Predict&, const Tensor<3>&, std::span<const std::size_t>,
                                              const CurveOptions&);

template <CurveFunction take_curve>
probes::CurveRun run(const probes::ToyClassifier& toy, const Tensor<3>& pixels, const std::vector<std::size_t>& order,
                     const CurveOptions& options) {
    probes::CurveRun result;
    result.points = take_curve(function_of(toy, result.batches), pixels, order, options);
    return result;
}

}  // namespace

WB_BIND(faithfulness) {
    worker.bind(probes::patch_order, &patch_order);
    worker.bind(probes::deletion_curve, &run<&deletion_curve>);
    worker.bind(probes::insertion_curve, &run<&insertion_curve>);
    worker.bind(probes::area_under_curve, &area_under_curve);
    worker.bind(probes::random_orders, &random_orders);
    worker.bind(probes::compare_areas, &compare_areas);
}

}  // namespace wb
