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

// SOLUTION BEGIN 1.10 removed
namespace {
constexpr int threads_per_block = 128;
}
// SOLUTION END

// TODO(1.10): each token's rows to their slot.
//   Equation: slot = block * block_size + offset; the cache is [num_kv_blocks, num_kv_heads, block_size, head_dim].
//   Start:    one CUDA block per token. Neighbouring threads should touch neighbouring memory: on which side, or on both?
//   Ask:      who finds out that a token is to be skipped, and what may the others of its CUDA block do meanwhile?
//   Traps:    -1 / block_size is 0, so -1 has to be looked for before the division; num_kv_heads * head_dim may be more than a
//             CUDA block has threads; block * num_kv_heads * block_size * head_dim may not fit into an int.
template <class Real>
__global__ void reshape_and_cache_kernel(ReshapeAndCacheArgs<Real> args) {
    // SOLUTION BEGIN 1.10 removed
    const std::int64_t slot = args.slot_mapping[blockIdx.x];
    if (slot < 0) return;  // the whole CUDA block: all its threads read the same slot
    const std::int64_t block = slot / args.block_size, offset = slot % args.block_size;
    const int elements = args.num_kv_heads * args.head_dim;
    const Real* k = args.k + static_cast<std::size_t>(blockIdx.x) * elements;
    const Real* v = args.v + static_cast<std::size_t>(blockIdx.x) * elements;
    for (int i = threadIdx.x; i < elements; i += blockDim.x) {
        const int head = i / args.head_dim, d = i % args.head_dim;
        const std::size_t row = (block * args.num_kv_heads + head) * args.block_size + offset;
        args.k_cache[row * args.head_dim + d] = k[i];
        args.v_cache[row * args.head_dim + d] = v[i];
    }
    // SOLUTION END
}

template <class Real>
void reshape_and_cache(const ReshapeAndCacheArgs<Real>& args) {
    // SOLUTION BEGIN 1.10
    if (args.num_tokens == 0 || args.num_kv_heads * args.head_dim == 0)
        return;  // a grid of 0 is no valid configuration
    reshape_and_cache_kernel<Real><<<args.num_tokens, threads_per_block>>>(args);
    // SOLUTION END
}

// TODO(1.10): whole blocks from source to destination, in both caches.
//   Ask:      nothing depends on num_kv_heads, block_size or head_dim alone. What does that save you?
//   Traps:    two threads that write one element race, even if they write the same; block * elements_per_block may not fit
//             into an int.
template <class Real>
__global__ void copy_blocks_kernel(CopyBlocksArgs<Real> args) {
    // SOLUTION BEGIN 1.10 removed
    Real* cache = blockIdx.y == 0 ? args.k_cache : args.v_cache;
    const Real* source = cache + static_cast<std::size_t>(args.block_pairs[2 * blockIdx.x]) * args.elements_per_block;
    Real* destination =
        cache + static_cast<std::size_t>(args.block_pairs[2 * blockIdx.x + 1]) * args.elements_per_block;
    for (int i = threadIdx.x; i < args.elements_per_block; i += blockDim.x) destination[i] = source[i];
    // SOLUTION END
}

template <class Real>
void copy_blocks(const CopyBlocksArgs<Real>& args) {
    // SOLUTION BEGIN 1.10
    if (args.num_pairs == 0 || args.elements_per_block == 0) return;
    copy_blocks_kernel<Real><<<dim3(args.num_pairs, 2), threads_per_block>>>(args);
    // SOLUTION END
}

// The two types that callers may ask for; whoever includes the header finds them here.
template void reshape_and_cache(const ReshapeAndCacheArgs<float>&);
template void reshape_and_cache(const ReshapeAndCacheArgs<__half>&);
template void copy_blocks(const CopyBlocksArgs<float>&);
template void copy_blocks(const CopyBlocksArgs<__half>&);

}  // namespace wb
