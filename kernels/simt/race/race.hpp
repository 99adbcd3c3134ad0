/// @file
/// What the engine tells the race detector. Empty in the plain and asan builds.
#pragma once

#include <cstddef>

namespace wb::simt::race {

#ifdef WB_KERNELS_RACE

/// Accesses of earlier launches no longer count; instrumented code is watched until finish_launch.
void start_launch(const void* arguments, std::size_t argument_bytes);
void finish_launch();

/// Accesses from now on are a new block's.
void start_block();

/// All threads of the block have met: what they did before is ordered before what they do next.
void block_barrier();

/// The lanes of `mask` of this warp have met at __syncwarp.
void warp_barrier(unsigned warp, unsigned mask, unsigned exists);

/// This is shared memory: every block has its own.
void mark_shared(const void* data, std::size_t bytes);

/// Device memory that the detector can watch: 256-byte aligned, or null when there is no more.
void* allocate(std::size_t bytes);
void release(void* data, std::size_t bytes);

#else

inline void start_launch(const void*, std::size_t) {}
inline void finish_launch() {}
inline void start_block() {}
inline void mark_shared(const void*, std::size_t) {}
inline void block_barrier() {}
inline void warp_barrier(unsigned, unsigned, unsigned) {}

#endif

}  // namespace wb::simt::race
