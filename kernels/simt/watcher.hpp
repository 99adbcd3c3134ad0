/// @file
/// What the engine tells whoever watches the kernels of this build: the race detector (race) or the profiler (profile). Empty in the
/// plain and asan builds.
#pragma once

#include <cstddef>

#include "simt/api.hpp"

namespace wb::simt::watcher {

#if defined(WB_KERNELS_RACE) || defined(WB_KERNELS_PROFILE)

inline constexpr bool present = true;

/// Accesses of earlier launches no longer count; instrumented code is watched until finish_launch.
void start_launch(const LaunchRequest& request, const void* arguments, std::size_t argument_bytes);
void finish_launch();

/// Accesses from now on are a new block's.
void start_block();

/// All threads of the block have met at `site`: what they did before is ordered before what they do next.
void block_barrier(Site site);

/// The lanes of `mask` of this warp have met at this warp function. Only WarpOp::sync orders memory.
/// @param arrived  of these, the lanes that were there: the others have left the kernel
/// @param exists   the lanes that the block has in this warp
void warp_function(WarpOp op, unsigned warp, unsigned mask, unsigned arrived, unsigned exists, Site site);

/// This is shared memory: every block has its own.
void mark_shared(const void* data, std::size_t bytes);

/// Device memory that can be watched: 256-byte aligned, or null when there is no more.
void* allocate(std::size_t bytes);
void release(void* data, std::size_t bytes);

#else

inline constexpr bool present = false;

inline void start_launch(const LaunchRequest&, const void*, std::size_t) {}
inline void finish_launch() {}
inline void start_block() {}
inline void block_barrier(Site) {}
inline void warp_function(WarpOp, unsigned, unsigned, unsigned, unsigned, Site) {}
inline void mark_shared(const void*, std::size_t) {}
inline void* allocate(std::size_t) {
    return nullptr;
}
inline void release(void*, std::size_t) {}

#endif

#ifdef WB_KERNELS_PROFILE

/// The host looks at what its launches did.
void run_finished();

/// The running thread has come to a warp function.
void lane_meets();

/// This thread waits in the engine from now on, or has left the kernel: the other lanes of its warp need not wait for it.
void lane_waits(unsigned thread);

/// It has been made ready.
void lane_wakes(unsigned thread);

#else

inline void run_finished() {}
inline void lane_meets() {}
inline void lane_waits(unsigned) {}
inline void lane_wakes(unsigned) {}

#endif

}  // namespace wb::simt::watcher
