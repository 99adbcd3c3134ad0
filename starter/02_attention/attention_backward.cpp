/// @file
/// Exercise 2.7: gradients of attention, by hand. The contract is chapters/02_attention/attention_backward.hpp.
/// One query at a time: its row of weights is computed again, used and forgotten. Nothing is kept of q_len * kv_len.
#include "attention_backward.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "attention.hpp"
#include "shape_checks.hpp"

namespace wb {

// TODO(2.7): dq, dk and dv.
//   Equation: with P the weights and dP[i,j] = do[i] . v[j]:   dv[j] = sum_i P[i,j] do[i]
//             ds[i,j] = P[i,j] (dP[i,j] - sum_j' P[i,j'] dP[i,j'])     dq[i] = sum_j ds[i,j] k[j] / sqrt(head_dim)
//             dk[j] = sum_i ds[i,j] q[i] / sqrt(head_dim): Dao et al. 2022, appendix B.2.
//   Start:    take v = identity and one query: then dP is do itself, and ds is softmax's derivative alone.
//   Ask:      raising all scores of a row by one amount changes nothing. What must the ds of a row therefore sum to?
//   Traps:    the scale enters twice: once inside P, once in dq and dk. The subtracted sum runs over keys. Masked
//             pairs are left out, not multiplied by 0. Many queries add to one dk[j]: +=, and no two threads at once.
AttentionGradients scaled_dot_product_attention_backward(const Tensor<4, double>& q, const Tensor<4, double>& k,
                                                         const Tensor<4, double>& v, const Tensor<4, double>& d_output,
                                                         const Mask& mask) {
    throw wb::NotImplemented("2.7");
}

}  // namespace wb
