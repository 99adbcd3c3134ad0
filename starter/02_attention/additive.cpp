/// @file
/// Exercise 2.3: additive attention in little memory. The contract is chapters/02_attention/additive.hpp.
#include "additive.hpp"

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "shape_checks.hpp"
#include "wb/vector_math.hpp"

namespace wb {

// TODO(2.3): score every query with every key.
//   Equation: score[b,h,i,j] = sum_c w[h,c] tanh(q[b,h,i,c] + k[b,h,j,c]): Bahdanau et al. 2015, appendix A.1.2.
//   Start:    one pair (i, j) at a time needs a sum of `hidden` terms and nowhere to keep them.
//   Ask:      in one array expression, tanh(q[:,:,:,None,:] + k[:,:,None,:,:]), how many numbers exist at once? How
//             many do you need?
//   Traps:    tanh is taken of the sum, not of q and k; w comes after tanh, and each head has its own.
Tensor<4> additive_scores(const Tensor<4>& q, const Tensor<4>& k, const Tensor<2>& score_vectors) {
    throw wb::NotImplemented("2.3");
}

// TODO(2.3): softmax of the scores, then the mixture of values.
//   Ask:      what of 2.1 is the same here? masked_softmax is yours already, and the mixture knows nothing of how
//             weights came about.
//   Traps:    no 1 / sqrt(hidden). A masked v may hold NaN here as well.
AttentionResult additive_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                   const Tensor<2>& score_vectors, const Mask& mask) {
    throw wb::NotImplemented("2.3");
}

// TODO(2.3): the whole module, as in 2.2 but with additive_attention in the middle.
//   Start:    project_heads and project_output of 2.2 serve here too: only what lies between them differs.
MultiHeadResult multi_head_additive_attention(const AdditiveWeights& weights, const Tensor<3>& query,
                                              const Tensor<3>& key, const Tensor<3>& value, const Mask& mask) {
    throw wb::NotImplemented("2.3");
}

}  // namespace wb
