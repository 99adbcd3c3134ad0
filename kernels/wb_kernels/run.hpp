/// @file
/// Running a launcher and finding out all that went wrong. Works with the CPU engine and with CUDA; needs no CUDA header.
#pragma once

#include <cstddef>
#include <utility>

namespace wb::kernels {

/// The order in which the CPU engine runs a block's threads, and a grid's blocks. CUDA promises none.
enum class ThreadOrder { forward, reversed };

/// For all later launches. A GPU ignores it.
void set_thread_order(ThreadOrder order);

namespace detail {
void begin_run();
void finish_run();
}  // namespace detail

/// Calls the launcher, waits for its kernels, and checks them.
/// @throws KernelError  with the whole diagnosis, whatever the launcher did with cudaGetLastError: a refused launch with CUDA's
///                      error and the numbers, a divergent barrier, a deadlock or a data race with the source lines of both sides
/// @throws whatever the launcher throws
template <class Launcher>
void run(Launcher&& launcher) {
    detail::begin_run();
    std::forward<Launcher>(launcher)();
    detail::finish_run();
}

/// The device memory that the last run()'s launcher allocated for itself, in bytes: the most at one time. 0 on a GPU.
std::size_t scratch_bytes();

/// CUDA blocks of all grids that the last run()'s launcher launched. 0 on a GPU.
std::size_t launched_blocks();

}  // namespace wb::kernels
