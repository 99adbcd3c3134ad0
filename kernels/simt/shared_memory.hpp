/// @file
/// Shared memory: every block finds it full of 0xff (NaN), and nobody may touch what the launch or the declaration did not give.
#pragma once

#include <cstddef>
#include <string>

namespace wb::simt {

constexpr std::size_t shared_bytes_by_default =
    48 * 1024;  ///< all that a static declaration, or a launch without attribute, may have
constexpr std::size_t shared_bytes_at_most = 227 * 1024;  ///< sm_90, after cudaFuncSetAttribute

/// Before each block: dynamic and file-scope shared memory; static declarations follow when a thread comes past them.
void refill_shared_memory(std::size_t dynamic_bytes);

/// What a shared address is: "partial[12] .." as text, or "" if it is not shared memory. `bytes` of access tell the element.
std::string describe_shared(const void* address, std::size_t dynamic_bytes);

/// A `__shared__` array.
struct SharedPlace {
    const char* name;
    const void* begin;  ///< 64-byte aligned; null: no array is here
    std::size_t bytes;
};

/// The array in which this address lies.
SharedPlace shared_array_of(const void* address, std::size_t dynamic_bytes);

}  // namespace wb::simt
