// NOTE: a head in phases, with a barrier of the block between them and no warp function: scores, softmax by a thread a row, answer; and on
// the way back dw, ds by a thread a row, gradients. Everything is in shared memory, scores too, in rows of odd length.
#include "short_attention.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

constexpr int most = short_attention_max_len, threads = 64;

__host__ __device__ constexpr int odd(int size) {
    return size % 2 == 1 ? size : size + 1;
}

/// Copies [rows, columns] to shared memory. @return what is behind it
__device__ float* stage(float* to, const float* from, int rows, int columns) {
    for (int n = threadIdx.x; n < rows * columns; n += threads) to[n / columns * odd(columns) + n % columns] = from[n];
    return to + rows * odd(columns);
}

__global__ void forward_kernel(ShortAttentionArgs x) {
    extern __shared__ float q[];
    const int Q = x.sizes.q_len, K = x.sizes.kv_len, D = x.sizes.head_dim, R = odd(D), S = odd(K);
    const std::size_t head = blockIdx.x;
    float* k = stage(q, x.q + head * Q * D, Q, D);
    float* v = stage(k, x.k + head * K * D, K, D);
    float* s = stage(v, x.v + head * K * D, K, D);
    __syncthreads();
    const auto keys_of = [&](int i) { return x.causal ? max(0, min(K, i + K - Q + 1)) : K; };
    for (int n = threadIdx.x; n < Q * K; n += threads) {
        const int i = n / K, j = n % K;
        float sum = 0;
        for (int d = 0; d < D; ++d) sum += q[i * R + d] * k[j * R + d];
        s[i * S + j] = sum / sqrtf(static_cast<float>(D));
    }
    __syncthreads();
    for (int i = threadIdx.x; i < Q; i += threads) {
        const int seen = keys_of(i);
        float m = -INFINITY, l = 0;
        for (int j = 0; j < seen; ++j) m = fmaxf(m, s[i * S + j]);
        for (int j = 0; j < seen; ++j) l += s[i * S + j] = expf(s[i * S + j] - m);
        for (int j = 0; j < K; ++j) s[i * S + j] = j < seen ? s[i * S + j] / l : 0;
    }
    __syncthreads();
    for (int n = threadIdx.x; n < Q * K; n += threads) x.weights[head * Q * K + n] = s[n / K * S + n % K];
    for (int n = threadIdx.x; n < Q * D; n += threads) {
        float sum = 0;
        for (int j = 0; j < K; ++j) sum += s[n / D * S + j] * v[j * R + n % D];
        x.out[head * Q * D + n] = sum;
    }
}

__global__ void backward_kernel(ShortAttentionBackwardArgs x) {
    extern __shared__ float q[];
    const int Q = x.sizes.q_len, K = x.sizes.kv_len, D = x.sizes.head_dim, R = odd(D), S = odd(K);
    const std::size_t head = blockIdx.x;
    float* d_out = stage(q, x.q + head * Q * D, Q, D);
    float* k = stage(d_out, x.d_out + head * Q * D, Q, D);
    float* v = stage(k, x.k + head * K * D, K, D);
    float* w = stage(v, x.v + head * K * D, K, D);
    float* ds = stage(w, x.weights + head * Q * K, Q, K);
    __syncthreads();
    for (int n = threadIdx.x; n < Q * K; n += threads) {
        const int i = n / K, j = n % K;
        float dw = 0;
        for (int d = 0; d < D; ++d) dw += d_out[i * R + d] * v[j * R + d];
        ds[i * S + j] = dw;
    }
    __syncthreads();
    const float scale = rsqrtf(static_cast<float>(D));
    for (int i = threadIdx.x; i < Q; i += threads) {
        float row = 0;
        for (int j = 0; j < K; ++j) row += w[i * S + j] * ds[i * S + j];
        for (int j = 0; j < K; ++j) ds[i * S + j] = scale * w[i * S + j] * (ds[i * S + j] - row);
    }
    __syncthreads();
    for (int n = threadIdx.x; n < Q * D; n += threads) {
        float dq = 0;
        for (int j = 0; j < K; ++j) dq += ds[n / D * S + j] * k[j * R + n % D];
        x.dq[head * Q * D + n] = dq;
    }
    for (int n = threadIdx.x; n < K * D; n += threads) {
        float dk = 0, dv = 0;
        for (int i = 0; i < Q; ++i) {
            dk += ds[i * S + n / D] * q[i * R + n % D];
            dv += w[i * S + n / D] * d_out[i * R + n % D];
        }
        x.dk[head * K * D + n] = dk;
        x.dv[head * K * D + n] = dv;
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

template <class Args>
void launch(void (*kernel)(Args), const Args& args, int floats) {
    const int heads = args.sizes.batch * args.sizes.num_heads, bytes = 4 * floats;
    cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    if (heads > 0) kernel<<<heads, threads, bytes>>>(args);
}

void short_attention(const ShortAttentionArgs& args) {
    check(args.sizes);
    const auto [batch, heads, Q, K, D] = args.sizes;
    launch(forward_kernel, args, (Q + 2 * K) * odd(D) + Q * odd(K));
}

void short_attention_backward(const ShortAttentionBackwardArgs& args) {
    check(args.sizes);
    const auto [batch, heads, Q, K, D] = args.sizes;
    launch(backward_kernel, args, 2 * (Q + K) * odd(D) + 2 * Q * odd(K));
}

}  // namespace wb
