/// @file
/// Where the profiler hears from instrumented code (-fsanitize=thread, -fsanitize-coverage=trace-pc) and from the engine.
#include "simt/access.hpp"
#include "simt/profile/export.hpp"
#include "simt/profile/profiler.hpp"
#include "simt/watcher.hpp"

// The section of `__constant__` variables, if there are any.
extern "C" [[gnu::weak]] char __start_wb_constant[], __stop_wb_constant[];

namespace wb::simt {
namespace {

bool is_constant(std::uintptr_t address) {
    const auto begin = reinterpret_cast<std::uintptr_t>(__start_wb_constant);
    return address - begin < reinterpret_cast<std::uintptr_t>(__stop_wb_constant) - begin;
}

}  // namespace

using profile::profiler, profile::Profiler, profile::Event;

void access(std::uintptr_t address, std::size_t bytes, std::size_t piece, AccessKind kind, std::uintptr_t pc) {
    Profiler& p = profiler();
    if (!p.listens() || bytes == 0) return;
    const bool variable = p.variables.contains(address);
    if (!variable && !p.arena.contains(address)) return;  // the thread's own stack, the kernel's arguments
    if (variable && is_constant(address)) return;
    Event event;
    event.pc = pc;
    event.depth = p.depth[block.current->number];
    event.what = kind == AccessKind::read    ? Event::What::read
                 : kind == AccessKind::write ? Event::What::write
                                             : Event::What::atomic;
    event.shared = variable && p.variables.is_shared(address);
    event.address = address;
    event.bytes = static_cast<std::uint32_t>(bytes);
    event.piece = static_cast<std::uint8_t>(piece);
    p.note(event);
}

void note_atomic(const volatile void* address, std::size_t bytes, const void* pc) {
    access(reinterpret_cast<std::uintptr_t>(address), bytes, bytes, AccessKind::atomic,
           reinterpret_cast<std::uintptr_t>(pc));
}

void memory_fence() {}

void enter_kernel() {
    profiler().depth[running_block("a kernel").current->number] = 0;
}

namespace watcher {

void start_launch(const LaunchRequest& request, const void*, std::size_t) {
    profiler().start_launch(request);
}
void finish_launch() {
    profiler().finish_launch();
}
void start_block() {
    profiler().start_block();
}
void block_barrier(Site site) {
    profiler().block_barrier(site);
}
void warp_function(WarpOp, unsigned warp, unsigned, unsigned lanes, unsigned, Site site) {
    profiler().warp_function(warp, lanes, site);
}
void run_finished() {
    profile::export_profiles();
}
void lane_meets() {
    Event event;
    event.what = Event::What::meeting;
    profiler().note(event);
}
void lane_waits(unsigned thread) {
    profiler().lane_waits(thread);
}
void lane_wakes(unsigned thread) {
    profiler().lane_wakes(thread);
}
void mark_shared(const void* data, std::size_t bytes) {
    profiler().variables.mark_shared(data, bytes);
}
void* allocate(std::size_t bytes) {
    return profiler().arena.take(bytes);
}
void release(void* data, std::size_t bytes) {
    profiler().arena.give_back(reinterpret_cast<std::uintptr_t>(data), bytes);
}

}  // namespace watcher
}  // namespace wb::simt

extern "C" {

void __sanitizer_cov_trace_pc() {
    wb::simt::Profiler& p = wb::simt::profiler();
    if (!p.listens()) return;
    wb::simt::Event event;
    event.depth = p.depth[wb::simt::block.current->number];
    if (event.depth <= 0) return;  // the launch's code, before and after the kernel's
    event.pc = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
    p.note(event);
}

void __tsan_func_entry(void*) {
    wb::simt::Profiler& p = wb::simt::profiler();
    if (p.listens()) ++p.depth[wb::simt::block.current->number];
}

void __tsan_func_exit() {
    wb::simt::Profiler& p = wb::simt::profiler();
    if (p.listens()) --p.depth[wb::simt::block.current->number];
}

}  // extern "C"
