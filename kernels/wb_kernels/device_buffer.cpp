#include "wb_kernels/device_buffer.hpp"

#include <cuda_runtime.h>

#include <string>

#include "wb/errors.hpp"

namespace wb::kernels::detail {
namespace {

void check(cudaError_t error, const char* what, std::size_t bytes) {
    if (error == cudaSuccess) return;
    throw KernelError(std::string(what) + " of " + std::to_string(bytes) + " bytes: " + cudaGetErrorName(error) + " (" +
                      cudaGetErrorString(error) + ")");
}

}  // namespace

void* device_allocate(std::size_t bytes) {
    void* data = nullptr;
    if (bytes > 0) check(cudaMalloc(&data, bytes), "cudaMalloc", bytes);
    return data;
}

void device_free(void* data) noexcept {
    if (data != nullptr) cudaFree(data);
}

void copy_to_device(void* to, const void* from, std::size_t bytes) {
    if (bytes > 0) check(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "cudaMemcpy to the device", bytes);
}

void copy_to_host(void* to, const void* from, std::size_t bytes) {
    if (bytes > 0) check(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost), "cudaMemcpy to the host", bytes);
}

}  // namespace wb::kernels::detail
