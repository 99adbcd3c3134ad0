// NOTE: one warp for each head and no warp function: thread i takes query i alone, then thread j key j. Only weights and ds are in shared
// memory, static and of full size; q, k, v and d_out are read from device memory each time.
#include "short_attention.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

constexpr int most = short_attention_max_len;

__global__ void forward_kernel(ShortAttentionArgs x) {
    const int Q = x.sizes.q_len, K = x.sizes.kv_len, D = x.sizes.head_dim, i = threadIdx.x;
    if (i >= Q) return;
    const std::size_t head = blockIdx.x;
    const float* q = x.q + (head * Q + i) * D;
    const float* k = x.k + head * K * D;
    const float* v = x.v + head * K * D;
    float* w = x.weights + (head * Q + i) * K;
    float* out = x.out + (head * Q + i) * D;
    int seen = K;
    if (x.causal && i + K - Q + 1 < K) seen = i + K - Q + 1;
    if (seen < 0) seen = 0;

    float m = -INFINITY, l = 0;
    for (int j = 0; j < seen; ++j) {
        float s = 0;
        for (int d = 0; d < D; ++d) s += q[d] * k[j * D + d];
        w[j] = s / sqrtf(static_cast<float>(D));
        if (w[j] > m) m = w[j];
    }
    for (int j = 0; j < seen; ++j) l += w[j] = expf(w[j] - m);
    for (int j = 0; j < K; ++j) w[j] = j < seen ? w[j] / l : 0;
    for (int d = 0; d < D; ++d) {
        float sum = 0;
        for (int j = 0; j < seen; ++j) sum += w[j] * v[j * D + d];
        out[d] = sum;
    }
}

__global__ void backward_kernel(ShortAttentionBackwardArgs x) {
    __shared__ float w[most][most + 1], ds[most][most + 1];
    const int Q = x.sizes.q_len, K = x.sizes.kv_len, D = x.sizes.head_dim;
    const std::size_t head = blockIdx.x;
    const float* q = x.q + head * Q * D;
    const float* k = x.k + head * K * D;
    const float* v = x.v + head * K * D;
    const float* d_out = x.d_out + head * Q * D;
    const float scale = rsqrtf(static_cast<float>(D));
    if (const int i = threadIdx.x; i < Q) {
        float row = 0;
        for (int j = 0; j < K; ++j) {
            w[i][j] = x.weights[(head * Q + i) * K + j];
            float dw = 0;
            for (int d = 0; d < D; ++d) dw += d_out[i * D + d] * v[j * D + d];
            ds[i][j] = dw;
            row += w[i][j] * dw;
        }
        for (int j = 0; j < K; ++j) ds[i][j] = w[i][j] * (ds[i][j] - row);
        for (int d = 0; d < D; ++d) {
            float sum = 0;
            for (int j = 0; j < K; ++j) sum += ds[i][j] * k[j * D + d];
            x.dq[(head * Q + i) * D + d] = scale * sum;
        }
    }
    __syncthreads();
    if (const int j = threadIdx.x; j < K) {
        for (int d = 0; d < D; ++d) {
            float dk = 0, dv = 0;
            for (int i = 0; i < Q; ++i) {
                dk += ds[i][j] * q[i * D + d];
                dv += w[i][j] * d_out[i * D + d];
            }
            x.dk[(head * K + j) * D + d] = scale * dk;
            x.dv[(head * K + j) * D + d] = dv;
        }
    }
}

void check(const ShortAttentionSizes& sizes) {
    const auto refuse = [](const std::string& name, int size) {
        throw ShapeError("Too large for one CUDA block: " + name + " = " + std::to_string(size));
    };
    if (sizes.q_len > most) refuse("q_len", sizes.q_len);
    if (sizes.kv_len > most) refuse("kv_len", sizes.kv_len);
    if (sizes.head_dim > short_attention_max_head_dim) refuse("head_dim", sizes.head_dim);
}

void short_attention(const ShortAttentionArgs& args) {
    check(args.sizes);
    if (const int heads = args.sizes.batch * args.sizes.num_heads; heads > 0) forward_kernel<<<heads, most>>>(args);
}

void short_attention_backward(const ShortAttentionBackwardArgs& args) {
    check(args.sizes);
    if (const int heads = args.sizes.batch * args.sizes.num_heads; heads > 0) backward_kernel<<<heads, most>>>(args);
}

}  // namespace wb
