/// @file
/// Drivers of the kernels of exercise 4.11: copy the question to the device, run the submission's launcher, copy the answer back.
/// Every buffer has exactly the size that the contract states, so that the engine's ASan build sees the first element beyond it;
/// every answer starts as NaN, so that what the kernel does not write shows.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "bias_gelu_kernel.hpp"
#include "kernel_probes.hpp"
#include "layer_norm_kernel.hpp"
#include "patchify_kernel.hpp"
#include "probe/worker.hpp"
#include "rollout_kernel.hpp"
#include "wb_kernels/device_buffer.hpp"
#include "wb_kernels/device_tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb {
namespace {

using kernels::ThreadOrder;
using probes::BiasGeluBackwardQuestion;
using probes::BiasGeluGradients;
using probes::BiasGeluQuestion;
using probes::LayerNormQuestion;

Tensor<3> run_patchify(const Tensor<4>& pixels, std::int32_t patch_size, ThreadOrder order) {
    kernels::set_thread_order(order);
    const std::size_t P = patch_size > 0 ? static_cast<std::size_t>(patch_size) : 1;  // below 1 there is no answer
    const auto device_pixels = on_device(pixels);
    DeviceAnswer<3> patches(
        {pixels.shape()[0], pixels.shape()[2] / P * (pixels.shape()[3] / P), pixels.shape()[1] * P * P});
    const PatchifyArgs args{.pixels = device_pixels.data(),
                            .patches = patches.data(),
                            .batch = extent(pixels.shape()[0]),
                            .channels = extent(pixels.shape()[1]),
                            .height = extent(pixels.shape()[2]),
                            .width = extent(pixels.shape()[3]),
                            .patch_size = patch_size};
    kernels::run([&] { patchify_on_device(args); });
    return patches.to_host();
}

Tensor<2> run_layer_norm(const LayerNormQuestion& question, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto x = on_device(question.x), weight = on_device(question.weight), bias = on_device(question.bias);
    DeviceAnswer<2> out(question.x.shape());
    const LayerNormArgs args{.x = x.data(),
                             .weight = weight.data(),
                             .bias = bias.data(),
                             .out = out.data(),
                             .rows = extent(question.x.shape()[0]),
                             .hidden = extent(question.x.shape()[1]),
                             .epsilon = question.epsilon};
    kernels::run([&] { layer_norm_on_device(args); });
    return out.to_host();
}

/// A tensor that begins in the middle of a device array, after `skip` numbers, and ends with it.
template <std::size_t N>
class Slice {
 public:
    Slice(const Tensor<N>& values, std::uint32_t skip) : host_(values), skip_(skip), buffer_(skip + values.size()) {
        std::vector<float> all(skip_ + values.size(), std::numeric_limits<float>::quiet_NaN());
        std::copy(values.begin(), values.end(), all.begin() + skip);
        buffer_.copy_from(std::span<const float>(all));
    }
    /// Filled with NaN: what the kernel does not write shows.
    static Slice answer(const typename Tensor<N>::shape_type& shape, std::uint32_t skip) {
        return Slice(Tensor<N>(shape, std::numeric_limits<float>::quiet_NaN()), skip);
    }

    [[nodiscard]] float* data() { return buffer_.data() + skip_; }
    [[nodiscard]] Tensor<N> to_host() {
        const std::vector<float> all = buffer_.to_host();
        std::copy(all.begin() + static_cast<std::ptrdiff_t>(skip_), all.end(), host_.begin());
        return host_;
    }

 private:
    Tensor<N> host_;
    std::size_t skip_;
    DeviceBuffer<float> buffer_;
};

Tensor<2> run_bias_gelu(const BiasGeluQuestion& question, ThreadOrder order) {
    kernels::set_thread_order(order);
    Slice<2> x(question.x, question.skips.x);
    Slice<1> bias(question.bias, question.skips.bias);
    auto apart = Slice<2>::answer(question.x.shape(), question.skips.out);
    Slice<2>& out = question.in_place ? x : apart;
    const BiasGeluArgs args{.x = x.data(),
                            .bias = bias.data(),
                            .out = out.data(),
                            .rows = extent(question.x.shape()[0]),
                            .hidden = extent(question.x.shape()[1])};
    kernels::run([&] { bias_gelu_on_device(args); });
    return out.to_host();
}

BiasGeluGradients run_bias_gelu_backward(const BiasGeluBackwardQuestion& question, ThreadOrder order) {
    kernels::set_thread_order(order);
    Slice<2> x(question.x, question.skips.x), d_out(question.d_out, question.skips.out);
    Slice<1> bias(question.bias, question.skips.bias);
    auto apart = Slice<2>::answer(question.x.shape(), question.skips.out);
    Slice<2>& d_x = question.in_place ? d_out : apart;
    auto d_bias = Slice<1>::answer(question.bias.shape(), question.skips.bias);
    const BiasGeluBackwardArgs args{.x = x.data(),
                                    .bias = bias.data(),
                                    .d_out = d_out.data(),
                                    .d_x = d_x.data(),
                                    .d_bias = d_bias.data(),
                                    .rows = extent(question.x.shape()[0]),
                                    .hidden = extent(question.x.shape()[1])};
    kernels::run([&] { bias_gelu_backward_on_device(args); });
    return {d_x.to_host(), d_bias.to_host()};
}

Tensor<3> run_rollout(const Tensor<4>& weights, ThreadOrder order) {
    kernels::set_thread_order(order);
    const auto device_weights = on_device(weights);
    const std::size_t batch = weights.shape()[1], tokens = weights.shape()[2];
    DeviceAnswer<3> out({batch, tokens, tokens}), scratch({batch, tokens, tokens});
    const RolloutArgs args{.weights = device_weights.data(),
                           .out = out.data(),
                           .scratch = scratch.data(),
                           .layers = extent(weights.shape()[0]),
                           .batch = extent(batch),
                           .tokens = extent(tokens)};
    kernels::run([&] { rollout_on_device(args); });
    return out.to_host();
}

std::uint64_t rollout_allocates(const Tensor<4>& weights) {
    run_rollout(weights, ThreadOrder::forward);
    return kernels::scratch_bytes();
}

}  // namespace

WB_BIND(kernels) {
    worker.bind(probes::patchify_kernel, &run_patchify);
    worker.bind(probes::layer_norm_kernel, &run_layer_norm);
    worker.bind(probes::bias_gelu_kernel, &run_bias_gelu);
    worker.bind(probes::bias_gelu_backward_kernel, &run_bias_gelu_backward);
    worker.bind(probes::rollout_kernel, &run_rollout);
    worker.bind(probes::rollout_allocates, &rollout_allocates);
}

}  // namespace wb
