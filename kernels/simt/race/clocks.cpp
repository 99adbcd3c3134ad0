#include "simt/race/clocks.hpp"

#include <algorithm>

#include "simt/lanes.hpp"

namespace wb::simt::race {
bool WarpClock::ordered(std::uint32_t clock, std::uint32_t lanes, unsigned lane) const {
    const std::uint32_t others = lanes & ~(1u << lane);
    if (others == 0) return true;
    if (uniform_) return clock < clock_;
    bool all = true;
    for_each_lane(others, [&](unsigned other) { all = all && clock < known_[lane][other]; });
    return all;
}

void WarpClock::split() {
    uniform_ = false;
    own_.fill(clock_);
    for (auto& row : known_) row.fill(clock_);
}

bool WarpClock::meet(std::uint32_t mask, std::uint32_t exists) {
    if (uniform_ && (mask & exists) == exists) return ++clock_ < Moment::max_clock;
    if (uniform_) split();
    std::array<std::uint32_t, 32> together{};
    bool room = true;
    for_each_lane(mask, [&](unsigned lane) {
        room = room && own_[lane] + 1 < Moment::max_clock;
        for (unsigned other = 0; other < 32; ++other) together[other] = std::max(together[other], known_[lane][other]);
    });
    for_each_lane(mask, [&](unsigned lane) { together[lane] = ++own_[lane]; });
    for_each_lane(mask, [&](unsigned lane) { known_[lane] = together; });
    return room;
}

void BlockOrder::atomic(std::uintptr_t address, std::uint32_t serial) {
    Blocks& here = released_[address];
    if (!here.empty() && std::find(acquired_.begin(), acquired_.end(), &here) == acquired_.end())
        acquired_.push_back(&here);
    if (fenced_ && (here.empty() || here.back() != serial)) here.push_back(serial);
}

bool BlockOrder::ordered(std::uint32_t earlier) const {
    return std::any_of(acquired_.begin(), acquired_.end(), [&](const Blocks* blocks) {
        return std::binary_search(blocks->begin(), blocks->end(), earlier);
    });
}

}  // namespace wb::simt::race
