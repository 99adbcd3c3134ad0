/// @file
/// Tensors in device memory, for the drivers of kernels. Every buffer has exactly the size of its tensor, so that the ASan
/// build sees the first element beyond it. Works with the CPU engine and with CUDA; needs no CUDA header.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "wb/tensor.hpp"
#include "wb_kernels/device_buffer.hpp"

namespace wb {

/// A copy of a tensor in device memory.
template <std::size_t N, class T>
DeviceBuffer<T> on_device(const Tensor<N, T>& x) {
    return DeviceBuffer<T>(std::span<const T>(x.data(), x.size()));
}

/// The same, kept as another type of number, e.g. __half: rounded on the way.
template <class Real, std::size_t N>
DeviceBuffer<Real> on_device_as(const Tensor<N>& x) {
    const std::vector<Real> values(x.begin(), x.end());
    return DeviceBuffer<Real>(std::span<const Real>(values));
}

/// A tensor in device memory that a kernel writes to, kept there as Real.
template <std::size_t N, class Real = float>
class DeviceAnswer {
 public:
    /// Filled with NaN: what the kernel does not write shows.
    explicit DeviceAnswer(const typename Tensor<N>::shape_type& shape)
        : DeviceAnswer(holding(Tensor<N>(shape, std::numeric_limits<float>::quiet_NaN()))) {}

    /// Filled with values that the kernel is to change.
    [[nodiscard]] static DeviceAnswer holding(const Tensor<N>& before) {
        return DeviceAnswer(before, on_device_as<Real>(before));
    }

    [[nodiscard]] Real* data() { return buffer_.data(); }  ///< device memory, for a kernel to write
    /// What a kernel has written. @throws KernelError when one failed
    [[nodiscard]] Tensor<N> to_host() {
        const std::vector<Real> values = buffer_.to_host();
        std::copy(values.begin(), values.end(), host_.begin());
        return host_;
    }

 private:
    DeviceAnswer(const Tensor<N>& host, DeviceBuffer<Real> buffer) : host_(host), buffer_(std::move(buffer)) {}

    Tensor<N> host_;
    DeviceBuffer<Real> buffer_;
};

/// A size as kernels take it.
inline int extent(std::size_t size) {
    return static_cast<int>(size);
}

}  // namespace wb
