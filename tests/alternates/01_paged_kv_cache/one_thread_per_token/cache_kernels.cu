/// @file
/// Exercise 1.10, differently: one thread for each number of the question, or of the cache, in one long grid.
#include "cache_kernels.hpp"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstdint>

namespace wb {

template <class Real>
__global__ void reshape_and_cache_kernel(ReshapeAndCacheArgs<Real> args) {
    const std::int64_t per_token = static_cast<std::int64_t>(args.num_kv_heads) * args.head_dim;
    const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= args.num_tokens * per_token) return;
    const std::int64_t slot = args.slot_mapping[i / per_token];
    if (slot == -1) return;
    const std::int64_t block = slot / args.block_size, offset = slot % args.block_size;
    const std::int64_t head = i % per_token / args.head_dim, d = i % args.head_dim;
    const std::int64_t to = ((block * args.num_kv_heads + head) * args.block_size + offset) * args.head_dim + d;
    args.k_cache[to] = args.k[i];
    args.v_cache[to] = args.v[i];
}

template <class Real>
void reshape_and_cache(const ReshapeAndCacheArgs<Real>& args) {
    const int count = args.num_tokens * args.num_kv_heads * args.head_dim;
    if (count > 0) reshape_and_cache_kernel<<<(count + 63) / 64, 64>>>(args);
}

template <class Real>
__global__ void copy_blocks_kernel(CopyBlocksArgs<Real> args) {
    const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    const std::int64_t pair = i / args.elements_per_block, element = i % args.elements_per_block;
    if (pair >= args.num_pairs) return;
    const std::int64_t from = args.block_pairs[2 * pair], to = args.block_pairs[2 * pair + 1];
    args.k_cache[to * args.elements_per_block + element] = args.k_cache[from * args.elements_per_block + element];
    args.v_cache[to * args.elements_per_block + element] = args.v_cache[from * args.elements_per_block + element];
}

template <class Real>
void copy_blocks(const CopyBlocksArgs<Real>& args) {
    const int count = args.num_pairs * args.elements_per_block;
    if (count > 0) copy_blocks_kernel<<<(count + 255) / 256, 256>>>(args);
}

template void reshape_and_cache(const ReshapeAndCacheArgs<float>&);
template void reshape_and_cache(const ReshapeAndCacheArgs<__half>&);
template void copy_blocks(const CopyBlocksArgs<float>&);
template void copy_blocks(const CopyBlocksArgs<__half>&);

}  // namespace wb
