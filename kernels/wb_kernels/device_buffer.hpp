/// @file
/// Device memory that frees itself. Works with the CPU engine and with CUDA; needs no CUDA header.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace wb {

namespace kernels::detail {
void* device_allocate(std::size_t bytes);
void device_free(void* data) noexcept;
void copy_to_device(void* to, const void* from, std::size_t bytes);
void copy_to_host(void* to, const void* from, std::size_t bytes);
}  // namespace kernels::detail

/// An array of T in device memory. Fresh elements are NaN (all bits set) on the CPU engine, undefined on a GPU.
/// The host must not dereference data(). Movable, not copyable.
template <class T>
class DeviceBuffer {
    static_assert(std::is_trivially_copyable_v<T>, "device memory is copied byte by byte");

 public:
    /// @throws KernelError  with CUDA's error if there is not enough memory
    explicit DeviceBuffer(std::size_t size)
        : data_(static_cast<T*>(kernels::detail::device_allocate(size * sizeof(T)))), size_(size) {}

    /// A copy of the host's values.
    explicit DeviceBuffer(std::span<const T> values) : DeviceBuffer(values.size()) { copy_from(values); }

    ~DeviceBuffer() { kernels::detail::device_free(data_); }
    /// Takes the memory over; the other one is empty then.
    DeviceBuffer(DeviceBuffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    /// Frees its own memory and takes the other's over.
    DeviceBuffer& operator=(DeviceBuffer&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }

    /// Null if size() is 0.
    [[nodiscard]] T* data() { return data_; }
    [[nodiscard]] const T* data() const { return data_; }     ///< device memory: null when empty
    [[nodiscard]] std::size_t size() const { return size_; }  ///< how many numbers

    /// Replaces the first elements. @throws KernelError if there are more values than elements
    void copy_from(std::span<const T> values) {
        kernels::detail::copy_to_device(data_, values.data(), values.size_bytes());
    }

    /// @throws KernelError if a kernel has failed before
    [[nodiscard]] std::vector<T> to_host() const {
        std::vector<T> values(size_);
        kernels::detail::copy_to_host(values.data(), data_, size_ * sizeof(T));
        return values;
    }

 private:
    T* data_;
    std::size_t size_;
};

}  // namespace wb
