/// @file
/// What code that was compiled with -fsanitize=thread says of memory, by way of hooks.cpp. The race detector and the profiler each
/// define access().
#pragma once

#include <cstddef>
#include <cstdint>

namespace wb::simt {

enum class AccessKind : std::uint8_t { read = 0, write = 1, atomic = 2 };

/// The running CUDA thread is about to touch these bytes. Nothing outside of kernels.
/// @param piece  the most bytes that one instruction of a GPU may move here, as far as the type's alignment tells: a power of two
/// @param pc     a return address in the code that does it
void access(std::uintptr_t address, std::size_t bytes, std::size_t piece, AccessKind kind, std::uintptr_t pc);

}  // namespace wb::simt
