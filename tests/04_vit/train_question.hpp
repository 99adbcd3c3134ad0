/// @file
/// Runs that the tests of exercise 4.9 ask for, and what their answers hold.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "fine_tuning_draw.hpp"
#include "fine_tuning_probes.hpp"
#include "judge/judge.hpp"

namespace wb {

/// Asks for a run, and ends the test when the answer is none.
inline probes::TrainAnswer ask(const probes::TrainQuestion& question) {
    probes::TrainAnswer answer = probes::train_vit(question);
    const std::size_t epochs = answer.result.epochs.size();
    if (epochs != static_cast<std::size_t>(question.options.epochs))
        stop_test("a run of " + std::to_string(question.options.epochs) + " epochs has " + std::to_string(epochs) +
                  " results");
    if (answer.result.best_epoch >= epochs)
        stop_test("best_epoch is " + std::to_string(answer.result.best_epoch) + ", of " + std::to_string(epochs) +
                  " epochs counted from 0");
    if (question.show_each && answer.after_each.size() != epochs)
        stop_test("on_epoch was called " + std::to_string(answer.after_each.size()) + " times in " +
                  std::to_string(epochs) + " epochs");
    for (const ModelWeights& weights : answer.after_each) {
        if (weights.size() != question.model.weights.size()) stop_test("a fault of this test: not all parameters");
    }
    return answer;
}

/// How far a loss in float may lie from the judge's in double: sums of some hundred terms, each with a float's error of 1e-7, and an
/// exponential of them.
inline double loss_error(double loss) {
    return 1e-4 * (1 + loss);
}

inline std::vector<double> train_losses(const probes::TrainAnswer& answer) {
    std::vector<double> losses;
    for (const TrainEpoch& epoch : answer.result.epochs) losses.push_back(epoch.train_loss);
    return losses;
}
inline std::vector<double> validation_losses(const probes::TrainAnswer& answer) {
    std::vector<double> losses;
    for (const TrainEpoch& epoch : answer.result.epochs) losses.push_back(epoch.validation_loss);
    return losses;
}

inline bool same_bits(const ModelWeights& a, const ModelWeights& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const NamedWeights& one, const NamedWeights& other) {
        return one.name == other.name && one.values.size() == other.values.size() &&
               std::memcmp(one.values.data(), other.values.data(), one.values.size() * sizeof(float)) == 0;
    });
}

}  // namespace wb
