/// @file
/// Drivers of the kernels of exercise 3.10: copy the question to the device, run the submission's launcher, copy the answer back. Every
/// buffer has exactly the size that the contract states, so that the engine's ASan build sees the first element beyond it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "entropy_kernel.hpp"
#include "kernel_probes.hpp"
#include "live_heads_kernel.hpp"
#include "probe/worker.hpp"
#include "wb_kernels/device_buffer.hpp"
#include "wb_kernels/device_tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb {
namespace {

using kernels::ThreadOrder;
using probes::HeadEntropyQuestion;
using probes::HeadEntropySums;
using probes::LiveHeadsQuestion;

DeviceBuffer<std::int32_t> numbers_on_device(const std::vector<std::int32_t>& numbers) {
    return DeviceBuffer<std::int32_t>(std::span<const std::int32_t>(numbers));
}

/// Behind the last number of [batch, tokens, heads * head_dim] that a pair of the list has.
std::size_t end_of_live(const LiveHeadsQuestion& question, const Tensor<3>& x) {
    if (!question.cut) return x.size();
    const auto heads = static_cast<std::size_t>(question.heads);
    const std::size_t tokens = x.shape()[1], width = x.shape()[2];
    std::size_t end = 0;
    for (const std::int32_t one : question.live) {
        const std::size_t pair = static_cast<std::size_t>(one), entry = pair / heads, head = pair % heads;
        if (tokens > 0) end = std::max(end, ((entry + 1) * tokens - 1) * width + (head + 1) * (width / heads));
    }
    return end;
}

DeviceBuffer<float> on_device_up_to(std::size_t end, const Tensor<3>& x) {
    return DeviceBuffer<float>(std::span<const float>(x.data(), end));
}

Tensor<3> run_live_heads(const LiveHeadsQuestion& question, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto q = on_device_up_to(end_of_live(question, question.q), question.q),
               k = on_device_up_to(end_of_live(question, question.k), question.k),
               v = on_device_up_to(end_of_live(question, question.v), question.v);
    auto out = on_device_up_to(end_of_live(question, question.before), question.before);
    const auto live = numbers_on_device(question.live), key_lengths = numbers_on_device(question.key_lengths);
    const LiveHeadsArgs args{.q = q.data(),
                             .k = k.data(),
                             .v = v.data(),
                             .live = live.data(),
                             .key_lengths = key_lengths.data(),
                             .out = out.data(),
                             .num_live = extent(question.live.size()),
                             .heads = question.heads,
                             .head_dim = extent(question.q.shape()[2]) / std::max(question.heads, 1),
                             .q_len = extent(question.q.shape()[1]),
                             .kv_len = extent(question.k.shape()[1]),
                             .causal = question.causal};
    kernels::run([&] { live_heads_attention(args); });
    Tensor<3> answer = question.before;
    const std::vector<float> written = out.to_host();
    std::copy(written.begin(), written.end(), answer.begin());
    return answer;
}

probes::LaunchFigures launch_figures(const LiveHeadsQuestion& question) {
    run_live_heads(question, ThreadOrder::forward);
    return {kernels::launched_blocks(), kernels::scratch_bytes()};
}

HeadEntropySums run_head_entropy(const HeadEntropyQuestion& question, ThreadOrder order) {
    kernels::set_thread_order(order);
    const std::size_t heads = question.weights.shape()[1];
    const auto weights = on_device(question.weights);
    const auto query_lengths = numbers_on_device(question.query_lengths);
    DeviceAnswer<1> nats({heads});
    DeviceBuffer<std::int32_t> rows = numbers_on_device(std::vector<std::int32_t>(heads, -1));
    const HeadEntropyArgs args{.weights = weights.data(),
                               .query_lengths = query_lengths.data(),
                               .nats = nats.data(),
                               .rows = rows.data(),
                               .batch = extent(question.weights.shape()[0]),
                               .heads = extent(heads),
                               .q_len = extent(question.weights.shape()[2]),
                               .kv_len = extent(question.weights.shape()[3])};
    kernels::run([&] { head_entropy_sums(args); });
    return {nats.to_host(), rows.to_host()};
}

}  // namespace

WB_BIND(kernels) {
    worker.bind(probes::live_heads_kernel, &run_live_heads);
    worker.bind(probes::live_heads_launch, &launch_figures);
    worker.bind(probes::head_entropy_kernel, &run_head_entropy);
}

}  // namespace wb
