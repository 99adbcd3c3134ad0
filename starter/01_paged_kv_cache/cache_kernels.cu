/// @file
/// Writing to a paged cache, for any type of number: nothing is computed, everything is addresses.
///     reshape_and_cache   grid (num_tokens): one CUDA block per token; its threads stride over num_kv_heads * head_dim
///                         numbers, and find each head's row of the slot:
///                         [block][head][offset][d]  <-  token [head][d],   block, offset = slot / block_size, slot % block_size
///     copy_blocks         grid (num_pairs, 2): one CUDA block per pair and cache, k or v; its threads stride over the
///                         KV block's elements
/// Traffic, sizeof(Real) = r: 2 r num_kv_heads head_dim bytes read and as many written for each token, 2 r elements_per_block
/// and as many for each pair. No arithmetic: bound by memory. No shared memory, no barrier.
#include "cache_kernels.hpp"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

// TODO(1.10): each token's rows to their slot.
//   Equation: slot = block * block_size + offset; the cache is [num_kv_blocks, num_kv_heads, block_size, head_dim].
//   Start:    one CUDA block per token. Neighbouring threads should touch neighbouring memory: on which side, or on both?
//   Ask:      who finds out that a token is to be skipped, and what may the others of its CUDA block do meanwhile?
//   Traps:    -1 / block_size is 0, so -1 has to be looked for before the division; num_kv_heads * head_dim may be more than a
//             CUDA block has threads; block * num_kv_heads * block_size * head_dim may not fit into an int.
template <class Real>
__global__ void reshape_and_cache_kernel(ReshapeAndCacheArgs<Real> args) {
}

template <class Real>
void reshape_and_cache(const ReshapeAndCacheArgs<Real>& args) {
    throw wb::NotImplemented("1.10");
}

// TODO(1.10): whole blocks from source to destination, in both caches.
//   Ask:      nothing depends on num_kv_heads, block_size or head_dim alone. What does that save you?
//   Traps:    two threads that write one element race, even if they write the same; block * elements_per_block may not fit
//             into an int.
template <class Real>
__global__ void copy_blocks_kernel(CopyBlocksArgs<Real> args) {
}

template <class Real>
void copy_blocks(const CopyBlocksArgs<Real>& args) {
    throw wb::NotImplemented("1.10");
}

// The two types that callers may ask for; whoever includes the header finds them here.
template void reshape_and_cache(const ReshapeAndCacheArgs<float>&);
template void reshape_and_cache(const ReshapeAndCacheArgs<__half>&);
template void copy_blocks(const CopyBlocksArgs<float>&);
template void copy_blocks(const CopyBlocksArgs<__half>&);

}  // namespace wb
