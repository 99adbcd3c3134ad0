/// @file
/// Race reports in words: both threads, both source lines, the array and offset, and which barrier is missing.
#include <dlfcn.h>

#include <algorithm>
#include <bit>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "simt/block.hpp"
#include "simt/device_memory.hpp"
#include "simt/diagnosis.hpp"
#include "simt/race/detector.hpp"
#include "simt/shared_memory.hpp"
#include "simt/source_line.hpp"

namespace wb::simt::race {
namespace {

/// What this launch is accused of so far. Diagnoses get it when the launch ends.
struct Accusation {
    std::string text;
    bool same_warp;
};
using PcPair = std::pair<std::uintptr_t, std::uintptr_t>;

struct Accusations {
    std::map<PcPair, std::size_t> known;  // index into all
    std::vector<Accusation> all;
};

Accusations& accusations() {
    static Accusations of_launch;
    return of_launch;
}

std::string line_text(std::uintptr_t pc) {
    const SourceLine found = source_line(pc);
    return text(Site{found.file, found.line});
}

const char* verb(Kind kind, bool past) {
    switch (kind) {
        case Kind::read:
            return past ? "read" : "reads";
        case Kind::write:
            return past ? "wrote" : "writes";
        default:
            return past ? "updated atomically" : "updates atomically";
    }
}

/// "byte 128 of the __shared__ array tile (4096 bytes)", "the variable counter".
std::string place(std::uintptr_t address) {
    const void* const pointer = reinterpret_cast<const void*>(address);
    std::string what = describe_shared(pointer, block.request->shared_bytes);
    if (what.empty()) what = describe_device(pointer);
    return what.empty() ? "a __device__ variable" : what;
}

Index3 block_index(std::uint64_t number) {
    const std::uint64_t flat = block.reversed ? block.num_blocks - 1 - number : number;
    const Index3 grid = block.request->grid;
    const std::uint64_t plane = static_cast<std::uint64_t>(grid.x) * grid.y;
    return {static_cast<unsigned>(flat % grid.x), static_cast<unsigned>(flat % plane / grid.x),
            static_cast<unsigned>(flat / plane)};
}

std::string advice(const Race& race, bool same_warp) {
    const bool half_atomic = (race.earlier.moment.kind() == Kind::atomic) != (race.later.moment.kind() == Kind::atomic);
    if (!race.same_block) {
        return std::string("Blocks run in any order and nothing orders these two: ") +
               (half_atomic ? "make both accesses atomic"
                            : "give each block its own elements, use an atomic such as atomicAdd") +
               ", or leave the second step to another launch. (A block that publishes results for another calls "
               "__threadfence() "
               "before it counts itself in with an atomic.)";
    }
    std::string said =
        same_warp
            ? "A __syncwarp() (or __syncthreads()) is missing between them: the lanes of a warp need not run in step."
            : "A __syncthreads() is missing between them.";
    if (half_atomic) said += " An atomic access does not order a plain one.";
    return said;
}

std::string describe(const Race& race) {
    const std::uintptr_t a = race.earlier.pc(), b = race.later.pc();
    const unsigned warp = race.earlier.moment.warp();
    const std::uint32_t lanes = race.earlier.lanes;
    const bool same_warp = race.same_block && warp == block.current->number / warp_size;
    const std::uint32_t others = same_warp ? lanes & ~(1u << block.lane_of(*block.current)) : lanes;
    const unsigned lane = static_cast<unsigned>(std::countr_zero(others ? others : lanes));
    const Thread& earlier = block.threads[warp * warp_size + lane];
    std::string what = block.where() + ": data race on " + place(race.address) + ": thread " +
                       text(block.current->index) + " " + verb(race.later.moment.kind(), false) + " " +
                       std::to_string(race.bytes) + " bytes at " + line_text(b) + ", thread " + text(earlier.index);
    if (!race.same_block) what += " of block " + text(block_index(race.earlier_block));
    what += std::string(" ") + verb(race.earlier.moment.kind(), true) + " there at " + line_text(a) + ". " +
            advice(race, same_warp);
    return what;
}

}  // namespace

void hand_in_reports() {
    for (Accusation& accusation : accusations().all) diagnoses().note(std::move(accusation.text));
    accusations() = {};
}

void report(const Race& race) {
    const std::uintptr_t a = race.earlier.pc(), b = race.later.pc();
    const bool of_one_warp = race.same_block && race.earlier.moment.warp() == block.current->number / warp_size;
    Accusations& known = accusations();
    const auto [entry, fresh] = known.known.try_emplace({std::min(a, b), std::max(a, b)}, known.all.size());
    if (fresh) known.all.emplace_back();
    // Two warps that race on the same lines say more than two lanes: the barrier of the block is missing.
    Accusation& accusation = known.all[entry->second];
    if (!fresh && (of_one_warp || !accusation.same_warp)) return;
    accusation = {describe(race), of_one_warp};
}

void report_host_memory(std::uintptr_t address, std::size_t bytes, Kind kind, std::uintptr_t pc) {
    // The launching function's own variables (a captured kernel pointer) and the libraries' tables are fine.
    if (block.is_host_stack(reinterpret_cast<const void*>(address))) return;
    Dl_info library;
    if (dladdr(reinterpret_cast<const void*>(address), &library) != 0) return;
    if (!accusations().known.try_emplace({pc, 0}, accusations().all.size()).second) return;
    accusations().all.push_back({block.who(*block.current) + " " + verb(kind, false) + " " + std::to_string(bytes) +
                                     " bytes of the host's memory at " + line_text(pc) +
                                     ". A GPU cannot reach it: copy it with cudaMemcpy and pass the device pointer.",
                                 false});
}

}  // namespace wb::simt::race
