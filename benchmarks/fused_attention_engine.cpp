/// @file
/// What it costs to run a CUDA kernel without a GPU: fused attention (exercise 2.10, the reference) under the CPU engine,
/// beside the same attention as plain C++ loops in the same run. 8 heads of 256 queries, 256 keys, head_dim 64: one core,
/// at most 200 ms (the budget that keeps a student's edit-to-verdict short).
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "fused_attention.hpp"
#include "wb_kernels/device_buffer.hpp"
#include "wb_kernels/run.hpp"

namespace {

constexpr int num_heads = 8, length = 256, head_dim = 64;
constexpr std::size_t elements = std::size_t{num_heads} * length * head_dim;

std::vector<float> wave(float step) {
    std::vector<float> values(elements);
    for (std::size_t i = 0; i < elements; ++i) values[i] = std::sin(step * static_cast<float>(i));
    return values;
}

/// Two products of 2 head_dim FLOPs for each pair of a query and a key that it sees.
void count_flops(benchmark::State& state, bool causal) {
    const double pairs = causal ? length * (length + 1) / 2 : length * length;
    state.counters["FLOP/s"] =
        benchmark::Counter(4.0 * num_heads * head_dim * pairs, benchmark::Counter::kIsIterationInvariantRate);
}

void FusedKernelUnderTheEngine(benchmark::State& state) {
    const wb::DeviceBuffer<float> q{std::span<const float>(wave(0.7F))}, k{std::span<const float>(wave(0.3F))},
        v{std::span<const float>(wave(0.9F))};
    wb::DeviceBuffer<float> out(elements);
    const wb::FusedAttentionArgs args{.q = q.data(),
                                      .k = k.data(),
                                      .v = v.data(),
                                      .out = out.data(),
                                      .batch = 1,
                                      .num_heads = num_heads,
                                      .q_len = length,
                                      .kv_len = length,
                                      .head_dim = head_dim,
                                      .causal = state.range(0) != 0};
    for ([[maybe_unused]] auto _ : state) wb::kernels::run([&] { wb::fused_attention(args); });
    count_flops(state, args.causal);
}
BENCHMARK(FusedKernelUnderTheEngine)->ArgName("causal")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void PlainLoops(benchmark::State& state) {
    const std::vector<float> q = wave(0.7F), k = wave(0.3F), v = wave(0.9F);
    std::vector<float> out(elements), scores(length);
    for ([[maybe_unused]] auto _ : state) {
        for (std::size_t row = 0; row < std::size_t{num_heads} * length; ++row) {
            const float* query = &q[row * head_dim];
            const float *keys = &k[row / length * length * head_dim], *values = &v[row / length * length * head_dim];
            float m = -INFINITY, l = 0;
            for (int j = 0; j < length; ++j) {
                float score = 0;
                for (int d = 0; d < head_dim; ++d) score += query[d] * keys[j * head_dim + d];
                scores[j] = score / std::sqrt(static_cast<float>(head_dim));
                m = std::fmax(m, scores[j]);
            }
            float* result = &out[row * head_dim];
            std::fill_n(result, head_dim, 0.0F);
            for (int j = 0; j < length; ++j) {
                const float weight = std::exp(scores[j] - m);
                l += weight;
                for (int d = 0; d < head_dim; ++d) result[d] += weight * values[j * head_dim + d];
            }
            for (int d = 0; d < head_dim; ++d) result[d] /= l;
        }
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
    count_flops(state, false);
}
BENCHMARK(PlainLoops)->Unit(benchmark::kMillisecond);

}  // namespace
