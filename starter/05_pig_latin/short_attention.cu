/// @file
/// Attention for words, float32: w[i,:] = softmax_j(q[i,:] . k[j,:] / sqrt(d)), out[i,:] = sum_j w[i,j] v[j,:], d = head_dim; and
/// back: dv[j] = sum_i w[i,j] do[i],  dw[i,j] = do[i] . v[j],  ds[i,j] = w[i,j] (dw[i,j] - sum_m w[i,m] dw[i,m]),
///       dq[i] = sum_j ds[i,j] k[j] / sqrt(d),  dk[j] = sum_i ds[i,j] q[i] / sqrt(d).
///     grid (num_heads, batch): one CUDA block for each head        keys ->  lane 0   lane 1   ..  lane kv_len - 1
///     128 threads = 4 warps; warp w takes queries w, w+4, ..       query i    s        s      ..      s
///     scores: lane j has key j; output: lane c has channels        warp: max, sum --> w[i,j] --> out[i, c], out[i, c + 32], ..
///     c, c+32, ..; the weights come to it by shuffle
///     backward: the same for w and ds, which then lie in shared memory; barrier; then every thread sums elements of dq, dk and dv
/// Traffic per head, forward: reads 4d (q_len + 2 kv_len), writes 4 q_len (d + kv_len) bytes; work 4 q_len kv_len d FLOPs: for
/// 12 queries on 9 keys at d = 32, 2.4 per byte, so bound by memory, and by the launch itself. Backward: about twice both.
/// Shared: 4 (q_len + 2 kv_len) (d | 1) bytes forward; 8 (q_len + kv_len) (d | 1) + 8 q_len kv_len backward, up to 73 KiB.
/// Barriers: one forward, two backward. Requires q_len, kv_len <= 32.
#include "short_attention.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(5.10): one head's softmax(q k^T / sqrt(head_dim)) v in one CUDA block, and the weights for the way back.
//   Equation: Vaswani et al. 2017, equation 1. Query i sees keys j <= i + kv_len - q_len if causal.
//   Start:    copy q, k and v to shared memory, one barrier. Then a warp takes a query, and lane j takes key j: a score is a dot
//             product, the row's maximum and sum are five shuffles each, and a weight never leaves its register, except to
//             args.weights and, by shuffle, to the lanes that sum the output's channels.
//   Ask:      which lanes have no key? They take part in every shuffle all the same: with what score, and with what weight?
//   Traps:    a row that sees no key has maximum -inf, and -inf - (-inf) is NaN; head_dim may be 1, 33 or 128, so a lane has none,
//             one or several channels; 32 rows of 128 channels for q, k and v are over the 48 KiB that a kernel gets unasked.
__global__ void short_attention_kernel(ShortAttentionArgs args) {
}

void short_attention(const ShortAttentionArgs& args) {
    throw wb::NotImplemented("5.10");
}

// TODO(5.10): the gradients of one head in one CUDA block.
//   Equation: at the top of this file. sum_m w[i,m] dw[i,m] is one number for each query, and the same for all of its keys.
//   Start:    first only w and ds of every pair: a warp takes a query, lane j takes key j, the row's number is a sum over the warp.
//             Put both into shared memory. Then everything that is left is three small matrix products.
//   Ask:      dq sums over keys, dk and dv over queries. Who has written the ds that a thread reads for dk, and what lies between?
//             Where can you multiply by 1/sqrt(head_dim) so that dq and dk both have it, and dv has not?
//   Traps:    two warps that add to one element of dk race: let one thread own an element and sum over the queries itself;
//             dk and dv have to be written (with zeros) also when there are no queries.
__global__ void short_attention_backward_kernel(ShortAttentionBackwardArgs args) {
}

void short_attention_backward(const ShortAttentionBackwardArgs& args) {
    throw wb::NotImplemented("5.10");
}

}  // namespace wb
