/// @file
/// Exercise 1.11, differently: 32 tokens at a time, whose keys go to shared memory; a whole dot product for each of 32 threads, no
/// shuffles. Thread d then adds up dimension d of v over the tile, with weights that every thread works out for itself.
#include "paged_attention_kernel.hpp"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {
namespace {
constexpr int tile = 32, threads = 128;  // tokens
}

template <class Real>
__global__ void paged_decode_kernel(PagedDecodeArgs<Real> args) {
    extern __shared__ float shared[];  // q [head_dim], scores [tile], keys [tile][head_dim + 1]
    __shared__ std::size_t rows[tile];
    float *q = shared, *scores = q + args.head_dim, *keys = scores + tile;
    const int pitch = args.head_dim + 1;
    const int seq = blockIdx.x / args.num_heads, head = blockIdx.x % args.num_heads, d = threadIdx.x;
    const int kv_head = head * args.num_kv_heads / args.num_heads, length = args.context_lens[seq];
    const auto row_of = [&](int token) {
        const std::size_t block =
            args.block_table[static_cast<std::size_t>(seq) * args.max_blocks + token / args.block_size];
        return ((block * args.num_kv_heads + kv_head) * args.block_size + token % args.block_size) * args.head_dim;
    };
    const std::size_t row = static_cast<std::size_t>(blockIdx.x) * args.head_dim;
    if (d < args.head_dim) q[d] = args.q[row + d];
    __syncthreads();
    float m = -INFINITY, l = 0.0f, acc = 0.0f;
    for (int first = 0; first < length; first += tile) {
        const int count = min(tile, length - first);
        if (d < count) rows[d] = row_of(first + d);
        __syncthreads();
        for (int i = d; i < count * args.head_dim; i += threads) {
            const int t = i / args.head_dim, n = i % args.head_dim;
            keys[t * pitch + n] = static_cast<float>(args.k_cache[rows[t] + n]);
        }
        __syncthreads();
        if (d < count) {
            float score = 0.0f;
            for (int n = 0; n < args.head_dim; ++n) score += q[n] * keys[d * pitch + n];
            scores[d] = score / sqrtf(static_cast<float>(args.head_dim));
        }
        __syncthreads();
        float new_m = m;
        for (int t = 0; t < count; ++t) new_m = fmaxf(new_m, scores[t]);
        const float factor = expf(m - new_m);
        m = new_m;
        l *= factor;
        acc *= factor;
        for (int t = 0; t < count; ++t) {
            const float weight = expf(scores[t] - m);
            l += weight;
            if (d < args.head_dim) acc += weight * static_cast<float>(args.v_cache[rows[t] + d]);
        }
        __syncthreads();
    }
    if (d < args.head_dim) args.out[row + d] = length > 0 ? acc / l : 0.0f;
}

template <class Real>
void paged_decode_attention(const PagedDecodeArgs<Real>& args) {
    if (args.head_dim != 32 && args.head_dim != 64 && args.head_dim != 128) {
        throw ShapeError("no kernel for head_dim " + std::to_string(args.head_dim));
    }
    const int blocks = args.num_seqs * args.num_heads;
    const std::size_t numbers = args.head_dim + tile + tile * (args.head_dim + 1);
    if (blocks > 0) paged_decode_kernel<Real><<<blocks, threads, numbers * sizeof(float)>>>(args);
}

template void paged_decode_attention(const PagedDecodeArgs<float>&);
template void paged_decode_attention(const PagedDecodeArgs<__half>&);

}  // namespace wb
