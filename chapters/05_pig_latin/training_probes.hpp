/// @file
/// What the tests may ask of exercise 5.6. Models cross the pipe as options and weights, the driver builds them.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "probe/probe.hpp"
#include "training.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb::probes {

/// A loss, and what tape.backward() makes of it.
struct LossAnswer {
    double loss = 0;
    std::size_t numbers = 0;  ///< in the loss: 1
    ModelWeights gradients;   ///< by the parameters' names
};
inline auto fields(LossAnswer& answer) {
    return std::tie(answer.loss, answer.numbers, answer.gradients);
}

inline const Probe<LossAnswer(TranslatorOptions, ModelWeights, Batch)> translation_loss{"5.6/translation_loss"};

/// One step to take.
struct StepQuestion {
    Batch batch;
    double rate = 1e-3;
    ModelWeights set_before = {};  ///< where not empty, the parameters are set to these first
    float left_over = 0;           ///< what somebody else left in every gradient
    bool show = true;              ///< whether the answer holds the weights
};
inline auto fields(StepQuestion& question) {
    return std::tie(question.batch, question.rate, question.set_before, question.left_over, question.show);
}

/// What came of it.
struct StepAnswer {
    std::string error;              ///< what a wb::Error said; empty when none was thrown
    BatchLoss loss;                 ///< as returned
    ModelWeights weights;           ///< after the step
    std::int64_t steps = 0;         ///< of the optimizer
    std::size_t tape_bytes = 0;     ///< that the tape holds
    std::size_t tape_requests = 0;  ///< how often it has taken memory
};
inline auto fields(StepAnswer& answer) {
    return std::tie(answer.error, answer.loss, answer.weights, answer.steps, answer.tape_bytes, answer.tape_requests);
}

/// The optimizer's options.
struct AdamSettings {
    double epsilon = 1e-8;
    double weight_decay = 0;
};
inline auto fields(AdamSettings& settings) {
    return std::tie(settings.epsilon, settings.weight_decay);
}

/// Steps of one model with one optimizer and one tape.
inline const Probe<std::vector<StepAnswer>(TranslatorOptions, ModelWeights, AdamSettings, std::vector<StepQuestion>)>
    training_steps{"5.6/training_steps"};

/// Losses, and the model behind them.
struct EvaluateAnswer {
    std::vector<BatchLoss> losses;
    ModelWeights weights, gradients;  ///< afterwards
};
inline auto fields(EvaluateAnswer& answer) {
    return std::tie(answer.losses, answer.weights, answer.gradients);
}

/// @note the last argument is put into every gradient before
inline const Probe<EvaluateAnswer(TranslatorOptions, ModelWeights, std::vector<Batch>, float)> evaluate{"5.6/evaluate"};

}  // namespace wb::probes
