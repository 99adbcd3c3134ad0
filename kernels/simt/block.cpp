#include "simt/block.hpp"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <map>
#include <tuple>
#include <vector>

#include "simt/diagnosis.hpp"
#include "simt/shared_memory.hpp"
#include "simt/switch.hpp"
#include "simt/watcher.hpp"
#include "wb/errors.hpp"

extern "C" {
wb::simt::Index3 wb_simt_thread_idx{}, wb_simt_block_idx{}, wb_simt_block_dim{}, wb_simt_grid_dim{};
}

namespace wb::simt {

constinit Block block;

void work();

namespace {

FiberPool& pool() {
    static FiberPool fibers(&work);
    return fibers;
}

/// ASan wants to know the stack that a launch returns to.
void describe_host_stack(Fiber& host) {
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
    void* stack = nullptr;
    pthread_attr_getstack(&attributes, &stack, &host.stack_bytes);
    host.stack = static_cast<char*>(stack);
    pthread_attr_destroy(&attributes);
}

Index3 unflatten(std::uint64_t number, Index3 extent) {
    const std::uint64_t plane = static_cast<std::uint64_t>(extent.x) * extent.y;
    const std::uint64_t in_plane = number % plane;
    return {static_cast<unsigned>(in_plane % extent.x), static_cast<unsigned>(in_plane / extent.x),
            static_cast<unsigned>(number / plane)};
}

}  // namespace

bool is_fiber_stack(const void* address) {
    return pool().owns(address);
}

/// What every fiber does for ever: start threads, go on with ready ones, start blocks, go home.
void work() {
    for (;;) {
        if (block.someone_ready()) {
            Fiber* const next = block.next_ready();
            pool().give_back(running_fiber);
            switch_to(*next);
        } else if (block.started < block.num_threads) {
            block.run_thread();
        } else if (block.alive > 0) {
            block.deadlock();
        } else if (!block.start_block()) {
            pool().give_back(running_fiber);
            switch_to(block.host_);
        }
    }
}

void Block::run(const LaunchRequest& launch, ThreadBody thread_body, const void* kernel_arguments, bool reverse) {
    request = &launch;
    body = thread_body;
    arguments = kernel_arguments;
    reversed = reverse;
    abandoned = false;
    start_launch();

    describe_host_stack(host_);
    running_fiber = &host_;
    alive = 0;
    started = num_threads;
    ready_begin_ = ready_end_ = 0;
    switch_to(*pool().take());  // finds nothing alive, so starts the first block

    running_fiber = nullptr;
    current = nullptr;
    request = nullptr;
    if (abandoned) pool().rearm_all();
}

void Block::start_launch() {
    const Index3 extent = request->block, grid = request->grid;
    wb_simt_block_dim = extent;
    wb_simt_grid_dim = grid;
    num_threads = extent.x * extent.y * extent.z;
    num_blocks = static_cast<std::uint64_t>(grid.x) * grid.y * grid.z;
    number = 0;
    for (unsigned i = 0; i < num_threads; ++i) {
        threads[i].number = i;
        threads[i].index = unflatten(i, extent);
    }
    for (unsigned warp = 0; warp * warp_size < num_threads; ++warp) {
        const unsigned lanes = std::min(warp_size, num_threads - warp * warp_size);
        warps[warp].exists = lanes == warp_size ? ~0u : (1u << lanes) - 1;
    }
}

/// @return false if all blocks have run
bool Block::start_block() {
    if (number == num_blocks) return false;
    const std::uint64_t flat = reversed ? num_blocks - 1 - number : number;
    ++number;
    ++serial;
    index = wb_simt_block_idx = unflatten(flat, request->grid);
    started = 0;
    alive = num_threads;
    for (unsigned warp = 0; warp * warp_size < num_threads; ++warp) {
        warps[warp].alive = warps[warp].exists;
        warps[warp].num_groups = 0;
    }
    barrier = Barrier{};
    static_shared_bytes = 0;
    refill_shared_memory(request->shared_bytes);
    watcher::start_block();
    return true;
}

void Block::run_thread() {
    Thread& thread = threads[reversed ? num_threads - 1 - started : started];
    ++started;
    thread.fiber = running_fiber;
    thread.waiting = Waiting::no;
    make_current(thread);
    try {
        body(arguments);
    } catch (const std::exception& error) {
        fail(static_cast<int>(ErrorCode::launch_failure),
             who(thread) + " threw an exception, which no GPU can: " + error.what());
    } catch (...) {
        fail(static_cast<int>(ErrorCode::launch_failure), who(thread) + " threw an exception, which no GPU can.");
    }
    leave(thread);
}

void Block::leave(Thread& thread) {
    thread.waiting = Waiting::left;
    current = nullptr;
    --alive;
    Warp& warp = warp_of(thread);
    warp.alive &= ~(1u << lane_of(thread));
    if (warp.num_groups > 0) complete_groups_without(thread);
    if (barrier.arrived > 0 && barrier.arrived == alive) release_barrier();
    watcher::lane_waits(thread.number);
}

Fiber* fresh_fiber() {
    return pool().take();
}

void Block::release_barrier() {
    barrier.result = barrier.op == BlockOp::count ? barrier.count
                     : barrier.op == BlockOp::any ? barrier.count > 0
                     : barrier.op == BlockOp::all ? barrier.count == static_cast<int>(barrier.arrived)
                                                  : 0;
    barrier.arrived = 0;
    barrier.count = 0;
    watcher::block_barrier(barrier.site);
    for (unsigned i = 0; i < num_threads; ++i) {
        Thread& thread = threads[reversed ? num_threads - 1 - i : i];
        if (thread.waiting != Waiting::at_barrier) continue;
        thread.waiting = Waiting::no;
        watcher::lane_wakes(thread.number);
        make_ready(thread.number);
    }
}

namespace {

[[noreturn, gnu::cold, gnu::noinline]] void divergent(Block& here, BlockOp op, Site site) {
    const Thread& first = here.threads[here.barrier.first_thread];
    here.fail(static_cast<int>(ErrorCode::launch_failure),
              here.where() + ": divergent " + name_of(op) + ": thread " + text(first.index) + " waits at " +
                  text(here.barrier.site) + ", thread " + text(here.current->index) + " at " + text(site) +
                  ". All threads of a block must come to the same __syncthreads(); move it out of the branch.");
}

}  // namespace

int block_barrier(BlockOp op, int predicate, Site site) {
    Block& here = block;
    if (here.current == nullptr) called_by_host(name_of(op));
    Barrier& barrier = here.barrier;
    Thread& self = *here.current;
    if (barrier.arrived == 0) {
        barrier.first_thread = self.number;
        barrier.op = op;
        barrier.site = site;
    } else if (barrier.site.line != site.line || barrier.op != op || barrier.site.file != site.file) {
        divergent(here, op, site);
    }
    self.waiting = Waiting::at_barrier;
    self.site = site;
    ++barrier.arrived;
    barrier.count += predicate != 0;
    watcher::lane_waits(self.number);
    if (barrier.arrived == here.alive) here.release_barrier();
    here.park(self);
    return barrier.result;
}

void Block::fail(int error_code, const std::string& what) {
    diagnoses().fail(static_cast<ErrorCode>(error_code), what);
    abandoned = true;
    switch_to(host_);
    std::terminate();  // nobody comes back
}

void Block::deadlock() {
    // Threads that wait alike make one clause: "31 threads, the first (0, 0, 0), wait at __syncthreads, a.cu:66".
    using Place = std::tuple<std::string, std::string>;
    std::map<Place, std::vector<const Thread*>> waiting;
    unsigned left = 0;
    for (unsigned i = 0; i < num_threads; ++i) {
        const Thread& thread = threads[i];
        if (thread.waiting == Waiting::left) ++left;
        if (thread.waiting == Waiting::at_barrier) {
            waiting[{text(thread.site), name_of(barrier.op)}].push_back(&thread);
        } else if (thread.waiting == Waiting::at_collective) {
            char mask[16];
            std::snprintf(mask, sizeof mask, "0x%08x", thread.mask);
            waiting[{text(thread.site), std::string(name_of(thread.op)) + " (mask " + mask + ")"}].push_back(&thread);
        }
    }
    std::string what = where() + ": deadlock: ";
    for (const auto& [place, threads_there] : waiting) {
        const std::size_t n = threads_there.size();
        what += (n == 1 ? "thread " : std::to_string(n) + " threads, the first ") + text(threads_there.front()->index) +
                (n == 1 ? " waits at " : ", wait at ") + std::get<1>(place) + ", " + std::get<0>(place) + "; ";
    }
    if (left > 0) what += std::to_string(left) + (left == 1 ? " thread has" : " threads have") + " left the kernel; ";
    what +=
        "nobody can go on. Every thread of the block must come to __syncthreads(), and every lane named in a mask to "
        "the same warp function with the same mask.";
    fail(static_cast<int>(ErrorCode::launch_failure), what);
}

std::string Block::where() const {
    return "kernel " + std::string(request->kernel) + " (launched at " + text(request->site) + "), block " +
           text(index);
}

std::string Block::who(const Thread& thread) const {
    return where() + ", thread " + text(thread.index);
}

void called_by_host(const char* builtin) {
    throw KernelError(std::string(builtin) + " was called by the host. It exists in kernels only.");
}

Block& running_block(const char* builtin) {
    if (block.current == nullptr) called_by_host(builtin);
    return block;
}

const char* name_of(BlockOp op) {
    switch (op) {
        case BlockOp::sync:
            return "__syncthreads";
        case BlockOp::count:
            return "__syncthreads_count";
        case BlockOp::all:
            return "__syncthreads_and";
        case BlockOp::any:
            return "__syncthreads_or";
    }
    return "a barrier";
}

}  // namespace wb::simt
