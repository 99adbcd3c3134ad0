/// @file
/// Attention for words, float32: w[i,:] = softmax_j(q[i,:] . k[j,:] / sqrt(d)), out[i,:] = sum_j w[i,j] v[j,:], d = head_dim; and
/// back: dv[j] = sum_i w[i,j] do[i],  dw[i,j] = do[i] . v[j],  ds[i,j] = w[i,j] (dw[i,j] - sum_m w[i,m] dw[i,m]),
///       dq[i] = sum_j ds[i,j] k[j] / sqrt(d),  dk[j] = sum_i ds[i,j] q[i] / sqrt(d).
///     grid (num_heads, batch): one CUDA block for each head        keys ->  lane 0   lane 1   ..  lane kv_len - 1
///     128 threads = 4 warps; warp w takes queries w, w+4, ..       query i    s        s      ..      s
///     scores: lane j has key j; output: lane c has channels        warp: max, sum --> w[i,j] --> out[i, c], out[i, c + 32], ..
///     c, c+32, ..; the weights come to it by shuffle
///     backward: the same for w and ds, which then lie in shared memory; barrier; then every thread sums elements of dq, dk and dv
/// Traffic per head, forward: reads 4d (q_len + 2 kv_len), writes 4 q_len (d + kv_len) bytes; work 4 q_len kv_len d FLOPs: for
/// 12 queries on 9 keys at d = 32, 2.4 per byte, so bound by memory, and by the launch itself. Backward: about twice both.
/// Shared: 4 (q_len + 2 kv_len) (d | 1) bytes forward; 8 (q_len + kv_len) (d | 1) + 8 q_len kv_len backward, up to 73 KiB.
/// Barriers: one forward, two backward. Requires q_len, kv_len <= 32.
#include "short_attention.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 5.10 removed
namespace {

constexpr int threads_per_block = 128;
constexpr int warps_per_block = threads_per_block / 32;
constexpr unsigned all_lanes = 0xffffffffu;

/// The larger, or the sum, of `value` over a warp, in each lane.
__device__ float warp_max(float value) {
    for (int distance = 16; distance > 0; distance /= 2)
        value = fmaxf(value, __shfl_xor_sync(all_lanes, value, distance));
    return value;
}

__device__ float warp_sum(float value) {
    for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(all_lanes, value, distance);
    return value;
}

/// The distance of rows in shared memory: odd, so that lanes that read one channel of 32 rows meet 32 different banks.
__host__ __device__ constexpr int row_stride(int head_dim) {
    return head_dim | 1;
}

/// Copies a [rows, head_dim] matrix to shared memory. @return where the next matrix may begin
__device__ float* load_rows(float* shared, const float* matrix, int rows, int head_dim) {
    const int stride = row_stride(head_dim);
    for (int i = threadIdx.x; i < rows * head_dim; i += threads_per_block) {
        shared[i / head_dim * stride + i % head_dim] = matrix[i];
    }
    return shared + rows * stride;
}

__device__ float dot(const float* a, const float* b, int size) {
    float sum = 0.0f;
    for (int i = 0; i < size; ++i) sum += a[i] * b[i];
    return sum;
}

/// sum_r weights[r * weight_stride] * rows[r][channel]
__device__ float mixed(const float* weights, int weight_stride, const float* rows, int num_rows, int stride,
                       int channel) {
    float sum = 0.0f;
    for (int r = 0; r < num_rows; ++r) sum += weights[r * weight_stride] * rows[r * stride + channel];
    return sum;
}

/// This CUDA block's head among all of the batch.
__device__ std::size_t this_head() {
    return static_cast<std::size_t>(blockIdx.y) * gridDim.x + blockIdx.x;
}

void check_sizes(const char* launcher, const ShortAttentionSizes& sizes) {
    const auto check = [launcher](const char* name, int size, int most, const char* instead) {
        if (size <= most) return;
        throw ShapeError(std::string(launcher) + ": " + name + " is " + std::to_string(size) +
                         ", but a head must fit into one CUDA block, and " + std::to_string(most) + " is the most. " +
                         instead);
    };
    const char* tiles = "For longer sequences use a kernel that works in tiles.";
    check("q_len", sizes.q_len, short_attention_max_len, tiles);
    check("kv_len", sizes.kv_len, short_attention_max_len, tiles);
    check("head_dim", sizes.head_dim, short_attention_max_head_dim, "Split the channels into more heads.");
}

/// Room for `floats` in the kernel's shared memory, for which it has to ask beyond 48 KiB. @return in bytes
template <class Args>
std::size_t shared_memory(void (*kernel)(Args), int floats) {
    const std::size_t bytes = sizeof(float) * static_cast<std::size_t>(floats);
    cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes));
    return bytes;
}

}  // namespace
// SOLUTION END
// TODO(5.10): one head's softmax(q k^T / sqrt(head_dim)) v in one CUDA block, and the weights for the way back.
//   Equation: Vaswani et al. 2017, equation 1. Query i sees keys j <= i + kv_len - q_len if causal.
//   Start:    copy q, k and v to shared memory, one barrier. Then a warp takes a query, and lane j takes key j: a score is a dot
//             product, the row's maximum and sum are five shuffles each, and a weight never leaves its register, except to
//             args.weights and, by shuffle, to the lanes that sum the output's channels.
//   Ask:      which lanes have no key? They take part in every shuffle all the same: with what score, and with what weight?
//   Traps:    a row that sees no key has maximum -inf, and -inf - (-inf) is NaN; head_dim may be 1, 33 or 128, so a lane has none,
//             one or several channels; 32 rows of 128 channels for q, k and v are over the 48 KiB that a kernel gets unasked.
__global__ void short_attention_kernel(ShortAttentionArgs args) {
    // SOLUTION BEGIN 5.10 removed
    extern __shared__ float shared[];
    const auto [batch, num_heads, q_len, kv_len, head_dim] = args.sizes;
    const int stride = row_stride(head_dim);
    const std::size_t head = this_head();
    float* q = shared;
    float* k = load_rows(q, args.q + head * q_len * head_dim, q_len, head_dim);
    float* v = load_rows(k, args.k + head * kv_len * head_dim, kv_len, head_dim);
    load_rows(v, args.v + head * kv_len * head_dim, kv_len, head_dim);
    __syncthreads();  // a warp's keys and values were loaded by all warps

    const float scale = 1.0f / sqrtf(static_cast<float>(head_dim));
    const int lane = threadIdx.x % 32;
    for (int i = threadIdx.x / 32; i < q_len; i += warps_per_block) {
        const int keys_seen = args.causal ? min(kv_len, i + kv_len - q_len + 1) : kv_len;
        const bool seen = lane < keys_seen;
        const float score = seen ? scale * dot(q + i * stride, k + lane * stride, head_dim) : -INFINITY;
        const float largest = warp_max(score);
        const float power = seen ? expf(score - largest) : 0.0f;  // in a row without keys nobody gets here with -inf
        const float sum = warp_sum(power);
        const float weight = seen ? power / sum : 0.0f;
        if (lane < kv_len) args.weights[(head * q_len + i) * kv_len + lane] = weight;

        float acc[short_attention_max_head_dim / 32] = {};
        for (int j = 0; j < keys_seen; ++j) {
            const float weight_of_j = __shfl_sync(all_lanes, weight, j);
#pragma unroll
            for (int part = 0; part < short_attention_max_head_dim / 32; ++part) {
                const int channel = lane + 32 * part;
                if (channel < head_dim) acc[part] += weight_of_j * v[j * stride + channel];
            }
        }
#pragma unroll
        for (int part = 0; part < short_attention_max_head_dim / 32; ++part) {
            const int channel = lane + 32 * part;
            if (channel < head_dim) args.out[(head * q_len + i) * head_dim + channel] = acc[part];
        }
    }
    // SOLUTION END
}

