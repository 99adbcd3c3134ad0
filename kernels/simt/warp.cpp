/// @file
/// The collectives of a warp. A lane states its value and waits; the last lane of the mask to come works out every lane's result.
/// Only __syncwarp orders memory: a shuffle does not, and the race detector passes it over.
#include <bit>

#include "simt/block.hpp"
#include "simt/diagnosis.hpp"
#include "simt/lanes.hpp"
#include "simt/watcher.hpp"

namespace wb::simt {
namespace {

constexpr std::uint64_t undefined = ~std::uint64_t{0};  // a NaN as a float, a half or a double

/// The lane whose value a shuffle hands to `lane`: PTX ISA, shfl.sync. May be one that does not take part.
unsigned source_of(WarpOp op, unsigned lane, int argument, int width) {
    const unsigned segment = static_cast<unsigned>(width), start = lane & ~(segment - 1), end = start + segment;
    const unsigned by = static_cast<unsigned>(argument);
    switch (op) {
        case WarpOp::shfl:
            return start + (by & (segment - 1));
        case WarpOp::shfl_up:
            return by <= lane && lane - by >= start ? lane - by : lane;
        case WarpOp::shfl_down:
            return by < warp_size && lane + by < end ? lane + by : lane;
        default:
            return (lane ^ by) < end ? lane ^ by : lane;  // xor
    }
}

std::uint64_t fold(WarpOp op, std::uint64_t a, std::uint64_t b) {
    const auto signed_a = static_cast<std::int32_t>(a), signed_b = static_cast<std::int32_t>(b);
    switch (op) {
        case WarpOp::reduce_add:
            return static_cast<std::uint32_t>(a + b);
        case WarpOp::reduce_min:
            return a < b ? a : b;
        case WarpOp::reduce_max:
            return a > b ? a : b;
        case WarpOp::reduce_min_signed:
            return signed_a < signed_b ? a : b;
        case WarpOp::reduce_max_signed:
            return signed_a > signed_b ? a : b;
        case WarpOp::reduce_and:
            return a & b;
        case WarpOp::reduce_or:
            return a | b;
        default:
            return a ^ b;
    }
}

/// Every lane of `present` gets its result.
void compute(Warp& warp, WarpOp op, unsigned present) {
    switch (op) {
        case WarpOp::sync:
            return;
        case WarpOp::shfl:
        case WarpOp::shfl_up:
        case WarpOp::shfl_down:
        case WarpOp::shfl_xor:
            for_each_lane(present, [&](unsigned lane) {
                const unsigned source = source_of(op, lane, warp.lanes[lane].argument, warp.lanes[lane].width);
                warp.lanes[lane].result = present >> source & 1 ? warp.lanes[source].value : undefined;
            });
            return;
        case WarpOp::match_any:
            for_each_lane(present, [&](unsigned lane) {
                unsigned alike = 0;
                for_each_lane(present, [&](unsigned other) {
                    if (warp.lanes[other].value == warp.lanes[lane].value) alike |= 1u << other;
                });
                warp.lanes[lane].result = alike;
            });
            return;
        default:
            break;
    }
    std::uint64_t result = 0;
    if (op == WarpOp::ballot || op == WarpOp::any || op == WarpOp::all) {
        unsigned votes = 0;
        for_each_lane(present, [&](unsigned lane) { votes |= (warp.lanes[lane].value != 0 ? 1u : 0u) << lane; });
        result = op == WarpOp::ballot ? votes : op == WarpOp::any ? votes != 0 : votes == present;
    } else {
        bool first = true;
        for_each_lane(present, [&](unsigned lane) {
            result = first ? warp.lanes[lane].value : fold(op, result, warp.lanes[lane].value);
            first = false;
        });
    }
    for_each_lane(present, [&](unsigned lane) { warp.lanes[lane].result = result; });
}

/// The group's lanes go on; all but `running`, which has not stopped.
void complete(Block& here, Warp& warp, unsigned first_thread, unsigned group_number, unsigned running) {
    const WarpGroup group = warp.groups[group_number];
    warp.groups[group_number] = warp.groups[--warp.num_groups];
    compute(warp, group.op, group.arrived);
    watcher::warp_function(group.op, first_thread / warp_size, group.mask, group.arrived, warp.exists,
                           here.threads[first_thread + group.first_lane].site);
    const auto wake = [&](unsigned lane) {
        Thread& thread = here.threads[first_thread + lane];
        thread.waiting = Waiting::no;
        if (lane == running) return;
        watcher::lane_wakes(thread.number);
        here.make_ready(thread.number);
    };
    if (!here.reversed) {
        for_each_lane(group.arrived, wake);
    } else {
        for (unsigned lane = warp_size; lane-- > 0;) {
            if (group.arrived >> lane & 1) wake(lane);
        }
    }
}

std::string hex(unsigned mask) {
    char text[16];
    std::snprintf(text, sizeof text, "0x%08x", mask);
    return text;
}

[[noreturn, gnu::cold, gnu::noinline]] void mismatch(Block& here, const Thread& self, unsigned others) {
    const Thread& other = here.lane_thread(self, static_cast<unsigned>(std::countr_zero(others)));
    here.fail(static_cast<int>(ErrorCode::launch_failure),
              here.where() + ": lanes of one warp wait for each other in different warp functions: thread " +
                  text(other.index) + " in " + name_of(other.op) + " with mask " + hex(other.mask) + " at " +
                  text(other.site) + ", thread " + text(self.index) + " in " + name_of(self.op) + " with mask " +
                  hex(self.mask) + " at " + text(self.site) +
                  ". Every lane named in a mask must call the same function with the same mask.");
}

[[noreturn, gnu::cold, gnu::noinline]] void not_in_mask(Block& here, const Thread& self) {
    here.fail(static_cast<int>(ErrorCode::launch_failure),
              here.who(self) + ": lane " + std::to_string(here.lane_of(self)) + " calls " + name_of(self.op) + " at " +
                  text(self.site) + ", but is not in its mask " + hex(self.mask) +
                  ". A lane may call only with a mask that has its bit set.");
}

[[noreturn, gnu::cold, gnu::noinline]] void bad_width(Block& here, const Thread& self, int width) {
    here.fail(static_cast<int>(ErrorCode::launch_failure), here.who(self) + ": " + name_of(self.op) + " at " +
                                                               text(self.site) + " has width " + std::to_string(width) +
                                                               ". Give a power of two from 1 to 32.");
}

}  // namespace

void complete_groups_without(const Thread& left) {
    Warp& warp = block.warp_of(left);
    const unsigned first_thread = left.number / warp_size * warp_size;
    for (unsigned i = 0; i < warp.num_groups;) {
        const WarpGroup& group = warp.groups[i];
        if (group.arrived == (group.mask & warp.alive)) {
            complete(block, warp, first_thread, i, warp_size);
        } else {
            ++i;
        }
    }
}

std::uint64_t warp_collective(WarpOp op, unsigned mask, std::uint64_t value, int argument, int width, Site site) {
    Block& here = block;
    if (here.current == nullptr) called_by_host(name_of(op));
    Thread& self = *here.current;
    Warp& warp = here.warp_of(self);
    const unsigned lane = here.lane_of(self), bit = 1u << lane;
    self.site = site;
    self.op = op;
    self.mask = mask;
    if (!(mask & bit)) not_in_mask(here, self);
    const auto segment = static_cast<unsigned>(width);
    if (segment > warp_size || !std::has_single_bit(segment)) bad_width(here, self, width);
    watcher::lane_meets();
    warp.lanes[lane] = {value, 0, argument, width};

    unsigned mine = warp.num_groups;
    for (unsigned i = 0; i < warp.num_groups; ++i) {
        WarpGroup& group = warp.groups[i];
        const bool same = group.mask == mask && group.op == op;
        if (same) mine = i;
        if (!same && (group.mask & bit) && (group.arrived & mask)) mismatch(here, self, group.arrived & mask);
    }
    if (mine == warp.num_groups) warp.groups[warp.num_groups++] = {mask, 0, op, lane};
    WarpGroup& group = warp.groups[mine];
    group.arrived |= bit;
    self.waiting = Waiting::at_collective;
    if (group.arrived == (mask & warp.alive)) {
        complete(here, warp, self.number - lane, mine, lane);
    } else {
        watcher::lane_waits(self.number);
        here.park(self);
    }
    return warp.lanes[lane].result;
}

const char* name_of(WarpOp op) {
    switch (op) {
        case WarpOp::sync:
            return "__syncwarp";
        case WarpOp::shfl:
            return "__shfl_sync";
        case WarpOp::shfl_up:
            return "__shfl_up_sync";
        case WarpOp::shfl_down:
            return "__shfl_down_sync";
        case WarpOp::shfl_xor:
            return "__shfl_xor_sync";
        case WarpOp::ballot:
            return "__ballot_sync";
        case WarpOp::any:
            return "__any_sync";
        case WarpOp::all:
            return "__all_sync";
        case WarpOp::reduce_add:
            return "__reduce_add_sync";
        case WarpOp::reduce_min:
        case WarpOp::reduce_min_signed:
            return "__reduce_min_sync";
        case WarpOp::reduce_max:
        case WarpOp::reduce_max_signed:
            return "__reduce_max_sync";
        case WarpOp::reduce_and:
            return "__reduce_and_sync";
        case WarpOp::reduce_or:
            return "__reduce_or_sync";
        case WarpOp::reduce_xor:
            return "__reduce_xor_sync";
        case WarpOp::match_any:
            return "__match_any_sync";
    }
    return "a warp function";
}

}  // namespace wb::simt
