/// @file
/// The block that runs now: its threads, its warps, who waits for whom, and who is next. Threads take turns; a thread runs
/// until it waits at a barrier or collective, or leaves the kernel. So a launch is the same each time, and both orders
/// (forward, reversed) are worth running. Not for several host threads: launch() holds a lock.
/// Invariant: a thread that has been started and has not left is running, or in the ready ring, or counted in `barrier` or a
/// WarpGroup. If nobody is ready or unstarted while some wait, they wait for ever: a deadlock, which is diagnosed.
#pragma once

#include <array>
#include <string>

#include "simt/api.hpp"
#include "simt/fiber.hpp"
#include "simt/switch.hpp"

/// threadIdx, blockIdx, blockDim and gridDim, which kernels see as constants.
extern "C" {
extern wb::simt::Index3 wb_simt_thread_idx, wb_simt_block_idx, wb_simt_block_dim, wb_simt_grid_dim;
}

namespace wb::simt {

constexpr unsigned max_threads = 1024, warp_size = 32, max_warps = max_threads / warp_size;

enum class Waiting : std::uint8_t { no, at_barrier, at_collective, left };

struct Thread {
    Fiber* fiber = nullptr;
    Index3 index{};
    unsigned number = 0;  ///< x fastest, as warps count
    Waiting waiting = Waiting::no;
    WarpOp op = WarpOp::sync;
    unsigned mask = 0;
    Site site{};  ///< where it waits
};

/// Lanes of one warp that wait at the same collective with the same mask.
struct WarpGroup {
    unsigned mask, arrived;
    WarpOp op;
    unsigned first_lane;
};

struct Lane {
    std::uint64_t value, result;
    int argument, width;
};

struct Warp {
    unsigned exists = 0;  ///< lanes that the block has; the last warp may be ragged
    unsigned alive = 0;   ///< of these, not left yet
    unsigned num_groups = 0;
    std::array<WarpGroup, warp_size> groups{};
    std::array<Lane, warp_size> lanes{};
};

/// The state of __syncthreads.
struct Barrier {
    unsigned arrived = 0;
    unsigned first_thread = 0;
    BlockOp op = BlockOp::sync;
    Site site{};
    int count = 0;
    int result = 0;
};

struct Block {
    const LaunchRequest* request = nullptr;  ///< null while no kernel runs
    ThreadBody body = nullptr;
    const void* arguments = nullptr;
    bool reversed = false;
    bool abandoned = false;

    Thread* current = nullptr;
    Index3 index{};
    std::uint64_t serial = 0;  ///< of this block among all that this process ever ran
    std::uint64_t number = 0, num_blocks = 0;

    unsigned num_threads = 0, started = 0, alive = 0;
    std::array<Thread, max_threads> threads{};
    std::array<Warp, max_warps> warps{};
    Barrier barrier;
    std::size_t static_shared_bytes = 0;  ///< of the `__shared__` declarations that this block came past

    /// Runs every block of the launch on the calling thread. Returns early if a diagnosis abandons it.
    void run(const LaunchRequest& launch, ThreadBody thread_body, const void* kernel_arguments, bool reverse);

    /// The running thread waits; others run; it returns when it has been made ready and its turn comes.
    void park(Thread& self);

    /// A waiting thread may go on.
    void make_ready(unsigned thread) { ready_[ready_end_++ % ready_.size()] = static_cast<std::uint16_t>(thread); }

    /// Abandons the launch with this report; the running fiber never goes on.
    [[noreturn]] void fail(int error_code, const std::string& what);

    /// "kernel transpose<<<(2, 1, 1), (32, 8, 1)>>>, block (1, 0, 0), thread (3, 0, 0)"
    [[nodiscard]] std::string who(const Thread& thread) const;
    [[nodiscard]] std::string where() const;  ///< the same without the thread

    /// Whether this is on the stack of the host's thread that launched.
    [[nodiscard]] bool is_host_stack(const void* address) const {
        const auto* const byte = static_cast<const char*>(address);
        return byte >= host_.stack && byte < host_.stack + host_.stack_bytes;
    }

    [[nodiscard]] unsigned lane_of(const Thread& thread) const { return thread.number % warp_size; }
    [[nodiscard]] Warp& warp_of(const Thread& thread) { return warps[thread.number / warp_size]; }
    [[nodiscard]] const Thread& lane_thread(const Thread& of_warp, unsigned lane) const {
        return threads[of_warp.number / warp_size * warp_size + lane];
    }

 private:
    friend void work();
    void start_launch();
    bool start_block();
    void run_thread();
    void leave(Thread& thread);
    void release_barrier();
    [[noreturn]] void deadlock();
    Fiber* next_ready() { return threads[ready_[ready_begin_++ % ready_.size()]].fiber; }
    void make_current(Thread& thread) {
        current = &thread;
        wb_simt_thread_idx = thread.index;
    }
    [[nodiscard]] bool someone_ready() const { return ready_begin_ != ready_end_; }

    friend int block_barrier(BlockOp, int, Site);

    Fiber host_{};
    std::array<std::uint16_t, 2 * max_threads> ready_{};
    unsigned ready_begin_ = 0, ready_end_ = 0;
};

/// The one block.
extern Block block;

/// A fiber that will start threads.
Fiber* fresh_fiber();

inline void Block::park(Thread& self) {
    if (!someone_ready() && started == num_threads) deadlock();
    Fiber* const next = someone_ready() ? next_ready() : fresh_fiber();
    if (next != self.fiber) switch_to(*next);
    make_current(self);
}

/// A lane has left: groups that waited only for it are complete. Defined with the collectives.
void complete_groups_without(const Thread& left);

/// "__shfl_xor_sync"
const char* name_of(WarpOp op);
const char* name_of(BlockOp op);

/// @throws KernelError naming the built-in
[[noreturn]] void called_by_host(const char* builtin);

/// The running thread's block. @throws KernelError naming the built-in if no kernel runs
Block& running_block(const char* builtin);

}  // namespace wb::simt