void short_attention(const ShortAttentionArgs& args) {
    // SOLUTION BEGIN 5.10
    const ShortAttentionSizes& sizes = args.sizes;
    check_sizes("short_attention", sizes);
    // Nothing to do, and a grid of 0 is an invalid configuration.
    if (sizes.batch == 0 || sizes.num_heads == 0 || sizes.q_len == 0) return;
    const int floats = (sizes.q_len + 2 * sizes.kv_len) * row_stride(sizes.head_dim);
    const std::size_t bytes = shared_memory(short_attention_kernel, floats);
    short_attention_kernel<<<dim3(sizes.num_heads, sizes.batch), threads_per_block, bytes>>>(args);
    // SOLUTION END
}

// TODO(5.10): the gradients of one head in one CUDA block.
//   Equation: at the top of this file. sum_m w[i,m] dw[i,m] is one number for each query, and the same for all of its keys.
//   Start:    first only w and ds of every pair: a warp takes a query, lane j takes key j, the row's number is a sum over the warp.
//             Put both into shared memory. Then everything that is left is three small matrix products.
//   Ask:      dq sums over keys, dk and dv over queries. Who has written the ds that a thread reads for dk, and what lies between?
//             Where can you multiply by 1/sqrt(head_dim) so that dq and dk both have it, and dv has not?
//   Traps:    two warps that add to one element of dk race: let one thread own an element and sum over the queries itself;
//             dk and dv have to be written (with zeros) also when there are no queries.
__global__ void short_attention_backward_kernel(ShortAttentionBackwardArgs args) {
    // SOLUTION BEGIN 5.10 removed
    extern __shared__ float shared[];
    const auto [batch, num_heads, q_len, kv_len, head_dim] = args.sizes;
    const int stride = row_stride(head_dim);
    const std::size_t head = this_head();
    float* q = shared;
    float* d_out = load_rows(q, args.q + head * q_len * head_dim, q_len, head_dim);
    float* k = load_rows(d_out, args.d_out + head * q_len * head_dim, q_len, head_dim);
    float* v = load_rows(k, args.k + head * kv_len * head_dim, kv_len, head_dim);
    float* weights = load_rows(v, args.v + head * kv_len * head_dim, kv_len, head_dim);  // [q_len, kv_len]
    float* d_scores = weights + q_len * kv_len;  // [q_len, kv_len], times the scale
    __syncthreads();                             // a warp's values were loaded by all warps

    const float scale = 1.0f / sqrtf(static_cast<float>(head_dim));
    const int lane = threadIdx.x % 32;
    for (int i = threadIdx.x / 32; i < q_len; i += warps_per_block) {
        const bool key = lane < kv_len;
        const float weight = key ? args.weights[(head * q_len + i) * kv_len + lane] : 0.0f;
        const float d_weight = key ? dot(d_out + i * stride, v + lane * stride, head_dim) : 0.0f;
        const float row = warp_sum(weight * d_weight);
        if (key) {
            weights[i * kv_len + lane] = weight;
            d_scores[i * kv_len + lane] = scale * weight * (d_weight - row);
        }
    }
    __syncthreads();  // dk and dv sum over queries of all warps

    float* dq = args.dq + head * q_len * head_dim;
    float* dk = args.dk + head * kv_len * head_dim;
    float* dv = args.dv + head * kv_len * head_dim;
    for (int index = threadIdx.x; index < q_len * head_dim; index += threads_per_block) {
        const int i = index / head_dim, channel = index % head_dim;
        dq[index] = mixed(d_scores + i * kv_len, 1, k, kv_len, stride, channel);
    }
    for (int index = threadIdx.x; index < kv_len * head_dim; index += threads_per_block) {
        const int j = index / head_dim, channel = index % head_dim;
        dk[index] = mixed(d_scores + j, kv_len, q, q_len, stride, channel);
        dv[index] = mixed(weights + j, kv_len, d_out, q_len, stride, channel);
    }
    // SOLUTION END
}

void short_attention_backward(const ShortAttentionBackwardArgs& args) {
    // SOLUTION BEGIN 5.10
    const ShortAttentionSizes& sizes = args.sizes;
    check_sizes("short_attention_backward", sizes);
    if (sizes.batch == 0 || sizes.num_heads == 0 || sizes.q_len + sizes.kv_len == 0) return;
    const int floats = 2 * (sizes.q_len + sizes.kv_len) * row_stride(sizes.head_dim) + 2 * sizes.q_len * sizes.kv_len;
    const std::size_t bytes = shared_memory(short_attention_backward_kernel, floats);
    short_attention_backward_kernel<<<dim3(sizes.num_heads, sizes.batch), threads_per_block, bytes>>>(args);
    // SOLUTION END
}

}  // namespace wb
