/// @file
/// Drivers of the kernels of exercise 5.10: copy the question to the device, run the submission's launcher, copy the answer back.
/// Every buffer has exactly the size that the contract states, so that the engine's ASan build sees the first element beyond it;
/// every answer starts as NaN, so that what the kernel does not write shows.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "adamw.hpp"
#include "embedding.hpp"
#include "kernel_probes.hpp"
#include "probe/worker.hpp"
#include "short_attention.hpp"
#include "wb_kernels/device_buffer.hpp"
#include "wb_kernels/device_tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb {
namespace {

using kernels::ThreadOrder;
using probes::AdamWQuestion;
using probes::AdamWTrace;
using probes::ShortAttentionAnswer;
using probes::ShortAttentionBackwardQuestion;
using probes::ShortAttentionGradients;
using probes::ShortAttentionQuestion;

ShortAttentionSizes sizes_of(const Tensor<4>& q, const Tensor<4>& k) {
    return {.batch = extent(q.shape()[0]),
            .num_heads = extent(q.shape()[1]),
            .q_len = extent(q.shape()[2]),
            .kv_len = extent(k.shape()[2]),
            .head_dim = extent(q.shape()[3])};
}

ShortAttentionAnswer run_short_attention(const ShortAttentionQuestion& x, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto q = on_device(x.q), k = on_device(x.k), v = on_device(x.v);
    DeviceAnswer<4> out(x.q.shape()), weights({x.q.shape()[0], x.q.shape()[1], x.q.shape()[2], x.k.shape()[2]});
    const ShortAttentionArgs args{.q = q.data(),
                                  .k = k.data(),
                                  .v = v.data(),
                                  .out = out.data(),
                                  .weights = weights.data(),
                                  .sizes = sizes_of(x.q, x.k),
                                  .causal = x.causal};
    kernels::run([&] { short_attention(args); });
    return {out.to_host(), weights.to_host()};
}

ShortAttentionGradients run_short_attention_backward(const ShortAttentionBackwardQuestion& x, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto q = on_device(x.q), k = on_device(x.k), v = on_device(x.v);
    const auto weights = on_device(x.weights), d_out = on_device(x.d_out);
    DeviceAnswer<4> dq(x.q.shape()), dk(x.k.shape()), dv(x.v.shape());
    const ShortAttentionBackwardArgs args{.q = q.data(),
                                          .k = k.data(),
                                          .v = v.data(),
                                          .weights = weights.data(),
                                          .d_out = d_out.data(),
                                          .dq = dq.data(),
                                          .dk = dk.data(),
                                          .dv = dv.data(),
                                          .sizes = sizes_of(x.q, x.k)};
    kernels::run([&] { short_attention_backward(args); });
    return {dq.to_host(), dk.to_host(), dv.to_host()};
}

/// An array that every step changes, and what it was after each.
struct TracedArray {
    DeviceBuffer<float> device;
    Tensor<2> trace;  ///< [steps, count]

    TracedArray(const Tensor<1>& before, std::size_t steps)
        : device(on_device(before)), trace({steps, before.size()}) {}
    void keep(std::size_t step) {
        const std::vector<float> now = device.to_host();
        std::copy(now.begin(), now.end(), trace.data() + step * now.size());
    }
};

AdamWTrace run_adamw(const AdamWQuestion& x, ThreadOrder order) {
    kernels::set_thread_order(order);
    const std::size_t steps = x.gradients.shape()[0], count = x.parameters.size();
    TracedArray parameters(x.parameters, steps), first(x.first, steps), second(x.second, steps);
    TracedArray gradient(x.parameters, steps);
    for (std::size_t step = 0; step < steps; ++step) {
        gradient.device.copy_from(std::span<const float>(x.gradients.data() + step * count, count));
        const AdamWArgs args{.parameters = parameters.device.data(),
                             .gradient = gradient.device.data(),
                             .first = first.device.data(),
                             .second = second.device.data(),
                             .count = static_cast<std::int64_t>(count),
                             .step = x.first_step + static_cast<std::int64_t>(step),
                             .learning_rate = x.learning_rate,
                             .beta1 = x.beta1,
                             .beta2 = x.beta2,
                             .epsilon = x.epsilon,
                             .weight_decay = x.weight_decay,
                             .gradient_scale = x.gradient_scale};
        kernels::run([&] { adamw_step(args); });
        for (TracedArray* array : {&parameters, &gradient, &first, &second}) array->keep(step);
    }
    return {parameters.trace, gradient.trace, first.trace, second.trace};
}

Tensor<2> run_embedding_gather(const Tensor<2>& table, const std::vector<std::int32_t>& tokens, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto device_table = on_device(table);
    const DeviceBuffer<int> device_tokens{std::span<const int>(tokens)};
    DeviceAnswer<2> out({tokens.size(), table.shape()[1]});
    const EmbeddingGatherArgs args{.table = device_table.data(),
                                   .tokens = device_tokens.data(),
                                   .out = out.data(),
                                   .num_tokens = extent(tokens.size()),
                                   .vocabulary_size = extent(table.shape()[0]),
                                   .hidden = extent(table.shape()[1])};
    kernels::run([&] { embedding_gather(args); });
    return out.to_host();
}

Tensor<2> run_embedding_scatter_add(const Tensor<2>& d_out, const std::vector<std::int32_t>& tokens,
                                    const Tensor<2>& before, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto device_d_out = on_device(d_out);
    const DeviceBuffer<int> device_tokens{std::span<const int>(tokens)};
    auto d_table = DeviceAnswer<2>::holding(before);
    const EmbeddingScatterAddArgs args{.d_out = device_d_out.data(),
                                       .tokens = device_tokens.data(),
                                       .d_table = d_table.data(),
                                       .num_tokens = extent(tokens.size()),
                                       .vocabulary_size = extent(before.shape()[0]),
                                       .hidden = extent(before.shape()[1])};
    kernels::run([&] { embedding_scatter_add(args); });
    return d_table.to_host();
}

}  // namespace

WB_BIND(kernels) {
    worker.bind(probes::short_attention_kernel, &run_short_attention);
    worker.bind(probes::short_attention_backward_kernel, &run_short_attention_backward);
    worker.bind(probes::adamw_kernel, &run_adamw);
    worker.bind(probes::embedding_gather_kernel, &run_embedding_gather);
    worker.bind(probes::embedding_scatter_add_kernel, &run_embedding_scatter_add);
}

}  // namespace wb
