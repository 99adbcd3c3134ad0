/// @file
/// Attention of live heads, float32: out[i,:] = sum_j softmax_j(q[i,:] . k[j,:] / sqrt(d)) v[j,:], for each pair (entry, head) of a list.
///     grid (num_live, ceil(q_len / 4)), 128 threads = 4 warps          keys ->   tile 0      tile 1    ..
///     blockIdx.x: a place in the list, which says entry and head       query i   [32 scores] [32 ..]   a lane each
///     warp w has query 4 * blockIdx.y + w                              m, l, acc  -> fold ->  fold ->  .. -> acc / l
///     lane t has the score of a tile's key t, and dimensions t, t + 32, .. of acc
/// One fold: m' = max(m, max_j s_j), f = exp(m - m'), p_j = exp(s_j - m'), then l = f l + sum_j p_j, acc = f acc + sum_j p_j v_j.
/// Traffic per 4 queries that see L keys, d = head_dim: reads 16 d (q) + 8 L d (k, v) bytes, writes 16 d. Work 16 L d FLOPs: 2 per byte.
/// The list is read once a block: 4 bytes. Pairs that are not in it cost nothing at all.
/// Shared: 4 (64 (d + 1) + 4 d) bytes, 34.25 KiB for d = 128. Barriers a tile: 2. Requires d of 1 to 128.
#include "live_heads_kernel.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(3.10): a CUDA block for a pair of the list and a few of its queries.
//   Equation: Milakov & Gimelshein 2018, algorithm 3; for acc, Dao et al. 2022, algorithm 1. They start at -inf, 0, 0.
//   Start:    pair = live[blockIdx.x]; entry = pair / heads, head = pair % heads. A token of that head begins at
//             (entry * length + token) * heads * head_dim + head * head_dim: neighbours of a head are heads * head_dim apart.
//             Count such offsets in std::size_t: those of a large batch do not fit into an int.
//             The simplest right kernel has a thread for each query, and neither shuffles nor shared memory. It earns all points but
//             those for efficiency.
//   Ask:      one could launch blocks for all heads, and let those of dead ones return. What do they cost? And what if every entry of
//             the batch has other live heads: how many shapes would a dense tensor of them have?
//   Traps:    gridDim.y ends at 65,535, gridDim.x does not: which of the two extents may be large? A tile that is hidden throughout
//             leaves m = -inf, and -inf - (-inf) is NaN; 0 * NaN is NaN, so a token past key_lengths[b] must not come near a product;
//             a warp without a query still loads, and comes to every barrier; the columns beside a head's own are another head's.
__global__ void live_heads_kernel(LiveHeadsArgs args) {
}

void live_heads_attention(const LiveHeadsArgs& args) {
    throw wb::NotImplemented("3.10");
}

}  // namespace wb
