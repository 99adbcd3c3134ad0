/// @file
/// Drivers of the kernels of exercise 6.14: copy the question to the device, run the submission's launcher, copy the answer back.
/// Every buffer has exactly the size that the contract states, so that the engine's ASan build sees the first element beyond it;
/// every answer starts as NaN, so that what the kernel does not write shows.
#include <cstddef>
#include <cstdint>

#include "few_tokens_kernel.hpp"
#include "instance_norm_kernel.hpp"
#include "kernel_probes.hpp"
#include "moving_average_kernel.hpp"
#include "probe/worker.hpp"
#include "unfold_kernel.hpp"
#include "wb_kernels/device_buffer.hpp"
#include "wb_kernels/device_tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb {
namespace {

using kernels::ThreadOrder;

probes::InstanceNormAnswer run_instance_norm(const Tensor<3>& x, float epsilon, ThreadOrder order) {
    kernels::set_thread_order(order);
    const std::size_t batch = x.shape()[0], variates = x.shape()[2];
    const auto device_x = on_device(x);
    DeviceAnswer<3> out(x.shape());
    DeviceAnswer<2> mean({batch, variates}), deviation({batch, variates});
    const InstanceNormArgs args{.x = device_x.data(),
                                .out = out.data(),
                                .mean = mean.data(),
                                .deviation = deviation.data(),
                                .batch = extent(batch),
                                .lookback = extent(x.shape()[1]),
                                .variates = extent(variates),
                                .epsilon = epsilon};
    kernels::run([&] { instance_norm_on_device(args); });
    return {out.to_host(), mean.to_host(), deviation.to_host()};
}

Tensor<2> run_moving_average(const Tensor<2>& x, std::int32_t window, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto device_x = on_device(x);
    DeviceAnswer<2> trend(x.shape());
    const MovingAverageArgs args{.x = device_x.data(),
                                 .trend = trend.data(),
                                 .rows = extent(x.shape()[0]),
                                 .length = extent(x.shape()[1]),
                                 .window = window};
    kernels::run([&] { moving_average_on_device(args); });
    return trend.to_host();
}

Tensor<3> run_unfold(const Tensor<3>& x, std::int32_t patch, std::int32_t stride, ThreadOrder order) {
    kernels::set_thread_order(order);
    const std::size_t batch = x.shape()[0], lookback = x.shape()[1], variates = x.shape()[2];
    const bool fits = stride >= 1 && patch >= stride && patch <= extent(lookback);  // otherwise there is no answer
    const auto numbers = static_cast<std::size_t>(fits ? patch : 0);
    const std::size_t patches = fits ? (lookback - numbers) / static_cast<std::size_t>(stride) + 2 : 0;
    const auto device_x = on_device(x);
    DeviceAnswer<3> answer({batch * variates, patches, numbers});
    const UnfoldArgs args{.x = device_x.data(),
                          .patches = answer.data(),
                          .batch = extent(batch),
                          .lookback = extent(lookback),
                          .variates = extent(variates),
                          .patch = patch,
                          .stride = stride};
    kernels::run([&] { unfold_on_device(args); });
    return answer.to_host();
}

probes::FewTokensAnswer run_few_tokens(const probes::FewTokensQuestion& question, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto q = on_device(question.q), k = on_device(question.k), v = on_device(question.v);
    const std::size_t heads = question.q.shape()[0], tokens = question.q.shape()[1];
    DeviceAnswer<3> out(question.q.shape()), weights({heads, tokens, tokens});
    const FewTokensArgs args{.q = q.data(),
                             .k = k.data(),
                             .v = v.data(),
                             .out = out.data(),
                             .weights = question.weights_wanted ? weights.data() : nullptr,
                             .heads = extent(heads),
                             .tokens = extent(tokens),
                             .head_dim = extent(question.q.shape()[2])};
    kernels::run([&] { few_tokens_attention_on_device(args); });
    return {out.to_host(), weights.to_host()};
}

std::uint64_t few_tokens_allocates(const probes::FewTokensQuestion& question) {
    run_few_tokens(question, ThreadOrder::forward);
    return kernels::scratch_bytes();
}

}  // namespace

WB_BIND(kernels) {
    worker.bind(probes::instance_norm_kernel, &run_instance_norm);
    worker.bind(probes::moving_average_kernel, &run_moving_average);
    worker.bind(probes::unfold_kernel, &run_unfold);
    worker.bind(probes::few_tokens_kernel, &run_few_tokens);
    worker.bind(probes::few_tokens_allocates, &few_tokens_allocates);
}

}  // namespace wb
