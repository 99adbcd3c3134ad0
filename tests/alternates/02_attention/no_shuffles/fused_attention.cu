// NOTE: two passes over the keys: the first finds each query's m and l, the second sums weights and values. Nothing is ever
// rescaled. One thread per query, keys in shared memory, head_dim at run time, the output row accumulated in `out` itself.
#include "fused_attention.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

constexpr int queries = 32;
constexpr int keys = 32;

__global__ void two_pass_attention(FusedAttentionArgs x) {
    extern __shared__ float memory[];
    const int d = x.head_dim;
    float* key_rows = memory;                 // [keys][d]
    float* value_rows = key_rows + keys * d;  // [keys][d]
    const std::size_t head = static_cast<std::size_t>(blockIdx.z) * x.num_heads + blockIdx.y;
    const int i = blockIdx.x * queries + threadIdx.x;
    const bool valid = i < x.q_len;
    const float* q = x.q + (head * x.q_len + i) * d;
    const float* k = x.k + head * x.kv_len * d;
    const float* v = x.v + head * x.kv_len * d;
    float* out = x.out + (head * x.q_len + i) * d;
    const int filled = x.key_lengths ? x.key_lengths[blockIdx.z] : x.kv_len;
    int seen = filled;
    if (x.causal) seen = min(seen, i + x.kv_len - x.q_len + 1);
    if (!valid) seen = 0;
    if (valid)
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
}

void fused_attention(const FusedAttentionArgs& x) {
    if (x.head_dim != 32 && x.head_dim != 64 && x.head_dim != 128) {
        throw ShapeError("head_dim must be 32, 64 or 128, not " + std::to_string(x.head_dim));
    }
    if (x.batch * x.num_heads * x.q_len == 0) return;
    const dim3 grid((x.q_len + queries - 1) / queries, x.num_heads, x.batch);
    two_pass_attention<<<grid, queries, 2 * keys * x.head_dim * sizeof(float)>>>(x);
}

}  // namespace wb
