/// @file
/// Exercise 5.4: the encoder. The contract is chapters/05_pig_latin/encoder.hpp.
#include "encoder.hpp"

#include "positions.hpp"
#include "wb/autograd/elementwise.hpp"

namespace wb {

// TODO(5.4): positions, added on the tape.
//   Start:    sinusoidal_positions of exercise 5.3; Tape::constant takes a tensor; a sum repeats [length, hidden] over the batch.
//   Ask:      positions have no gradient. Why does the sum still have to be an operation of the tape, and not a loop?
Var<float> with_positions(Var<float> x) {
    throw wb::NotImplemented("5.4");
}

// TODO(5.4): one layer.
//   Equation: x = x + attention(x, x); x = x + relu(x W^T + b).
//   Ask:      what would a stack of six layers hand to its last one if each replaced x?
//   Traps:    the feed-forward reads the x that attention has added to; the ReLU is inside the sum.
Var<float> EncoderLayer::operator()(Var<float> x, const AttentionMask& mask, Var<float>* weights) const {
    throw wb::NotImplemented("5.4");
}

// TODO(5.4): embed, add positions, go through the layers.
//   Start:    tokens.data() are batch * length numbers, row after row.
//   Traps:    the source course's embeddings are not scaled by sqrt(hidden); positions come once, not in every layer.
Var<float> Encoder::operator()(Tape<float>& tape, const Tensor<2, int>& tokens,
                               std::vector<Var<float>>* weights) const {
    throw wb::NotImplemented("5.4");
}

}  // namespace wb
