/// @file
/// Paged decode attention: out[s,h,:] = sum_t softmax_t(q[s,h,:] . k_t / sqrt(d)) v_t, t < L = context_lens[s]
///     grid (num_heads, num_seqs): one CUDA block per (h, s)       warp 0: KV blocks 0 4 8 ..  |
///     128 threads = 4 warps; each takes every 4th KV block        warp 1: KV blocks 1 5 9 ..  | merge (m, l, acc)
///     lane i holds dimensions i, i+32, .. of q and acc,           warp 2: KV blocks 2 6 ..    | in shared memory
///     and the score of token i of a KV block                      warp 3: KV blocks 3 7 ..    |
/// Traffic per (h, s), d = head_dim, r = sizeof(Real): reads r d (q) + 2 r L d (k, v) + 4 ceil(L / block_size) (table) bytes,
/// writes r d; work 4 L d FLOPs. In float 0.5 FLOP per byte, in half 1: bound by memory. Query heads that share a KV head read
/// the same rows, from the L2 cache if they run side by side. Shared: 16 (2 + d) bytes. Barriers: one, before the merge.
/// Requires head_dim 32, 64 or 128.
#include "paged_attention_kernel.hpp"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(1.11): the blocks of one context shared out to warps; each warp keeps one m, one l, one acc; then one merge.
//   Equation: Milakov & Gimelshein 2018, algorithm 3, a KV block at a time: m' = max(m, max_t s_t), f = exp(m - m'),
//             p_t = exp(s_t - m'), l = f l + sum p_t, acc = f acc + sum p_t v_t. Merge of warps: as of blocks, with the warps' m.
//   Start:    one warp, block_size at most 32: lane t keeps the score of token t. Then four warps, and a barrier.
//   Ask:      a dot product needs every lane, a score only one: who keeps it? How does its weight get to the others?
//   Traps:    a context of 17 tokens leaves two warps without a block: their m is -inf, and -inf - (-inf) is NaN; a whole
//             warp must take part in a shuffle, so let no lane leave early; slots past the context may hold NaN, and 0 * NaN is
//             NaN; block_size may be more than 32; block * num_kv_heads * block_size * head_dim may not fit into an int.
template <class Real, int head_dim>
__global__ void paged_decode_kernel(PagedDecodeArgs<Real> args) {
}

template <class Real>
void paged_decode_attention(const PagedDecodeArgs<Real>& args) {
    throw wb::NotImplemented("1.11");
}

// The two types that callers may ask for; whoever includes the header finds them here.
template void paged_decode_attention(const PagedDecodeArgs<float>&);
template void paged_decode_attention(const PagedDecodeArgs<__half>&);

}  // namespace wb
