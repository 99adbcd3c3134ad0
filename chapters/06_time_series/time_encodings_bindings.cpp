/// @file
/// Binds the probes of exercise 6.3 to the submission's functions.
#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "probe/worker.hpp"
#include "time_encodings_probes.hpp"

namespace wb {
namespace {

Var<float> variable(Tape<float>& tape, const NamedWeights& numbers) {
    return tape.variable(Shape(std::span<const std::size_t>(numbers.shape)), numbers.values);
}

void require_kept(const std::string& name, std::span<const float> after, std::span<const float> before) {
    if (!std::equal(after.begin(), after.end(), before.begin(), before.end()))
        throw std::runtime_error("TimeEmbedding has changed " + name + ", which it should only read");
}

probes::TokenAnswer ask_time_embedding(const probes::TokenQuestion& question) {
    Random random(1);  // drawn, and then replaced
    const TimeEmbedding embedding(question.variates, question.features, question.d_model, random);
    ParameterList<float> parameters;
    embedding.list(parameters, "");
    set_weights(parameters, question.parameters);
    Tape<float> tape(question.d_out ? Mode::train : Mode::infer);
    const Var<float> x = variable(tape, question.x), features = variable(tape, question.calendar);
    const Var<float> tokens = embedding(x, features, question.first);
    require_kept("x", x.value(), question.x.values);
    require_kept("features", features.value(), question.calendar.values);
    for (const NamedWeights& now : copy_weights(parameters)) {
        for (const NamedWeights& before : question.parameters) {
            if (before.name == now.name) require_kept(now.name, now.values, before.values);
        }
    }
    probes::TokenAnswer answer;
    answer.tokens = tokens.tensor<3>();
    if (!question.d_out) return answer;
    tape.backward(sum_all(tokens * tape.constant(*question.d_out)));
    answer.gradients = copy_gradients(parameters);
    answer.gradients.push_back({"x", question.x.shape, {x.grad().begin(), x.grad().end()}});
    answer.gradients.push_back({"features", question.calendar.shape, {features.grad().begin(), features.grad().end()}});
    return answer;
}

}  // namespace

WB_BIND(time_encodings) {
    worker.bind(probes::calendar_features,
                [](const std::vector<Timestamp>& times) { return calendar_features(times); });
    worker.bind(probes::cyclic_features, [](const std::vector<double>& values, double period, std::size_t harmonics) {
        return cyclic_features(values, period, harmonics);
    });
    worker.bind(probes::time_embedding, &ask_time_embedding);
}

}  // namespace wb
