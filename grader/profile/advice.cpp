#include "profile/advice.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace wb::grader {
namespace {

using kernels::AtomicCount;
using kernels::GlobalCount;
using kernels::Pattern;
using kernels::SharedCount;

constexpr std::ptrdiff_t sector_bytes = 32;

std::string elements(std::ptrdiff_t count, std::size_t bytes) {
    return fmt::format("{} {}", count, bytes == 4 ? "floats (or ints)" : fmt::format("elements of {} bytes", bytes));
}

/// Whether lanes share their numbers: a request has far fewer different bytes than its lanes have together.
bool shared_by_lanes(const GlobalCount& count, const Pattern& pattern) {
    return count.bytes > 0 && 4 * count.bytes <= count.lanes * pattern.bytes;
}

/// How the lanes of a warp lie to each other: "threads of a warp read column-wise: stride 256 floats".
std::string how_lanes_lie(const char* verb, const GlobalCount& count, const Pattern& pattern) {
    const std::ptrdiff_t stride = std::abs(pattern.stride), bytes = static_cast<std::ptrdiff_t>(pattern.bytes);
    if (shared_by_lanes(count, pattern))
        return fmt::format("many threads of a warp {} the same few numbers, which lie apart", verb);
    if (!pattern.usual) return fmt::format("threads of a warp {} places with no regular distance", verb);
    if (bytes > 0 && stride >= sector_bytes && stride % bytes == 0)
        return fmt::format("threads of a warp {} column-wise: stride {}", verb,
                           elements(stride / bytes, pattern.bytes));
    if (bytes > 0 && stride > bytes)
        return fmt::format("threads of a warp {} with gaps: stride {}", verb, elements(stride / bytes, pattern.bytes));
    if (count.lanes < 24 * count.requests) {
        return fmt::format("only {:.3g} of 32 threads of a warp {}",
                           kernels::detail::ratio(count.lanes, count.requests, 0), verb);
    }
    return fmt::format("a warp {}s a row that begins or ends inside a sector", verb);
}

const char* cure(const GlobalCount& count, const Pattern& pattern) {
    const auto bytes = static_cast<std::ptrdiff_t>(pattern.bytes);
    if (shared_by_lanes(count, pattern))
        return "Fetch them once, side by side, into shared memory, or keep them in registers.";
    constexpr std::ptrdiff_t largest_structure = 128;
    if (pattern.usual && std::abs(pattern.stride) > bytes && std::abs(pattern.stride) <= largest_structure)
        return "If they are members of structures, keep an array for each member; else let threadIdx.x run along the "
               "fastest index.";
    if (!pattern.usual || std::abs(pattern.stride) > bytes)
        return "Let threadIdx.x run along the fastest index, or go through a tile in shared memory.";
    if (count.lanes < 24 * count.requests) return "Give the idle lanes work, or let one thread move a float4.";
    return "Begin rows at multiples of 32 bytes, or let blocks overlap less.";
}

void add_global(std::vector<std::string>& said, const char* verb, const GlobalCount& count, const Pattern& pattern) {
    if (4 * count.sectors <= 5 * count.least_sectors) return;
    const double least = kernels::detail::ratio(count.least_sectors, count.requests, 0);
    said.push_back(fmt::format("{}. A request touches {:.3g} sectors of 32 bytes where {:.3g} would do. {}",
                               how_lanes_lie(verb, count, pattern), count.sectors_per_request(), least,
                               cure(count, pattern)));
}

void add_shared(std::vector<std::string>& said, const char* verb, const SharedCount& count) {
    if (count.bank_conflicts() <= 1.1) return;
    said.push_back(fmt::format(
        "bank conflicts: a warp that {}s shared memory here takes {:.3g} wavefronts where {:.3g} would do. Lanes "
        "of different words meet in one of the 32 banks. In a tile, a row that is one element longer (tile[32][33]) "
        "parts them; where the index comes from data, let the lane be the fastest index.",
        verb, kernels::detail::ratio(count.wavefronts, count.requests, 0),
        kernels::detail::ratio(count.least_wavefronts, count.requests, 0)));
}

void add_atomics(std::vector<std::string>& said, const char* where, const AtomicCount& count) {
    if (4 * count.collisions < count.lanes || count.lanes == 0) return;
    said.push_back(fmt::format(
        "{} of {} atomic updates of {} memory wait for another lane of their warp at the same address, so a request "
        "goes round {:.3g} times. Combine within the warp first (__shfl_down_sync, __reduce_add_sync); nvcc does so by "
        "itself only for sums at one address that all lanes share.",
        count.collisions, count.lanes, where, kernels::detail::ratio(count.passes, count.requests, 0)));
}

}  // namespace

std::vector<std::string> advice(const kernels::LineProfile& line, const kernels::LineCounters& kernel, Advice about) {
    const auto matters = [](std::uint64_t part, std::uint64_t whole) { return part > 0 && 50 * part >= whole; };
    const auto wanted = [about](Advice kind) { return about == Advice::all || about == kind; };
    const kernels::LineCounters& n = line.count;
    const std::uint64_t sectors = kernel.loads.sectors + kernel.stores.sectors,
                        wavefronts = kernel.shared_loads.wavefronts + kernel.shared_stores.wavefronts;
    std::vector<std::string> said;
    if (wanted(Advice::sectors)) {
        if (matters(n.loads.sectors, sectors)) add_global(said, "read", n.loads, line.loads);
        if (matters(n.stores.sectors, sectors)) add_global(said, "write", n.stores, line.stores);
    }
    if (wanted(Advice::conflicts)) {
        if (matters(n.shared_loads.wavefronts, wavefronts)) add_shared(said, "read", n.shared_loads);
        if (matters(n.shared_stores.wavefronts, wavefronts)) add_shared(said, "write", n.shared_stores);
    }
    if (wanted(Advice::atomics)) {
        add_atomics(said, "global", n.atomics);
        add_atomics(said, "shared", n.shared_atomics);
    }
    // One lane that updates for its warp is the cure of colliding atomics.
    const bool updates = n.atomics.requests + n.shared_atomics.requests > 0;
    if (wanted(Advice::lanes) && !updates && 10 * n.flow.steps >= kernel.flow.steps && n.flow.idle() >= 0.25) {
        said.push_back(fmt::format("{:.0f} % of the lanes are idle here. Let whole warps take the same way.",
                                   100 * n.flow.idle()));
    }
    return said;
}

}  // namespace wb::grader
