/// @file
/// The device's memory. Fresh memory is full of 0xff: NaN as a float, -1 as an int. In the asan build every buffer has exactly its
/// size, and outside of launches the host may reach it only by the functions here. Copies are checked against the buffers in all builds.
#pragma once

#include <cstddef>
#include <string>

namespace wb::simt {

/// A buffer that cudaMalloc gave out.
struct DeviceBlock {
    char* data;
    std::size_t bytes;
    unsigned number;       ///< 1 for the process's first
    bool managed = false;  ///< the host may touch it too
};

/// @param managed  the host may touch it too: cudaMallocManaged
/// @return null if there is no such amount of memory
void* device_allocate(std::size_t bytes, bool managed = false);

/// @return false if this is not the start of a buffer
bool device_release(void* data);

/// The buffer in which this address lies, or null. One past the end belongs to it only for `bytes` 0.
const DeviceBlock* device_block_of(const void* address);

/// As device_block_of, but also for addresses shortly before or past a buffer.
const DeviceBlock* device_block_near(const void* address);

/// Copies or fills with the guards off.
void device_copy(void* to, const void* from, std::size_t bytes);
void device_fill(void* data, int byte, std::size_t bytes);

/// Lets kernels in and the host out, or the other way round (asan build).
void open_device_memory();
void close_device_memory();

std::size_t device_bytes_in_use();
/// The most bytes that were in use at one time since the last reset.
std::size_t device_peak_bytes();
void reset_device_peak();
std::size_t device_bytes_in_all();

/// "byte 128 of device buffer 2 (4096 bytes)", "4 bytes past the end of ..", or "".
std::string describe_device(const void* address);

}  // namespace wb::simt
