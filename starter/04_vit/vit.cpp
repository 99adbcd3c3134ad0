/// @file
/// Exercise 4.3: the vision transformer. The contract is chapters/04_vit/vit.hpp.
#include "vit.hpp"

#include <algorithm>

#include "wb/autograd/attention.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/errors.hpp"

namespace wb {

// TODO(4.3): one layer.
//   Equation: x = x + attention(norm(x)), then x = x + W_2 gelu(W_1 norm(x)).
//   Start:    wb::attention does all heads at once (you have written it in chapter 2); gelu is exact.
//   Ask:      what is added to what? Follow x from the bottom to the top of the stack: does it ever pass through a norm?
//   Traps:    query, key and value read the *normalised* x, and so does the second part, with the other norm. The gates belong
//             between the heads and attention_output: behind it the heads are mixed, and there is no head left to drop.
Var<float> VitLayer::operator()(Var<float> x, std::span<const float> gates, Var<float>* weights) const {
    throw wb::NotImplemented("4.3");
}

// TODO(4.3): the whole.
//   Start:    embeddings, the layers one after the other, the last norm, the class token, the classifier.
//   Ask:      197 tokens come out of the last layer, one is used. What then are the other 196 for?
//   Traps:    the list of attention is emptied first, and has an entry a layer. slice keeps its axis: [batch, 1, hidden].
//             tape.mark() and release_since() end what nobody needs any more (in Mode::infer only), and would end the attention of
//             earlier layers too, if you did not name it among what is kept.
Var<float> VisionTransformer::operator()(Tape<float>& tape, const Tensor<4>& pixels, const Tensor<2>* gates,
                                         std::vector<Var<float>>* attention) const {
    throw wb::NotImplemented("4.3");
}

}  // namespace wb
