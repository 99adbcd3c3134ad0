// NOTE: Heads are split, attended and weighed one by one with the tape's simple operations, no memory is given back, and all tokens are normalised at the end.
#include "vit.hpp"

#include <cmath>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/autograd/products.hpp"
#include "wb/autograd/softmax.hpp"
#include "wb/errors.hpp"

namespace wb {

Var<float> VitLayer::operator()(Var<float> x, std::span<const float> gates, Var<float>* weights) const {
    if (!gates.empty() && gates.size() != heads) throw ShapeError("VitLayer: a gate for each head");
    const Var<float> normed = layernorm_before(x), q = query(normed), k = key(normed), v = value(normed);
    const std::size_t head_dim = q.shape()[-1] / heads, batch = x.shape()[0], tokens = x.shape()[1];
    const auto scale = static_cast<float>(1 / std::sqrt(static_cast<double>(head_dim)));
    std::vector<Var<float>> outs, all;
    for (std::size_t h = 0; h < heads; ++h) {
        const auto own = [&](Var<float> of) { return slice(of, 2, h * head_dim, (h + 1) * head_dim); };
        const Var<float> row = softmax(matmul(own(q), own(k), Transpose::no, Transpose::yes) * scale);
        all.push_back(reshape(row, {batch, 1, tokens, tokens}));
        outs.push_back(matmul(row, own(v)) * (gates.empty() ? 1.0F : gates[h]));
    }
    if (weights != nullptr) *weights = concat(all, 1);
    x = x + attention_output(concat(outs, 2));
    return x + output(gelu(intermediate(layernorm_after(x))));
}

Var<float> VisionTransformer::operator()(Tape<float>& tape, const Tensor<4>& pixels, const Tensor<2>* gates,
                                         std::vector<Var<float>>* attention) const {
    if (gates != nullptr && (gates->shape(0) != layers.size() || gates->shape(1) != options.heads))
        throw ShapeError("VisionTransformer: gates must be [layers, heads]");
    if (attention != nullptr) attention->clear();
    Var<float> x = embeddings(tape, pixels);
    for (std::size_t n = 0; n < layers.size(); ++n) {
        std::vector<float> own(options.heads, 1);
        for (std::size_t h = 0; gates != nullptr && h < options.heads; ++h) own[h] = (*gates)(n, h);
        Var<float> weights;
        x = layers[n](x, own, &weights);
        if (attention != nullptr) attention->push_back(weights);
    }
    const Var<float> logits = classifier(slice(layernorm(x), 1, 0, 1));
    return reshape(logits, {pixels.shape(0), options.classes});
}

}  // namespace wb
