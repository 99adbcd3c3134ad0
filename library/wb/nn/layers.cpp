#include "wb/nn/layers.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/autograd/softmax.hpp"

namespace wb {
namespace {

template <class Real>
ParameterPtr<Real> uniform_parameter(const Shape& shape, Random& random, double bound, bool decay) {
    auto parameter = std::make_shared<Parameter<Real>>(shape, decay);
    for (Real& value : parameter->value) value = static_cast<Real>(random.uniform(-bound, bound));
    return parameter;
}

template <class Real>
ParameterPtr<Real> constant_parameter(std::size_t size, Real value) {
    auto parameter = std::make_shared<Parameter<Real>>(Shape{size}, false);
    std::fill(parameter->value.begin(), parameter->value.end(), value);
    return parameter;
}

}  // namespace

template <class Real>
ParameterPtr<Real> normal_parameter(const Shape& shape, Random& random, double deviation) {
    auto parameter = std::make_shared<Parameter<Real>>(shape);
    for (Real& value : parameter->value) value = static_cast<Real>(deviation * random.normal());
    return parameter;
}

template <class Real>
Linear<Real>::Linear(std::size_t in, std::size_t out, Random& random, bool with_bias) {
    const double bound = in == 0 ? 0 : 1 / std::sqrt(static_cast<double>(in));
    weight = uniform_parameter<Real>({out, in}, random, bound, true);
    if (with_bias) bias = uniform_parameter<Real>({out}, random, bound, false);
}

template <class Real>
Var<Real> Linear<Real>::operator()(Var<Real> x, Activation activation) const {
    Tape<Real>& tape = x.tape();
    if (bias) return linear(x, tape.use(*weight), tape.use(*bias), activation);
    return linear(x, tape.use(*weight), activation);
}

template <class Real>
void Linear<Real>::list(ParameterList<Real>& out, const std::string& prefix) const {
    out.add(prefix, "weight", weight);
    if (bias) out.add(prefix, "bias", bias);
}

template <class Real>
Embedding<Real>::Embedding(std::size_t rows, std::size_t d_model, Random& random)
    : weight(normal_parameter<Real>({rows, d_model}, random, 1.0)) {}

template <class Real>
Var<Real> Embedding<Real>::operator()(Tape<Real>& tape, std::span<const int> tokens, const Shape& shape) const {
    return embedding(tape.use(*weight), tokens, shape);
}

template <class Real>
void Embedding<Real>::list(ParameterList<Real>& out, const std::string& prefix) const {
    out.add(prefix, "weight", weight);
}

template <class Real>
LayerNorm<Real>::LayerNorm(std::size_t d_model, double eps)
    : weight(constant_parameter<Real>(d_model, 1)), bias(constant_parameter<Real>(d_model, 0)), epsilon(eps) {}

template <class Real>
Var<Real> LayerNorm<Real>::operator()(Var<Real> x) const {
    return layer_norm(x, x.tape().use(*weight), x.tape().use(*bias), epsilon);
}

template <class Real>
void LayerNorm<Real>::list(ParameterList<Real>& out, const std::string& prefix) const {
    out.add(prefix, "weight", weight);
    out.add(prefix, "bias", bias);
}

template <class Real>
FeedForward<Real>::FeedForward(std::size_t d_model, std::size_t hidden, Random& random, Nonlinearity nonlinearity,
                               double dropout)
    : linear1(d_model, hidden, random),
      linear2(hidden, d_model, random),
      nonlinearity_(nonlinearity),
      dropout_(dropout) {}

template <class Real>
Var<Real> FeedForward<Real>::operator()(Var<Real> x) const {
    const bool is_relu = nonlinearity_ == Nonlinearity::relu;
    const Var<Real> hidden = linear1(x, is_relu ? Activation::relu : Activation::gelu);
    return linear2(dropout(hidden, dropout_));
}

template <class Real>
void FeedForward<Real>::list(ParameterList<Real>& out, const std::string& prefix) const {
    out.add_module(prefix, "linear1", linear1);
    out.add_module(prefix, "linear2", linear2);
}

#define WB_LAYERS(Real)               \
    template class Linear<Real>;      \
    template class Embedding<Real>;   \
    template class LayerNorm<Real>;   \
    template class FeedForward<Real>; \
    template ParameterPtr<Real> normal_parameter(const Shape&, Random&, double);
WB_LAYERS(float)
WB_LAYERS(double)
#undef WB_LAYERS

}  // namespace wb
