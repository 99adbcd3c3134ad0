/// @file
/// CUDA's runtime API on the engine. Errors are also kept as the last error, as CUDA does.
#include <algorithm>
#include <chrono>
#include <string>

#include "cuda_runtime.h"
#include "simt/device_memory.hpp"
#include "simt/diagnosis.hpp"
#include "simt/launch.hpp"
#include "simt/shared_memory.hpp"

struct wb_cuda_stream {};
struct wb_cuda_event {
    std::chrono::steady_clock::time_point recorded;
};

namespace simt = wb::simt;

namespace {

cudaError_t report(cudaError_t error) {
    simt::diagnoses().set_error(static_cast<simt::ErrorCode>(error));
    return error;
}

cudaError_t refuse(cudaError_t error, const std::string& why) {
    simt::diagnoses().refuse(static_cast<simt::ErrorCode>(error),
                             std::string(simt::error_name(error)) + " (" + simt::error_text(error) + "): " + why + ".");
    return error;
}

cudaError_t state_of_device() {
    return simt::diagnoses().device_failed() ? static_cast<cudaError_t>(simt::diagnoses().peek()) : cudaSuccess;
}

enum class Side { host, device };

/// One side of a copy: on the side that the direction says, and inside its buffer.
cudaError_t check_range(const char* call, const char* what, const void* data, std::size_t bytes, Side expected) {
    const simt::DeviceBlock* const block = simt::device_block_of(data);
    if (expected == Side::host && (block == nullptr || block->managed)) return cudaSuccess;
    const std::string name = std::string(call) + ": the " + what;
    if (expected == Side::host)
        return refuse(cudaErrorInvalidValue,
                      name + " is " + simt::describe_device(data) + ", but the direction says host");
    if (block == nullptr)
        return refuse(cudaErrorInvalidValue, name + " is no device memory, but the direction says device");
    const std::size_t room = block->bytes - static_cast<std::size_t>(static_cast<const char*>(data) - block->data);
    if (bytes > room) {
        return refuse(cudaErrorInvalidValue, name + " has room for " + std::to_string(room) + " bytes, but " +
                                                 std::to_string(bytes) + " are to be copied (" +
                                                 simt::describe_device(data) + ")");
    }
    return cudaSuccess;
}

Side side_of(const void* data) {
    return simt::device_block_of(data) ? Side::device : Side::host;
}

}  // namespace

namespace {

cudaError_t allocate(const char* call, void** data, std::size_t bytes, bool managed) {
    if (data == nullptr) return report(cudaErrorInvalidValue);
    if (const cudaError_t error = state_of_device(); error != cudaSuccess) return error;
    *data = nullptr;
    if (bytes == 0) return cudaSuccess;
    *data = simt::device_allocate(bytes, managed);
    if (*data != nullptr) return cudaSuccess;
    return refuse(cudaErrorMemoryAllocation,
                  std::string(call) + " of " + std::to_string(bytes) + " bytes; " +
                      std::to_string(simt::device_bytes_in_all() - simt::device_bytes_in_use()) + " are free");
}

}  // namespace

cudaError_t cudaMalloc(void** data, std::size_t bytes) {
    return allocate("cudaMalloc", data, bytes, false);
}

cudaError_t cudaMallocManaged(void** data, std::size_t bytes, unsigned) {
    return allocate("cudaMallocManaged", data, bytes, true);
}

cudaError_t cudaFree(void* data) {
    if (data == nullptr || simt::device_release(data)) return cudaSuccess;
    return refuse(cudaErrorInvalidValue,
                  "cudaFree of a pointer that cudaMalloc did not return, or that is free already");
}

cudaError_t cudaMallocHost(void** data, std::size_t bytes) {
    *data = std::malloc(bytes);
    return *data != nullptr ? cudaSuccess : report(cudaErrorMemoryAllocation);
}

cudaError_t cudaFreeHost(void* data) {
    std::free(data);
    return cudaSuccess;
}

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
    if (const cudaError_t error = state_of_device(); error != cudaSuccess) return error;
    if (bytes == 0) return cudaSuccess;
    if (kind < cudaMemcpyHostToHost || kind > cudaMemcpyDefault) return report(cudaErrorInvalidMemcpyDirection);
    const bool any = kind == cudaMemcpyDefault;
    const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
    const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
    const Side target = any ? side_of(to) : to_device ? Side::device : Side::host;
    const Side source = any ? side_of(from) : from_device ? Side::device : Side::host;
    if (const cudaError_t error = check_range("cudaMemcpy", "target", to, bytes, target); error != cudaSuccess)
        return error;
    if (const cudaError_t error = check_range("cudaMemcpy", "source", from, bytes, source); error != cudaSuccess)
        return error;
    simt::device_copy(to, from, bytes);
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t) {
    return cudaMemcpy(to, from, bytes, kind);
}

