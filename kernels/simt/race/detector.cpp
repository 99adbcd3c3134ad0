#include "simt/race/detector.hpp"

#include <algorithm>

#include "simt/arena.hpp"
#include "simt/block.hpp"
#include "simt/race/clocks.hpp"
#include "simt/source_line.hpp"
#include "simt/static_memory.hpp"
#include "simt/watcher.hpp"

namespace wb::simt {
bool is_fiber_stack(const void* address);
}

namespace wb::simt::race {
namespace {

struct Detector {
    Arena arena;
    Region device;  // the arena's
    StaticMemory variables;
    Region globals;  // the variables'
    std::uint32_t serial = 0, first_of_launch = 1, epoch = 0;
    std::array<WarpClock, max_warps> warps;
    BlockOrder blocks;
    std::uintptr_t arguments = 0;
    std::size_t argument_bytes = 0;
    unsigned turn = 0;

    Detector() {
        for (std::size_t bytes = std::size_t{1} << 30; bytes >= std::size_t{1} << 24; bytes /= 4) {
            if (!arena.reserve(bytes)) continue;
            if (device.watch(arena.begin(), bytes)) break;
            arena.drop();
        }
        globals.watch(variables.begin(), variables.bytes());
    }

    void forget() {
        device.clear();
        globals.clear();
        for (WarpClock& warp : warps) warp.reset();
    }

    [[nodiscard]] bool ordered(const Access& before, unsigned warp, unsigned lane) const {
        const Moment then = before.moment;
        if (then.serial() != serial) return blocks.ordered(then.serial());
        if (then.epoch() != epoch) return true;
        return then.warp() == warp && warps[warp].ordered(then.clock(), before.lanes, lane);
    }

    void touch(Cell& cell, bool shared, const Access& now, unsigned lane, std::uintptr_t address, std::size_t bytes);
};

Detector& detector() {
    static Detector* const one = new Detector;
    return *one;
}

/// Whether `old` is of no more use once `now` is stored: all that races with it also races with `now`.
bool covers(const Access& now, const Access& old) {
    const bool bytes = (old.bytes() & ~now.bytes()) == 0;
    return bytes && (now.moment.kind() == Kind::write || now.moment.kind() == old.moment.kind());
}

void Detector::touch(Cell& cell, bool shared, const Access& now, unsigned lane, std::uintptr_t address,
                     std::size_t bytes) {
    const std::uint32_t oldest = shared ? serial : first_of_launch;
    const Kind kind = now.moment.kind();
    Access* store = nullptr;
    for (Access& old : cell.accesses) {
        if (old.moment.bits == now.moment.bits && old.bytes() == now.bytes()) {
            if (old.lanes & now.lanes) return;  // seen and compared already
            if (kind == Kind::read) store = &old;
        }
    }
    const bool joins = store != nullptr;
    Access* victim = nullptr;
    for (Access& old : cell.accesses) {
        if (old.moment.serial() < oldest) {
            if (!store) store = &old;
            continue;
        }
        const bool before = ordered(old, now.moment.warp(), lane);
        const Kind was = old.moment.kind();
        const bool conflict =
            (was != Kind::read || kind != Kind::read) && !(was == Kind::atomic && kind == Kind::atomic);
        if (!before && conflict && (old.bytes() & now.bytes())) {
            report({old, now, address, bytes, old.moment.serial() == serial,
                    static_cast<std::uint64_t>(old.moment.serial() - first_of_launch)});
            if (!store) store = &old;  // one report is enough: go on from here
        } else if (before && covers(now, old)) {
            if (!store) store = &old;
        } else if (was == Kind::read) {
            victim = &old;
        }
    }
    if (joins) {
        store->lanes |= now.lanes;
        return;
    }
    if (!store) store = victim ? victim : &cell.accesses[turn++ % cell.accesses.size()];
    *store = now;
}

}  // namespace
}  // namespace wb::simt::race

namespace wb::simt {

using race::Access, race::detector, race::Detector, race::Moment, race::Region;

void access(std::uintptr_t address, std::size_t bytes, std::size_t, AccessKind kind, std::uintptr_t pc) {
    if (block.current == nullptr) return;
    Detector& d = detector();
    const bool device = d.device.contains(address);
    if (!device && !d.globals.contains(address)) {
        const Fiber& stack = *block.current->fiber;
        const char* const byte = reinterpret_cast<const char*>(address);
        if (byte >= stack.stack && byte < stack.stack + stack.stack_bytes) return;
        if (address - d.arguments < d.argument_bytes || address - program_start() < d.globals.begin() - program_start())
            return;
        race::report_host_memory(address, bytes, kind, pc);
        return;
    }
    const Region& region = device ? d.device : d.globals;
    const bool shared = !device && d.variables.is_shared(address);
    const unsigned warp = block.current->number / warp_size, lane = block.current->number % warp_size;
    Access now;
    now.moment = Moment::of(d.serial, d.epoch, d.warps[warp].now(lane), warp, kind);
    now.lanes = 1u << lane;
    const auto offset = static_cast<std::uint32_t>(pc - program_start()) << 4;
    for (std::uintptr_t at = address; at < address + bytes;) {
        const std::uintptr_t word = at & ~std::uintptr_t{3}, end = std::min(word + 4, address + bytes);
        now.where = offset | (((1u << (end - at)) - 1) << (at - word));
        d.touch(region.cell(word), shared, now, lane, address, bytes);
        at = end;
    }
}

namespace watcher {

void start_launch(const LaunchRequest&, const void* arguments, std::size_t argument_bytes) {
    Detector& d = detector();
    d.first_of_launch = d.serial + 1;
    d.arguments = reinterpret_cast<std::uintptr_t>(arguments);
    d.argument_bytes = argument_bytes;
    d.blocks.start_launch();
}

void finish_launch() {
    race::hand_in_reports();
}

void start_block() {
    Detector& d = detector();
    if (++d.serial >= Moment::max_serial) {
        d.forget();
        d.serial = d.first_of_launch = 1;
    }
    d.epoch = 0;
    d.blocks.start_block();
    for (race::WarpClock& warp : d.warps) warp.reset();
}

void block_barrier(Site) {
    Detector& d = detector();
    if (++d.epoch >= Moment::max_epoch) {
        d.forget();
        d.epoch = 0;
    }
    for (race::WarpClock& warp : d.warps) warp.reset();
}

void warp_function(WarpOp op, unsigned warp, unsigned mask, unsigned, unsigned exists, Site) {
    if (op != WarpOp::sync) return;
    Detector& d = detector();
    if (!d.warps[warp].meet(mask & exists, exists)) d.forget();
}

void mark_shared(const void* data, std::size_t bytes) {
    detector().variables.mark_shared(data, bytes);
}

void* allocate(std::size_t bytes) {
    return detector().arena.take(bytes);
}

void release(void* data, std::size_t bytes) {
    detector().arena.give_back(reinterpret_cast<std::uintptr_t>(data), bytes);
}

}  // namespace watcher

void memory_fence() {
    detector().blocks.fence();
}

void note_atomic(const volatile void* address, std::size_t bytes, const void* pc) {
    if (block.current == nullptr) return;
    Detector& d = detector();
    d.blocks.atomic(reinterpret_cast<std::uintptr_t>(address), d.serial);
    access(reinterpret_cast<std::uintptr_t>(address), bytes, bytes, AccessKind::atomic,
           reinterpret_cast<std::uintptr_t>(pc));
}

}  // namespace wb::simt

/// Which function runs does not matter here.
extern "C" {
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
}
