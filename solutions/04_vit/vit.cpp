/// @file
/// Exercise 4.3: the vision transformer. The contract is chapters/04_vit/vit.hpp.
#include "vit.hpp"

#include <algorithm>

#include "wb/autograd/attention.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/errors.hpp"

namespace wb {
// SOLUTION BEGIN 4.3 removed
namespace {

/// Each head's columns times its gate. @param heads_out  [batch, tokens, hidden]: head h has columns h * head_dim and on
Var<float> gated(Var<float> heads_out, std::span<const float> gates, std::size_t heads) {
    if (gates.empty()) return heads_out;
    if (gates.size() != heads)
        throw ShapeError("VitLayer: " + std::to_string(gates.size()) + " gates for " + std::to_string(heads) +
                         " heads");
    const std::size_t hidden = heads_out.shape()[-1], head_dim = hidden / heads;
    Tensor<1> factors(std::array<std::size_t, 1>{hidden});
    for (std::size_t d = 0; d < hidden; ++d) factors(d) = gates[d / head_dim];
    return heads_out * heads_out.tape().constant(factors);
}

}  // namespace
// SOLUTION END

// TODO(4.3): one layer.
//   Equation: x = x + attention(norm(x)), then x = x + W_2 gelu(W_1 norm(x)).
//   Start:    wb::attention does all heads at once (you have written it in chapter 2); gelu is exact.
//   Ask:      what is added to what? Follow x from the bottom to the top of the stack: does it ever pass through a norm?
//   Traps:    query, key and value read the *normalised* x, and so does the second part, with the other norm. The gates belong
//             between the heads and attention_output: behind it the heads are mixed, and there is no head left to drop.
Var<float> VitLayer::operator()(Var<float> x, std::span<const float> gates, Var<float>* weights) const {
    // SOLUTION BEGIN 4.3
    const Var<float> normed = layernorm_before(x);
    const Var<float> heads_out = attention(query(normed), key(normed), value(normed), heads, {}, weights);
    const Var<float> attended = x + attention_output(gated(heads_out, gates, heads));
    return attended + output(intermediate(layernorm_after(attended), Activation::gelu));
    // SOLUTION END
}

// TODO(4.3): the whole.
//   Start:    embeddings, the layers one after the other, the last norm, the class token, the classifier.
//   Ask:      197 tokens come out of the last layer, one is used. What then are the other 196 for?
//   Traps:    the list of attention is emptied first, and has an entry a layer. slice keeps its axis: [batch, 1, hidden].
//             tape.mark() and release_since() end what nobody needs any more (in Mode::infer only), and would end the attention of
//             earlier layers too, if you did not name it among what is kept.
Var<float> VisionTransformer::operator()(Tape<float>& tape, const Tensor<4>& pixels, const Tensor<2>* gates,
                                         std::vector<Var<float>>* attention) const {
    // SOLUTION BEGIN 4.3
    if (gates != nullptr && (gates->shape(0) != layers.size() || gates->shape(1) != options.heads))
        throw ShapeError("VisionTransformer: gates " + shape_text(*gates) + " must be [" +
                         std::to_string(layers.size()) + ", " + std::to_string(options.heads) + "], [layers, heads]");
    if (attention != nullptr) attention->assign(layers.size(), {});
    const auto start = tape.mark();
    Var<float> x = embeddings(tape, pixels);
    std::vector<Var<float>*> kept{&x};
    for (std::size_t n = 0; n < layers.size(); ++n) {
        const std::span<const float> of_layer =
            gates == nullptr ? std::span<const float>{} : std::span(&(*gates)(n, 0), options.heads);
        x = layers[n](x, of_layer, attention == nullptr ? nullptr : &(*attention)[n]);
        if (attention != nullptr) kept.push_back(&(*attention)[n]);
        tape.release_since(start, kept);  // in Mode::infer the layer's other numbers end here
    }
    const Var<float> cls = reshape(slice(x, 1, 0, 1), {pixels.shape(0), options.hidden});
    return classifier(layernorm(cls));
    // SOLUTION END
}

}  // namespace wb
