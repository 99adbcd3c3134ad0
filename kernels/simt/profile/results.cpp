#include <algorithm>
#include <bit>
#include <string>
#include <tuple>

#include "simt/profile/flops.hpp"
#include "simt/profile/profiler.hpp"
#include "simt/source_line.hpp"

namespace wb::kernels {
namespace {

unsigned first_lane(const LaneAddresses& addresses) {
    return static_cast<unsigned>(std::countr_zero(addresses.lanes));
}

/// Whether the lanes of two requests lie alike, to each other and to the 32 banks or the line of 128 bytes.
bool alike(const LaneAddresses& a, const LaneAddresses& b) {
    if (a.kind != b.kind || a.shared != b.shared || a.lanes != b.lanes || a.bytes != b.bytes || a.array != b.array)
        return false;
    const std::int64_t shift = a.offset[first_lane(a)] - b.offset[first_lane(b)];
    if (shift % 128 != 0) return false;
    for (unsigned lane = 0; lane < 32; ++lane) {
        if ((a.lanes >> lane & 1) != 0 && a.offset[lane] - b.offset[lane] != shift) return false;
    }
    return true;
}

/// Sectors or wavefronts of all requests of this kind at a place.
std::uint64_t cost_of(const LaneAddresses& addresses, const LineCounters& count) {
    if (addresses.kind == AccessKind::atomic)
        return addresses.shared ? count.shared_atomics.passes : count.atomics.sectors;
    if (addresses.kind == AccessKind::load)
        return addresses.shared ? count.shared_loads.wavefronts : count.loads.sectors;
    return addresses.shared ? count.shared_stores.wavefronts : count.stores.sectors;
}

/// The places of one line, put together.
class Lines {
 public:
    void add(const char* file, int line, const LineCounters& count, const Pattern& pattern) {
        Entry& entry = all_[{file == nullptr ? "" : file, line}];
        entry.profile.count += count;
        const auto keep = [&](std::uint64_t sectors, std::uint64_t& most, Pattern& kept) {
            if (sectors <= most) return;
            most = sectors;
            kept = pattern;
        };
        keep(count.loads.sectors, entry.most_loads, entry.profile.loads);
        keep(count.stores.sectors, entry.most_stores, entry.profile.stores);
    }

    void add(const char* file, int line, const simt::profile::PlaceCounters& place) {
        add(file, line, place.count, place.stride.candidate);
        std::vector<LaneAddresses>& known = all_[{file == nullptr ? "" : file, line}].profile.addresses;
        for (const auto& first : place.first) {
            if (first == nullptr) continue;
            const std::uint64_t cost = cost_of(*first, place.count);
            const auto same = std::find_if(known.begin(), known.end(),
                                           [&](const LaneAddresses& other) { return alike(*first, other); });
            if (same == known.end()) {
                known.push_back(*first);
                known.back().cost = cost;
            } else {
                ++same->places;
                same->cost += cost;
            }
        }
    }

    std::vector<LineProfile> take() {
        std::vector<LineProfile> lines;
        for (auto& [place, entry] : all_) {
            std::tie(entry.profile.file, entry.profile.line) = place;
            std::vector<LaneAddresses>& addresses = entry.profile.addresses;
            std::stable_sort(addresses.begin(), addresses.end(),
                             [](const LaneAddresses& a, const LaneAddresses& b) { return a.cost > b.cost; });
            if (addresses.size() > pictures_of_a_line) addresses.resize(pictures_of_a_line);
            lines.push_back(std::move(entry.profile));
        }
        return lines;
    }

 private:
    struct Entry {
        LineProfile profile;
        std::uint64_t most_loads = 0, most_stores = 0;
    };
    std::map<std::pair<std::string, int>, Entry> all_;
};

/// To each computing instruction's line, the lanes that ran its basic block. @return whether the code of all blocks was read
bool count_flops(const simt::profile::KernelCounters& counters, Lines& lines) {
    std::vector<std::uintptr_t> blocks;
    for (const auto& [pc, place] : counters.places) {
        if (place.count.flow.steps > 0) blocks.push_back(pc);
    }
    simt::profile::read_code(blocks);
    bool all = !blocks.empty();
    for (const std::uintptr_t block : blocks) {
        const auto* const instructions = simt::profile::float_instructions(block);
        all = all && instructions != nullptr;
        if (instructions == nullptr) continue;
        const std::uint64_t lanes = counters.places.at(block).count.flow.lanes;
        for (const auto& [address, flops] : *instructions) {
            const simt::SourceLine source = simt::source_line(address + 1);
            LineCounters count;
            count.flops = flops * lanes;
            lines.add(source.file, source.line, count, {});
        }
    }
    return all;
}

KernelProfile profile_of(const simt::profile::KernelCounters& counters) {
    KernelProfile kernel = counters.profile;
    Lines lines;
    kernel.flops_known = count_flops(counters, lines);
    // By address, so that of places that move as much the first is described.
    std::map<std::uintptr_t, const simt::profile::PlaceCounters*> places;
    for (const auto& [pc, place] : counters.places) places[pc] = &place;
    for (const auto& [pc, place] : places) {
        const simt::SourceLine source = simt::source_line(pc);
        lines.add(source.file, source.line, *place);
    }
    for (const auto& [site, count] : counters.sites) lines.add(site.first, site.second, count, {});
    kernel.lines = lines.take();
    for (const LineProfile& line : kernel.lines) kernel.total += line.count;
    return kernel;
}

}  // namespace

std::vector<KernelProfile> take_profiles() {
    std::vector<KernelProfile> profiles;
    for (const auto& counters : simt::profile::profiler().take()) profiles.push_back(profile_of(counters));
    return profiles;
}

void set_l2_bytes(std::size_t bytes) {
    simt::profile::profiler().l2->resize(bytes);
}

}  // namespace wb::kernels
