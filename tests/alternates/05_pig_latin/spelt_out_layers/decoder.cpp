// NOTE: Entries are made before they are filled, the causal mask is written out as a table, and layers call each other.
#include "decoder.hpp"

#include <cstdint>
#include <functional>

#include "wb/autograd/elementwise.hpp"

namespace wb {

Var<float> DecoderLayer::operator()(Var<float> y, Var<float> annotations, const AttentionMask& self_mask,
                                    DecoderWeights* weights) const {
    Var<float>* self = weights ? &weights->self.emplace_back() : nullptr;
    Var<float>* cross = weights ? &weights->cross.emplace_back() : nullptr;
    const Var<float> a = y + self_attention(y, y, self_mask, self);
    const Var<float> b = a + cross_attention(a, annotations, AttentionMask(), cross);
    return b + relu(feed_forward(b));
}

Var<float> Decoder::operator()(Tape<float>& tape, const Tensor<2, int>& tokens, Var<float> annotations,
                               DecoderWeights* weights) const {
    const std::size_t length = tokens.shape(1);
    std::vector<std::uint8_t> allowed(length * length);
    for (std::size_t i = 0; i < length; ++i) {
        for (std::size_t j = 0; j < length; ++j) allowed[i * length + j] = j <= i || !causal ? 1 : 0;
    }
    if (weights) {
        weights->self.clear();
        weights->cross.clear();
    }
    const std::function<Var<float>(std::size_t)> after = [&](std::size_t n) -> Var<float> {
        if (n > 0) return layers[n - 1](after(n - 1), annotations, {.allowed = allowed}, weights);
        const std::vector<int> flat(tokens.begin(), tokens.end());
        return with_positions(embedding(tape, flat, {tokens.shape(0), length}));
    };
    return out(after(layers.size()));
}

}  // namespace wb
