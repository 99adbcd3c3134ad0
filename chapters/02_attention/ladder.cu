/// @file
/// A ladder: one computation four times over, each time with less waiting. Rotary position embedding turns each pair of neighbouring numbers
/// of a query by an angle that grows with its token's position p, so that a dot product of two depends on their distance alone:
///     x'[2 i]     = x[2 i] cos(p w_i) - x[2 i + 1] sin(p w_i)          w_i = 10000^(-2 i / head_dim),  i = 0 .. head_dim / 2 - 1
///     x'[2 i + 1] = x[2 i] sin(p w_i) + x[2 i + 1] cos(p w_i)          x: [tokens, heads, head_dim]; cosines, sines: [tokens, head_dim / 2]
/// Rungs: a thread a row; a thread a pair; a pair in one load; a thread has a pair of all heads.
/// Least traffic: 8 bytes a number, read and written; 4 a number of the tables. Work 3 FLOPs a number: bound by memory.
/// Source: Su et al., RoFormer: enhanced transformer with rotary position embedding, 2021, equation 34.
/// ./workbook profile chapters/02_attention/ladder.cu --entry climb --table
#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int tokens = 128, heads = 8, head_dim = 64, pairs = head_dim / 2;  ///< pairs: of a row
constexpr int rows = tokens * heads, threads = 128;

/// Rung 1: a thread has a row, as a loop on a CPU would. Its neighbour has the next row, 64 numbers further.
__global__ void a_thread_a_row(const float* x, const float* cosines, const float* sines, float* out) {
    const int row = blockIdx.x * blockDim.x + threadIdx.x, token = row / heads;
    for (int i = 0; i < pairs; ++i) {
        const float a = x[row * head_dim + 2 * i], b = x[row * head_dim + 2 * i + 1];
        const float c = cosines[token * pairs + i], s = sines[token * pairs + i];
        out[row * head_dim + 2 * i] = a * c - b * s;
        out[row * head_dim + 2 * i + 1] = a * s + b * c;
    }
}

/// Rung 2: a thread has a pair. Its two numbers are two requests, and each of them passes over every other number.
__global__ void a_thread_a_pair(const float* x, const float* cosines, const float* sines, float* out) {
    const int n = blockIdx.x * blockDim.x + threadIdx.x, angle = n / (heads * pairs) * pairs + n % pairs;
    const float a = x[2 * n], b = x[2 * n + 1], c = cosines[angle], s = sines[angle];
    out[2 * n] = a * c - b * s;
    out[2 * n + 1] = a * s + b * c;
}

/// Rung 3: a pair is one float2, so a request has no gaps.
__global__ void a_pair_at_once(const float2* x, const float* cosines, const float* sines, float2* out) {
    const int n = blockIdx.x * blockDim.x + threadIdx.x, angle = n / (heads * pairs) * pairs + n % pairs;
    const float2 pair = x[n];
    const float c = cosines[angle], s = sines[angle];
    out[n] = make_float2(pair.x * c - pair.y * s, pair.x * s + pair.y * c);
}

/// Rung 4: a thread has the same pair of all heads, for which it looks the angle up once.
__global__ void a_pair_of_all_heads(const float2* x, const float* cosines, const float* sines, float2* out) {
    const int angle = blockIdx.x * blockDim.x + threadIdx.x, token = angle / pairs, i = angle % pairs;
    const float c = cosines[angle], s = sines[angle];
    for (int head = 0; head < heads; ++head) {
        const int n = (token * heads + head) * pairs + i;
        const float2 pair = x[n];
        out[n] = make_float2(pair.x * c - pair.y * s, pair.x * s + pair.y * c);
    }
}

void check(cudaError_t error, const char* what) {
    if (error != cudaSuccess) throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(error));
}

float* on_device(const std::vector<float>& numbers) {
    float* copy = nullptr;
    check(cudaMalloc(&copy, numbers.size() * sizeof(float)), "cudaMalloc");
    check(cudaMemcpy(copy, numbers.data(), numbers.size() * sizeof(float), cudaMemcpyHostToDevice), "cudaMemcpy");
    return copy;
}

}  // namespace

/// Launches every rung on the same queries. @throws std::runtime_error where a rung's numbers are not those of the formula
void climb() {
    std::vector<float> cosines(tokens * pairs), sines(tokens * pairs), queries(rows * head_dim), right(rows * head_dim);
    for (int token = 0; token < tokens; ++token) {
        for (int i = 0; i < pairs; ++i) {
            const double angle = token * std::pow(10000.0, -2.0 * i / head_dim);
            cosines[token * pairs + i] = static_cast<float>(std::cos(angle));
            sines[token * pairs + i] = static_cast<float>(std::sin(angle));
        }
    }
    for (std::size_t n = 0; n < queries.size(); ++n) queries[n] = static_cast<float>(n * 37 % 251) / 125.0f - 1.0f;
    for (int n = 0; n < rows * pairs; ++n) {
        const int angle = n / (heads * pairs) * pairs + n % pairs;
        right[2 * n] = queries[2 * n] * cosines[angle] - queries[2 * n + 1] * sines[angle];
        right[2 * n + 1] = queries[2 * n] * sines[angle] + queries[2 * n + 1] * cosines[angle];
    }

    float *x = on_device(queries), *cos = on_device(cosines), *sin = on_device(sines);
    float* out = on_device(std::vector<float>(right.size(), 0.0f));
    const auto* x_pairs = reinterpret_cast<const float2*>(x);
    auto* out_pairs = reinterpret_cast<float2*>(out);
    std::vector<float> answer(right.size());
    const auto expect_right = [&](const char* rung) {
        check(cudaMemcpy(answer.data(), out, answer.size() * sizeof(float), cudaMemcpyDeviceToHost), rung);
        for (std::size_t n = 0; n < right.size(); ++n) {
            if (!(std::fabs(answer[n] - right[n]) <= 1e-6f))  // two products and a sum of numbers within +-1
                throw std::runtime_error(std::string(rung) + " has another number " + std::to_string(n));
        }
        check(cudaMemset(out, 0, answer.size() * sizeof(float)), rung);  // the next rung finds nothing done
    };
    a_thread_a_row<<<rows / threads, threads>>>(x, cos, sin, out);
    expect_right("a_thread_a_row");
    a_thread_a_pair<<<rows * pairs / threads, threads>>>(x, cos, sin, out);
    expect_right("a_thread_a_pair");
    a_pair_at_once<<<rows * pairs / threads, threads>>>(x_pairs, cos, sin, out_pairs);
    expect_right("a_pair_at_once");
    a_pair_of_all_heads<<<tokens * pairs / threads, threads>>>(x_pairs, cos, sin, out_pairs);
    expect_right("a_pair_of_all_heads");
    for (float* numbers : {x, cos, sin, out}) check(cudaFree(numbers), "cudaFree");
}
