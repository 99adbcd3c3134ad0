/// @file
/// Tensors in device memory, for the drivers of kernels. Every buffer has exactly the size of its tensor, so that the ASan
/// build sees the first element beyond it. Works with the CPU engine and with CUDA; needs no CUDA header.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "wb/tensor.hpp"
#include "wb_kernels/device_buffer.hpp"

namespace wb {

/// A copy of a tensor in device memory.
template <std::size_t N, class T>
DeviceBuffer<T> on_device(const Tensor<N, T>& x) {
    return DeviceBuffer<T>(std::span<const T>(x.data(), x.size()));
}

/// A tensor of NaN in device memory, until a kernel writes it: what the kernel does not write shows.
template <std::size_t N>
class DeviceAnswer {
 public:
    explicit DeviceAnswer(const typename Tensor<N>::shape_type& shape)
        : host_(shape, std::numeric_limits<float>::quiet_NaN()), buffer_(on_device(host_)) {}

    [[nodiscard]] float* data() { return buffer_.data(); }
    [[nodiscard]] Tensor<N> to_host() {
        const std::vector<float> values = buffer_.to_host();
        std::copy(values.begin(), values.end(), host_.begin());
        return host_;
    }

 private:
    Tensor<N> host_;
    DeviceBuffer<float> buffer_;
};

/// A size as kernels take it.
inline int extent(std::size_t size) {
    return static_cast<int>(size);
}

}  // namespace wb