cudaError_t cudaMemset(void* data, int byte, std::size_t bytes) {
    if (const cudaError_t error = state_of_device(); error != cudaSuccess) return error;
    if (bytes == 0) return cudaSuccess;
    if (const cudaError_t error = check_range("cudaMemset", "target", data, bytes, Side::device); error != cudaSuccess)
        return error;
    simt::device_fill(data, byte, bytes);
    return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* data, int byte, std::size_t bytes, cudaStream_t) {
    return cudaMemset(data, byte, bytes);
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
    *total = simt::device_bytes_in_all();
    *free = *total - simt::device_bytes_in_use();
    return cudaSuccess;
}

cudaError_t cudaGetLastError() {
    return static_cast<cudaError_t>(simt::diagnoses().take());
}
cudaError_t cudaPeekAtLastError() {
    return static_cast<cudaError_t>(simt::diagnoses().peek());
}
const char* cudaGetErrorName(cudaError_t error) {
    return simt::error_name(error);
}
const char* cudaGetErrorString(cudaError_t error) {
    return simt::error_text(error);
}
cudaError_t cudaDeviceSynchronize() {
    return state_of_device();
}
cudaError_t cudaDeviceReset() {
    return state_of_device();
}  // a failed kernel stays failed until wb::kernels::run has seen it

cudaError_t cudaGetDeviceCount(int* count) {
    *count = 1;
    return cudaSuccess;
}
cudaError_t cudaGetDevice(int* device) {
    *device = 0;
    return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) {
    return device == 0 ? cudaSuccess : report(cudaErrorInvalidDevice);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
    if (device != 0) return report(cudaErrorInvalidDevice);
    *properties = {};
    std::strcpy(properties->name, "Attention Workbook SIMT engine (CPU)");
    properties->totalGlobalMem = simt::device_bytes_in_all();
    properties->sharedMemPerBlock = simt::shared_bytes_by_default;
    properties->sharedMemPerBlockOptin = simt::shared_bytes_at_most;
    properties->sharedMemPerMultiprocessor = simt::shared_bytes_at_most + 1024;
    properties->warpSize = 32;
    properties->maxThreadsPerBlock = 1024;
    std::copy_n(std::begin({1024, 1024, 64}), 3, properties->maxThreadsDim);
    std::copy_n(std::begin({0x7fffffff, 65535, 65535}), 3, properties->maxGridSize);
    properties->major = 9;
    properties->multiProcessorCount = 1;
    properties->maxThreadsPerMultiProcessor = 2048;
    properties->regsPerBlock = 65536;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
    if (device != 0) return report(cudaErrorInvalidDevice);
    switch (attribute) {
        case cudaDevAttrMaxThreadsPerBlock:
            *value = 1024;
            return cudaSuccess;
        case cudaDevAttrMaxSharedMemoryPerBlock:
            *value = static_cast<int>(simt::shared_bytes_by_default);
            return cudaSuccess;
        case cudaDevAttrWarpSize:
            *value = 32;
            return cudaSuccess;
        case cudaDevAttrMultiProcessorCount:
            *value = 1;
            return cudaSuccess;
        case cudaDevAttrComputeCapabilityMajor:
            *value = 9;
            return cudaSuccess;
        case cudaDevAttrComputeCapabilityMinor:
            *value = 0;
            return cudaSuccess;
        case cudaDevAttrMaxSharedMemoryPerBlockOptin:
            *value = static_cast<int>(simt::shared_bytes_at_most);
            return cudaSuccess;
    }
    return report(cudaErrorInvalidValue);
}

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute attribute, int value) {
    if (attribute == cudaFuncAttributePreferredSharedMemoryCarveout) return cudaSuccess;
    if (attribute == cudaFuncAttributeMaxDynamicSharedMemorySize && simt::allow_shared_bytes(kernel, value))
        return cudaSuccess;
    return refuse(cudaErrorInvalidValue, "cudaFuncSetAttribute: " + std::to_string(value) +
                                             " bytes of dynamic shared memory; a block has " +
                                             std::to_string(simt::shared_bytes_at_most));
}

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
    *stream = new wb_cuda_stream;
    return cudaSuccess;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
    return cudaStreamCreate(stream);
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    delete stream;
    return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t) {
    return state_of_device();
}
cudaError_t cudaStreamWaitEvent(cudaStream_t, cudaEvent_t, unsigned) {
    return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
    *event = new wb_cuda_event{};
    return cudaSuccess;
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
    return cudaEventCreate(event);
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
    delete event;
    return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
    event->recorded = std::chrono::steady_clock::now();
    return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t) {
    return state_of_device();
}
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
    *milliseconds = std::chrono::duration<float, std::milli>(end->recorded - start->recorded).count();
    return cudaSuccess;
}

namespace wb::simt {

cudaError_t copy_symbol(void* to, const void* from, std::size_t bytes, std::size_t offset, std::size_t symbol_bytes) {
    if (const cudaError_t error = state_of_device(); error != cudaSuccess) return error;
    if (offset > symbol_bytes || bytes > symbol_bytes - offset) {
        return refuse(cudaErrorInvalidValue, "a copy of " + std::to_string(bytes) + " bytes at offset " +
                                                 std::to_string(offset) + " does not fit into a symbol of " +
                                                 std::to_string(symbol_bytes) + " bytes");
    }
    device_copy(to, from, bytes);
    return cudaSuccess;
}

long long clock_ticks() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

}  // namespace wb::simt
