#include "translation_gradient.hpp"

#include <cmath>
#include <numeric>
#include <span>

#include "position_oracle.hpp"
#include "wb/autograd/autograd.hpp"

namespace wb::oracle {
namespace {

using V = Var<double>;

/// The model on a tape, from parameters by name.
class OnTape {
 public:
    OnTape(Tape<double>& tape, const Numbers& parameters,
           const std::map<std::string, std::vector<std::size_t>>& shapes) {
        for (const auto& [name, values] : parameters)
            vars_[name] = tape.variable(Shape(std::span<const std::size_t>(shapes.at(name))), values);
    }

    [[nodiscard]] V embed(Tape<double>& tape, const std::string& name, const Tensor<2, int>& tokens) const {
        const V table = vars_.at(name);
        const V letters = embedding(table, {tokens.data(), tokens.size()}, {tokens.shape(0), tokens.shape(1)});
        std::vector<std::size_t> places(tokens.shape(1));
        std::iota(places.begin(), places.end(), std::size_t{0});
        return letters + tape.constant(positions(places, table.shape()[1]));
    }
    [[nodiscard]] V affine(const std::string& name, V x) const {
        return linear(x, vars_.at(name + ".weight"), vars_.at(name + ".bias"));
    }
    [[nodiscard]] V attend(const std::string& name, V x, V memory, bool causal) const {
        const V query = affine(name + ".query", x), key = affine(name + ".key", memory);
        const double scale = 1 / std::sqrt(static_cast<double>(x.shape()[-1]));
        const V weights = softmax(matmul(query, key, Transpose::no, Transpose::yes) * scale, {.causal = causal});
        return matmul(weights, affine(name + ".value", memory));
    }
    [[nodiscard]] V logits(Tape<double>& tape, const TranslatorOptions& options, const Batch& batch) const {
        V x = embed(tape, "encoder.embedding.weight", batch.source);
        for (std::size_t n = 0; n < options.layers; ++n) {
            const std::string layer = "encoder.layers." + std::to_string(n);
            x = x + attend(layer + ".self_attention", x, x, false);
            x = x + relu(affine(layer + ".feed_forward", x));
        }
        V y = embed(tape, "decoder.embedding.weight", batch.decoder_input);
        for (std::size_t n = 0; n < options.layers; ++n) {
            const std::string layer = "decoder.layers." + std::to_string(n);
            y = y + attend(layer + ".self_attention", y, y, options.causal);
            y = y + attend(layer + ".cross_attention", y, x, false);
            y = y + relu(affine(layer + ".feed_forward", y));
        }
        return affine("decoder.out", y);
    }
    [[nodiscard]] const std::map<std::string, V>& vars() const { return vars_; }

 private:
    std::map<std::string, V> vars_;
};

}  // namespace

TrainedTranslator::TrainedTranslator(const ModelWeights& weights, const TranslatorOptions& options,
                                     const Settings& settings)
    : options_(options), settings_(settings) {
    for (const NamedWeights& one : weights) {
        shapes_[one.name] = one.shape;
        parameters_[one.name] = {one.values.begin(), one.values.end()};
        first_[one.name] = second_[one.name] = std::vector<double>(one.values.size(), 0);
    }
}

LossAndGradient TrainedTranslator::loss(const Batch& batch) const {
    Tape<double> tape;
    const OnTape model(tape, parameters_, shapes_);
    const V loss = cross_entropy(model.logits(tape, options_, batch), {batch.target.data(), batch.target.size()});
    tape.backward(loss);
    LossAndGradient result{loss.item(), {}};
    for (const auto& [name, var] : model.vars()) {
        std::vector<double>& gradient = result.gradient[name];
        gradient.assign(var.grad().begin(), var.grad().end());
        gradient.resize(var.size(), 0);  // one that the loss does not depend on has none
    }
    return result;
}

double TrainedTranslator::step(const Batch& batch, double rate) {
    constexpr double beta1 = 0.9, beta2 = 0.999;
    const LossAndGradient now = loss(batch);
    const double times = settings_.sum_over_letters ? static_cast<double>(batch.target.shape(1)) : 1;
    ++steps_;
    for (auto& [name, values] : parameters_) {
        const double shrink = shapes_.at(name).size() == 1 ? 1 : 1 - rate * settings_.weight_decay;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double g = times * now.gradient.at(name)[i];
            double &m = first_.at(name)[i], &v = second_.at(name)[i];
            m = beta1 * m + (1 - beta1) * g;
            v = beta2 * v + (1 - beta2) * g * g;
            const double m_hat = m / (1 - std::pow(beta1, steps_)), v_hat = v / (1 - std::pow(beta2, steps_));
            values[i] = shrink * values[i] - rate * m_hat / (std::sqrt(v_hat) + settings_.epsilon);
        }
    }
    return now.loss;
}

}  // namespace wb::oracle
