/// @file
/// Exercise 5.5: the decoder. The contract is chapters/05_pig_latin/decoder.hpp.
#include "decoder.hpp"

#include "wb/autograd/elementwise.hpp"

namespace wb {

// TODO(5.5): one layer.
//   Equation: y = y + self_attention(y, y); y = y + cross_attention(y, annotations); y = y + relu(y W^T + b).
//   Ask:      of the two attentions, which one has the mask, and what would the other lose by it?
//   Traps:    `annotations` are those of the encoder's last layer, for every layer here; they are asked, they do not ask.
Var<float> DecoderLayer::operator()(Var<float> y, Var<float> annotations, const AttentionMask& self_mask,
                                    DecoderWeights* weights) const {
    throw wb::NotImplemented("5.5");
}

// TODO(5.5): embed, add positions, go through the layers, and out.
//   Traps:    `causal` decides the mask; logits have no softmax: cross_entropy and argmax do without.
Var<float> Decoder::operator()(Tape<float>& tape, const Tensor<2, int>& tokens, Var<float> annotations,
                               DecoderWeights* weights) const {
    throw wb::NotImplemented("5.5");
}

}  // namespace wb
