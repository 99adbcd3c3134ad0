/// @file
/// Drivers of the kernels of exercises 2.8 to 2.11: copy the question to the device, run the submission's launcher, copy the
/// answer back. Every buffer has exactly the size that the contract states, so that the engine's ASan build sees the first
/// element beyond it; every answer starts as NaN, so that what the kernel does not write shows.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "additive_scores.hpp"
#include "fused_attention.hpp"
#include "kernel_probes.hpp"
#include "probe/worker.hpp"
#include "row_softmax.hpp"
#include "tiled_matmul.hpp"
#include "wb_kernels/device_buffer.hpp"
#include "wb_kernels/device_tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb {
namespace {

using kernels::ThreadOrder;
using probes::FusedAttentionQuestion;

Tensor<2> run_row_softmax(const Tensor<2>& scores, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto device_scores = on_device(scores);
    DeviceAnswer<2> weights(scores.shape());
    kernels::run([&] {
        row_softmax(device_scores.data(), weights.data(), extent(scores.shape()[0]), extent(scores.shape()[1]));
    });
    return weights.to_host();
}

Tensor<2> run_tiled_matmul(const Tensor<2>& a, const Tensor<2>& b, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto device_a = on_device(a), device_b = on_device(b);
    DeviceAnswer<2> c({a.shape()[0], b.shape()[1]});
    const MatmulArgs args{.a = device_a.data(),
                          .b = device_b.data(),
                          .c = c.data(),
                          .m = extent(a.shape()[0]),
                          .n = extent(b.shape()[1]),
                          .k = extent(a.shape()[1])};
    kernels::run([&] { tiled_matmul(args); });
    return c.to_host();
}

Tensor<4> run_fused_attention(const FusedAttentionQuestion& x, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto q = on_device(x.q), k = on_device(x.k), v = on_device(x.v);
    const DeviceBuffer<int> key_lengths{std::span<const int>(x.key_lengths)};
    DeviceAnswer<4> out(x.q.shape());
    const FusedAttentionArgs args{.q = q.data(),
                                  .k = k.data(),
                                  .v = v.data(),
                                  .key_lengths = x.key_lengths.empty() ? nullptr : key_lengths.data(),
                                  .out = out.data(),
                                  .batch = extent(x.q.shape()[0]),
                                  .num_heads = extent(x.q.shape()[1]),
                                  .q_len = extent(x.q.shape()[2]),
                                  .kv_len = extent(x.k.shape()[2]),
                                  .head_dim = extent(x.q.shape()[3]),
                                  .causal = x.causal};
    kernels::run([&] { fused_attention(args); });
    return out.to_host();
}

Tensor<3> run_additive_scores(const Tensor<3>& q_projected, const Tensor<3>& k_projected, const Tensor<1>& w,
                              ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto q = on_device(q_projected), k = on_device(k_projected), device_w = on_device(w);
    DeviceAnswer<3> scores({q_projected.shape()[0], q_projected.shape()[1], k_projected.shape()[1]});
    const AdditiveScoresArgs args{.q_projected = q.data(),
                                  .k_projected = k.data(),
                                  .w = device_w.data(),
                                  .scores = scores.data(),
                                  .batch = extent(q_projected.shape()[0]),
                                  .q_len = extent(q_projected.shape()[1]),
                                  .kv_len = extent(k_projected.shape()[1]),
                                  .hidden = extent(w.shape()[0])};
    kernels::run([&] { additive_scores(args); });
    return scores.to_host();
}

}  // namespace

WB_BIND(kernels) {
    worker.bind(probes::row_softmax_kernel, &run_row_softmax);
    worker.bind(probes::tiled_matmul_kernel, &run_tiled_matmul);
    worker.bind(probes::fused_attention_kernel, &run_fused_attention);
    worker.bind(probes::fused_attention_scratch, [](const FusedAttentionQuestion& x) -> std::uint64_t {
        run_fused_attention(x, ThreadOrder::forward);
        return kernels::scratch_bytes();
    });
    worker.bind(probes::additive_scores_kernel, &run_additive_scores);
}

}  // namespace wb
