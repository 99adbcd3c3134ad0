/// @file
/// Binds the probes of exercise 5.6 to the submission's functions.
#include <algorithm>

#include "probe/worker.hpp"
#include "training_probes.hpp"
#include "translator_weights.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

/// A model with given weights.
struct GivenModel {
    GivenModel(const TranslatorOptions& options, const ModelWeights& weights)
        : model(translator_of(options, weights)), parameters(model) {}
    void fill_gradients(float number) const {
        for (const ParameterPtr<float>& parameter : parameters)
            parameter->gradient.assign(parameter->value.size(), number);
    }

    Translator model;
    ParameterList<float> parameters;
};

probes::LossAnswer loss_and_gradients(const TranslatorOptions& options, const ModelWeights& weights,
                                      const Batch& batch) {
    const GivenModel given(options, weights);
    Tape<float> tape;
    const Var<float> loss = translation_loss(tape, given.model, batch);
    probes::LossAnswer answer{loss.value()[0], loss.size(), {}};
    if (loss.size() == 1) tape.backward(loss);
    answer.gradients = copy_gradients(given.parameters);
    return answer;
}

std::vector<probes::StepAnswer> steps(const TranslatorOptions& options, const ModelWeights& weights,
                                      const probes::AdamSettings& settings,
                                      const std::vector<probes::StepQuestion>& questions) {
    const GivenModel given(options, weights);
    Adam<float> optimizer(given.parameters, {.epsilon = settings.epsilon, .weight_decay = settings.weight_decay});
    Tape<float> tape;
    std::vector<probes::StepAnswer> answers;
    for (const probes::StepQuestion& question : questions) {
        if (!question.set_before.empty()) set_weights(given.parameters, question.set_before);
        if (question.left_over != 0) given.fill_gradients(question.left_over);
        probes::StepAnswer answer;
        try {
            answer.loss = training_step(tape, given.model, optimizer, question.batch, question.rate);
        } catch (const Error& error) {
            answer.error = error.what();
        }
        if (question.show) answer.weights = copy_weights(given.parameters);
        answer.steps = optimizer.steps();
        answer.tape_bytes = tape.capacity();
        answer.tape_requests = tape.allocations();
        answers.push_back(std::move(answer));
    }
    return answers;
}

probes::EvaluateAnswer evaluate_only(const TranslatorOptions& options, const ModelWeights& weights,
                                     const std::vector<Batch>& batches, float left_over) {
    const GivenModel given(options, weights);
    given.fill_gradients(left_over);
    probes::EvaluateAnswer answer{evaluate(given.model, batches), {}, {}};
    answer.weights = copy_weights(given.parameters);
    answer.gradients = copy_gradients(given.parameters);
    return answer;
}

}  // namespace

WB_BIND(training) {
    worker.bind(probes::translation_loss, &loss_and_gradients);
    worker.bind(probes::training_steps, &steps);
    worker.bind(probes::evaluate, &evaluate_only);
}

}  // namespace wb
