/// @file
/// Binds the probes of exercise 4.3 to the submission's functions.
#include "hashed_weights.hpp"
#include "probe/worker.hpp"
#include "vit_probes.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {
namespace {

/// Goes backward from sum(out * d_out) where d_out is given, and notes gradients and parameters.
template <std::size_t N>
void finish(Var<float> out, const std::optional<Tensor<N>>& d_out, const ParameterList<float>& parameters,
            probes::VitAnswer<N>& answer) {
    answer.out = out.tensor<N>();
    if (d_out) {
        out.tape().backward(sum_all(out * out.tape().constant(*d_out)));
        answer.gradients = copy_gradients(parameters);
    }
    answer.parameters = copy_weights(parameters);
}

probes::VitAnswer<3> ask_layer(const probes::VitLayerQuestion& question) {
    Random random(1);
    const VitLayer layer(question.options, random);
    const ParameterList<float> parameters(layer);
    set_weights(parameters, question.weights);
    Tape<float> tape(question.d_out ? Mode::train : Mode::infer);
    const Tensor<3>& numbers = question.x;
    const Var<float> x =
        tape.variable(Shape(std::span<const std::size_t>(numbers.shape())), {numbers.data(), numbers.size()});
    Var<float> weights;
    const Var<float> out = layer(x, question.gates, question.want_attention ? &weights : nullptr);
    probes::VitAnswer<3> answer;
    if (question.want_attention) answer.attention.push_back(weights.tensor<4>());
    finish(out, question.d_out, parameters, answer);
    if (question.d_out) {
        answer.gradients.push_back(
            {"x", {numbers.shape().begin(), numbers.shape().end()}, {x.grad().begin(), x.grad().end()}});
    }
    return answer;
}

probes::VitAnswer<2> ask_model(const probes::VitQuestion& question) {
    Random random(1);
    const VisionTransformer model(question.options, random);
    const ParameterList<float> parameters(model);
    set_weights(parameters, question.weights);
    Tape<float> tape(question.d_out ? Mode::train : Mode::infer);
    std::vector<Var<float>> attention{tape.constant(zeros<4>({1, 1, 1, 1}))};  // the model has to empty the list
    const Var<float> out = model(tape, question.pixels, question.gates ? &*question.gates : nullptr,
                                 question.want_attention ? &attention : nullptr);
    probes::VitAnswer<2> answer;
    if (question.want_attention) {
        for (const Var<float>& one : attention) answer.attention.push_back(one.tensor<4>());
    }
    finish(out, question.d_out, parameters, answer);
    return answer;
}

probes::VitAnswer<2> ask_hashed(const VitOptions& options) {
    Random random(1);
    const VisionTransformer model(options, random);
    set_hashed_weights(ParameterList<float>(model));
    Tape<float> tape(Mode::infer);
    std::vector<Var<float>> attention;
    probes::VitAnswer<2> answer;
    answer.out = model(tape, hashed_pixels(options), nullptr, &attention).tensor<2>();
    for (const Var<float>& one : attention) answer.attention.push_back(one.tensor<4>());
    return answer;
}

}  // namespace

WB_BIND(vit) {
    worker.bind(probes::vit_layer, &ask_layer);
    worker.bind(probes::vision_transformer, &ask_model);
    worker.bind(probes::hashed_transformer, &ask_hashed);
}

}  // namespace wb
