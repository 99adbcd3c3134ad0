/// @file
/// Exercise 2.4: heads that mix dot-product and additive scores. The contract is chapters/02_attention/hybrid.hpp.
#include "hybrid.hpp"

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

#include "shape_checks.hpp"
#include "wb/matmul.hpp"

namespace wb {

// TODO(2.4): mix the two scores of each head by its gate, then one softmax.
//   Equation: score = (1 - gate[h]) * (q . k / sqrt(head_dim)) + gate[h] * (w_h . tanh(q + k)).
//   Start:    project_heads, additive_scores, masked_softmax, mix_values and project_output are yours already.
//   Ask:      why mix before the softmax? What would a mixture of two softmaxes be unable to express?
//   Traps:    dot + gate * (additive - dot) is the same in algebra. Try it in float with dot = 1e7, additive = 1, gate
//             = 1. A gate of NaN passes `gate < 0 || gate > 1` unseen.
MultiHeadResult hybrid_attention(const HybridWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                                 const Tensor<3>& value, const Mask& mask) {
    throw wb::NotImplemented("2.4");
}

}  // namespace wb
