// NOTE: three passes over the keys: each query's maximum, its sum, then weights and values. Nothing is ever rescaled. One thread per query;
// queries, outputs and a few keys in shared memory, head_dim at run time.
#include "fused_attention.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

constexpr int queries = 32;
constexpr int keys = 8;

__global__ void three_pass_attention(FusedAttentionArgs x) {
    extern __shared__ float memory[];
    const int d = x.head_dim;
    const int pitch = d + 1;
    float* q_rows = memory;                        // [queries][pitch]
    float* out_rows = q_rows + queries * pitch;    // [queries][pitch]
    float* key_rows = out_rows + queries * pitch;  // [keys][d]
    float* value_rows = key_rows + keys * d;       // [keys][d]
    const std::size_t head = static_cast<std::size_t>(blockIdx.z) * x.num_heads + blockIdx.y;
    const int first_query = blockIdx.x * queries, i = first_query + threadIdx.x;
    const bool valid = i < x.q_len;
    const int rows = min(queries, x.q_len - first_query);
    const std::size_t first_row = (head * x.q_len + first_query) * d;
    const float* q = q_rows + threadIdx.x * pitch;
    float* out = out_rows + threadIdx.x * pitch;
    const float* k = x.k + head * x.kv_len * d;
    const float* v = x.v + head * x.kv_len * d;
    const int filled = x.key_lengths ? x.key_lengths[blockIdx.z] : x.kv_len;
    int seen = filled;
    if (x.causal) seen = min(seen, i + x.kv_len - x.q_len + 1);
    if (!valid) seen = 0;
    for (int n = threadIdx.x; n < rows * d; n += queries) q_rows[n / d * pitch + n % d] = x.q[first_row + n];
    for (int c = 0; c < d; ++c) out[c] = 0.0f;

    float m = -INFINITY, l = 0.0f;
    for (int pass = 0; pass < 3; ++pass) {  // the maximum, the sum, the output
        for (int first = 0; first < filled; first += keys) {
            const int count = min(keys, filled - first);
            __syncthreads();
            for (int n = threadIdx.x; n < count * d; n += queries) {
                key_rows[n] = k[static_cast<std::size_t>(first) * d + n];
                if (pass == 2) value_rows[n] = v[static_cast<std::size_t>(first) * d + n];
            }
            __syncthreads();
            for (int j = 0; j < count && first + j < seen; ++j) {
                float s = 0.0f;
                for (int c = 0; c < d; ++c) s += q[c] * key_rows[j * d + c];
                s /= sqrtf(static_cast<float>(d));
                if (pass == 0) m = fmaxf(m, s);
                if (pass == 1) l += expf(s - m);
                if (pass == 2) {
                    const float weight = expf(s - m) / l;
                    for (int c = 0; c < d; ++c) out[c] += weight * value_rows[j * d + c];
                }
            }
        }
    }
    __syncthreads();
    for (int n = threadIdx.x; n < rows * d; n += queries) x.out[first_row + n] = out_rows[n / d * pitch + n % d];
}

void fused_attention(const FusedAttentionArgs& x) {
    if (x.head_dim != 32 && x.head_dim != 64 && x.head_dim != 128) {
        throw ShapeError("head_dim must be 32, 64 or 128, not " + std::to_string(x.head_dim));
    }
    if (x.batch * x.num_heads * x.q_len == 0) return;
    const dim3 grid((x.q_len + queries - 1) / queries, x.num_heads, x.batch);
    const std::size_t numbers = 2 * queries * (x.head_dim + 1) + 2 * keys * x.head_dim;
    three_pass_attention<<<grid, queries, numbers * sizeof(float)>>>(x);
}

}  // namespace wb
