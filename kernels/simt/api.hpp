/// @file
/// What a compiled kernel says to the engine. cuda_runtime.h turns CUDA's built-ins into these calls, and the rewriter turns
/// `<<<..>>>` and `__shared__` into the templates at the end. Kernels of every build (plain, asan, race) share this interface.
/// One kernel runs at a time in a process; its blocks one after another; its threads as fibers that take turns.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wb::simt {

/// A place in the student's source.
struct Site {
    const char* file;
    int line;
};

/// The extents of a grid or block, or a place in one.
struct Index3 {
    unsigned x, y, z;
};

/// __syncthreads and its relatives: what each thread gets when all have arrived.
enum class BlockOp : std::uint8_t { sync, count, all, any };

/// What the lanes of a warp do together.
enum class WarpOp : std::uint8_t {
    sync,
    shfl,
    shfl_up,
    shfl_down,
    shfl_xor,
    ballot,
    any,
    all,
    reduce_add,
    reduce_min,
    reduce_max,
    reduce_min_signed,
    reduce_max_signed,
    reduce_and,
    reduce_or,
    reduce_xor,
    match_any
};

/// Waits until every thread of the block that has not left the kernel is at this barrier.
/// @return what `op` makes of the predicates: how many, all (0 or 1), any (0 or 1); 0 for sync
int block_barrier(BlockOp op, int predicate, Site site);

/// Waits until every lane of `mask` that has not left the kernel is at this collective.
/// @param value     this lane's value, in the low bits
/// @param argument  source lane, distance or xor mask of a shuffle
/// @param width     of a shuffle's segments: a power of two up to 32
/// @return this lane's result; all bits set where CUDA leaves it undefined (the source lane does not take part)
std::uint64_t warp_collective(WarpOp op, unsigned mask, std::uint64_t value, int argument, int width, Site site);

/// __threadfence: orders this thread's writes before its later atomics, for the race detector.
void memory_fence();

/// An atomic access by the running thread, for the race detector; nothing in the other builds.
void note_atomic(const volatile void* address, std::size_t bytes, const void* pc);

/// The running thread is about to call the kernel: what it did before was the launch's. In the profile build only.
void enter_kernel();

/// Ends the kernel with a diagnosis, as a failed assert does.
[[noreturn]] void kernel_trap(const char* what, Site site);

/// The clock of the multiprocessor; here, nanoseconds.
long long clock_ticks();

/// A `__shared__` array or variable of a kernel. Its bytes live in SharedStorage; the engine fills them with 0xff (NaN) for
/// every block and guards both ends.
struct SharedArray {
    const char* name;
    Site site;
    void* data = nullptr;
    std::size_t bytes = 0;
    std::uint64_t filled_for = 0;  ///< the serial number of the block that found it fresh
    SharedArray* next = nullptr;   ///< the list of all that were ever used
};

constexpr std::size_t shared_guard_bytes = 64;

/// A static `__shared__` declaration's memory, of any type, never constructed: CUDA allows no initialiser either.
template <class T, std::size_t alignment = 16>
struct SharedStorage {
    constexpr SharedStorage(const char* name, const char* file = __builtin_FILE(), int line = __builtin_LINE())
        : header{name, {file, line}} {}

    SharedArray header;
    alignas(shared_guard_bytes) unsigned char guard_before[shared_guard_bytes]{};
    union {
        unsigned char none = 0;
        alignas(alignment) alignas(T) T value;
    };
    unsigned char guard_after[shared_guard_bytes]{};
};

/// Called where a thread comes past a `__shared__` declaration.
void enter_shared(SharedArray& array, void* data, std::size_t bytes);

/// The address without const or volatile.
inline void* plain_address(const volatile void* address) {
    return const_cast<void*>(address);
}

template <class T, std::size_t alignment>
inline void enter_shared(SharedStorage<T, alignment>& storage) {
    enter_shared(storage.header, plain_address(&storage.value), sizeof(T));
}

/// A `__shared__` declaration outside of functions: fresh for every block of every kernel.
struct SharedAtFileScope {
    template <class T, std::size_t alignment>
    explicit SharedAtFileScope(SharedStorage<T, alignment>& storage) {
        always_enter(storage.header, plain_address(&storage.value), sizeof(T));
    }
    static void always_enter(SharedArray& array, void* data, std::size_t bytes);
};

/// One launch as the host asked for it.
struct LaunchRequest {
    const char* kernel;   ///< as written: fused_attention_kernel<64>
    const void* address;  ///< the kernel's, or null where it is not known: a template whose arguments are deduced
    Site site;
    Index3 grid, block;
    std::size_t shared_bytes;
};

/// Runs one thread of a kernel on the arguments behind the pointer.
using ThreadBody = void (*)(const void*);

/// Checks the sizes as a GPU would, then runs every thread of every block. Errors are CUDA's, kept for cudaGetLastError.
/// @param arguments  the kernel's, copied; `argument_bytes` of them
void launch(const LaunchRequest& request, ThreadBody body, const void* arguments, std::size_t argument_bytes);

}  // namespace wb::simt

/// The bytes of `extern __shared__`: 0xff in every block, as long as the launch says, never longer.
extern "C" unsigned char wb_simt_dynamic_shared[];
