// NOTE: Scores are scaled, not queries; keys are transposed beforehand; the layer multiplies by its parameters itself.
#include "tape_attention.hpp"

#include <cmath>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/autograd/products.hpp"

namespace wb {
namespace {

Var<float> projected(const Linear<float>& layer, Var<float> x) {
    Tape<float>& tape = x.tape();
    return linear(x, tape.use(*layer.weight)) + tape.use(*layer.bias);
}

}  // namespace

Var<float> scaled_dot_attention(Var<float> q, Var<float> k, Var<float> v, const AttentionMask& mask,
                                Var<float>* weights) {
    const auto hidden = static_cast<float>(k.shape()[2]);
    Var<float> looked_at = softmax(matmul(q, transpose(k, 1, 2)) * (1 / std::sqrt(hidden)), mask);
    const Var<float> out = matmul(looked_at, v);
    if (weights) *weights = looked_at;
    return out;
}

Var<float> AttentionLayer::operator()(Var<float> x, Var<float> memory, const AttentionMask& mask,
                                      Var<float>* weights) const {
    const Var<float> v = projected(value, memory), k = projected(key, memory);
    return scaled_dot_attention(projected(query, x), k, v, mask, weights);
}

}  // namespace wb
