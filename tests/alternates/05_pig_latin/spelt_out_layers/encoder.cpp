// NOTE: Positions are repeated over the batch by hand, the ReLU is an operation of its own, and weights are asked for whether anybody wants them or not.
#include "encoder.hpp"

#include <algorithm>

#include "positions.hpp"
#include "wb/autograd/elementwise.hpp"

namespace wb {

Var<float> with_positions(Var<float> x) {
    const auto batch = x.shape()[0], length = x.shape()[1], hidden = x.shape()[2];
    return x + x.tape().constant(add_positions(zeros<3>({batch, length, hidden})));
}

Var<float> EncoderLayer::operator()(Var<float> x, const AttentionMask& mask, Var<float>* weights) const {
    const Var<float> seen = self_attention(x, x, mask, weights) + x;
    return relu(feed_forward(seen)) + seen;
}

Var<float> Encoder::operator()(Tape<float>& tape, const Tensor<2, int>& tokens,
                               std::vector<Var<float>>* weights) const {
    const std::vector<int> flat(tokens.begin(), tokens.end());
    Var<float> x = with_positions(embedding(tape, flat, {tokens.shape(0), tokens.shape(1)}));
    std::vector<Var<float>> all;
    for (const EncoderLayer& layer : layers) x = layer(x, {}, &all.emplace_back());
    if (weights) std::swap(*weights, all);
    return x;
}

}  // namespace wb
