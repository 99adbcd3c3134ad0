#include "simt/race/detector.hpp"

#include <dlfcn.h>
#include <sys/mman.h>

#include <algorithm>
#include <map>
#include <vector>

#include "simt/block.hpp"
#include "simt/race/clocks.hpp"
#include "simt/race/race.hpp"

extern "C" char __data_start[], _end[];

namespace wb::simt {
bool is_fiber_stack(const void* address);
}

namespace wb::simt::race {
namespace {

constexpr std::size_t granule = 64;  // shared storage is aligned to it: see SharedStorage

/// Device memory in one stretch, so that its cells are too. First fit; freed stretches are joined.
class Arena {
 public:
    Arena() {
        for (std::size_t bytes = std::size_t{1} << 30; bytes >= std::size_t{1} << 24; bytes /= 4) {
            void* const memory =
                mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            if (memory == MAP_FAILED) continue;
            if (region.watch(reinterpret_cast<std::uintptr_t>(memory), bytes)) {
                free_[region.begin()] = bytes;
                return;
            }
            munmap(memory, bytes);
        }
    }

    void* take(std::size_t bytes) {
        bytes = rounded(bytes);
        for (auto& [begin, room] : free_) {
            if (room < bytes) continue;
            const std::uintptr_t data = begin, rest = begin + bytes, left = room - bytes;
            free_.erase(begin);
            if (left > 0) free_[rest] = left;
            return reinterpret_cast<void*>(data);
        }
        return nullptr;
    }

    void give_back(std::uintptr_t begin, std::size_t bytes) {
        bytes = rounded(bytes);
        const auto next = free_.find(begin + bytes);
        if (next != free_.end()) {
            bytes += next->second;
            free_.erase(next);
        }
        const auto after = free_.lower_bound(begin);
        if (after != free_.begin() && std::prev(after)->first + std::prev(after)->second == begin) {
            std::prev(after)->second += bytes;
        } else {
            free_[begin] = bytes;
        }
    }

    Region region;

 private:
    static std::size_t rounded(std::size_t bytes) { return (bytes + 511) / 256 * 256; }

    std::map<std::uintptr_t, std::size_t> free_;
};

struct Detector {
    Arena arena;
    Region globals;               // shared arrays and `__device__` variables
    std::vector<bool> is_shared;  // by granule of globals
    std::uint32_t serial = 0, first_of_launch = 1, epoch = 0;
    std::array<WarpClock, max_warps> warps;
    BlockOrder blocks;
    std::uintptr_t arguments = 0;
    std::size_t argument_bytes = 0;
    unsigned turn = 0;

    Detector() {
        const auto begin = reinterpret_cast<std::uintptr_t>(__data_start) / granule * granule;
        const auto end = reinterpret_cast<std::uintptr_t>(_end);
        globals.watch(begin, end - begin);
        is_shared.resize((end - begin) / granule + 1);
    }

    void forget() {
        arena.region.clear();
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

void access(std::uintptr_t address, std::size_t bytes, Kind kind, std::uintptr_t pc) {
    if (block.current == nullptr) return;
    Detector& d = detector();
    const bool device = d.arena.region.contains(address);
    if (!device && !d.globals.contains(address)) {
        const Fiber& stack = *block.current->fiber;
        const char* const byte = reinterpret_cast<const char*>(address);
        if (byte >= stack.stack && byte < stack.stack + stack.stack_bytes) return;
        if (address - d.arguments < d.argument_bytes || address - program_start() < d.globals.begin() - program_start())
            return;
        report_host_memory(address, bytes, kind, pc);
        return;
    }
    const Region& region = device ? d.arena.region : d.globals;
    const bool shared = !device && d.is_shared[(address - region.begin()) / granule];
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

void start_launch(const void* arguments, std::size_t argument_bytes) {
    Detector& d = detector();
    d.first_of_launch = d.serial + 1;
    d.arguments = reinterpret_cast<std::uintptr_t>(arguments);
    d.argument_bytes = argument_bytes;
    d.blocks.start_launch();
}

void finish_launch() {
    hand_in_reports();
}

void start_block() {
    Detector& d = detector();
    if (++d.serial >= Moment::max_serial) {
        d.forget();
        d.serial = d.first_of_launch = 1;
    }
    d.epoch = 0;
    d.blocks.start_block();
    for (WarpClock& warp : d.warps) warp.reset();
}

void block_barrier() {
    Detector& d = detector();
    if (++d.epoch >= Moment::max_epoch) {
        d.forget();
        d.epoch = 0;
    }
    for (WarpClock& warp : d.warps) warp.reset();
}

void warp_barrier(unsigned warp, unsigned mask, unsigned exists) {
    Detector& d = detector();
    if (!d.warps[warp].meet(mask & exists, exists)) d.forget();
}

void mark_shared(const void* data, std::size_t bytes) {
    Detector& d = detector();
    const auto address = reinterpret_cast<std::uintptr_t>(data);
    if (!d.globals.contains(address)) return;
    for (std::size_t at = 0; at < bytes; at += granule)
        d.is_shared[(address + at - d.globals.begin()) / granule] = true;
}

void* allocate(std::size_t bytes) {
    return detector().arena.take(bytes);
}

void release(void* data, std::size_t bytes) {
    detector().arena.give_back(reinterpret_cast<std::uintptr_t>(data), bytes);
}

}  // namespace wb::simt::race

namespace wb::simt {

void memory_fence() {
    race::detector().blocks.fence();
}

void note_atomic(const volatile void* address, std::size_t bytes, const void* pc) {
    if (block.current == nullptr) return;
    race::Detector& d = race::detector();
    d.blocks.atomic(reinterpret_cast<std::uintptr_t>(address), d.serial);
    race::access(reinterpret_cast<std::uintptr_t>(address), bytes, race::Kind::atomic,
                 reinterpret_cast<std::uintptr_t>(pc));
}

}  // namespace wb::simt
