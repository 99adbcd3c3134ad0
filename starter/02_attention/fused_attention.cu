/// @file
/// Fused attention, float32: out[i,:] = sum_j softmax_j(q[i,:] . k[j,:] / sqrt(d)) v[j,:] over the keys j that i sees.
///     grid (ceil(q_len/32), num_heads, batch), 128 threads      keys ->   tile 0    tile 1    tile 2 ..
///     4 neighbouring lanes share one query: lane c has the      query i   [s s s]   [s s s]   [s . .]   s: scores
///     scores c, c+4, .. of a tile, and the float4s c, c+4,      m, l, acc --> fold ---> fold ---> fold ---> acc / l
///     .. of the output row, so of acc
/// One fold: m' = max(m, max_j s_j), f = exp(m - m'), p_j = exp(s_j - m'), then l = f l + sum_j p_j, acc = f acc + p v.
/// Traffic per 32 queries that see L keys, d = head_dim: reads 128 d (q) + 8 L d (k, v) bytes, writes 128 d.
/// Work 128 L d FLOPs: 16 per byte. Attention with stored scores moves 12 L bytes a query more (write, read, write).
/// Shared: 18 to 36 KiB. Barriers a tile: 2 of the block, 1 of the warp. Requires head_dim 32, 64 or 128.
#include "fused_attention.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(2.10): a block of queries against all the keys they see, tile by tile; each query keeps one m, one l, one acc.
//   Equation: Milakov & Gimelshein 2018, algorithm 3; for acc, Dao et al. 2022, algorithm 1. They start at -inf, 0, 0.
//   Ask:      what is summed so far is relative to the old m. What factor makes it relative to the new one? Which tiles
//             can a causal block leave out altogether? What of a query fits in registers when head_dim is 128?
//   Traps:    a tile that is masked throughout leaves m = -inf, and -inf - (-inf) is NaN; a query has one l, but
//             head_dim values of acc; 0 * NaN is NaN, so v past key_lengths[b] must not be multiplied even by a weight of 0;
//             causal is aligned at the end: the first query sees 1 + kv_len - q_len keys, which may be none at all.
template <int head_dim>
__global__ void fused_attention_kernel(FusedAttentionArgs args) {
}

void fused_attention(const FusedAttentionArgs& args) {
    throw wb::NotImplemented("2.10");
}

}  // namespace wb
