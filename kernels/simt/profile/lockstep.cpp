#include "simt/profile/lockstep.hpp"

#include "simt/lanes.hpp"

namespace wb::simt::profile {
namespace {

/// A lane that has stood still for so many steps of others goes first: they may be waiting for it, as at a spin lock.
constexpr std::uint64_t patience = std::uint64_t{1} << 20;

}  // namespace

void LockstepWarp::start_block(std::uint32_t exists) {
    exists_ = running_ = exists;
    stopped_ = released_ = together_ = 0;
    together_at_ = 0;
    for (unsigned lane = 0; lane < warp_size; ++lane) {
        queues_[lane].first = queues_[lane].size = 0;
        since_[lane] = steps_;
    }
}

void LockstepWarp::meet(std::uint32_t lanes) {
    for_each_lane(lanes, [&](unsigned lane) {
        Queue& queue = queues_[lane];
        queue.events[(queue.first + queue.size - 1) % capacity].meets = lanes;
    });
}

/// Lanes that have all come to their meeting go on together. @return whether some did
bool LockstepWarp::pass_meetings() {
    bool passed = false;
    for (std::uint32_t rest = exists_ & ~standing_; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<unsigned>(std::countr_zero(rest));
        if (queues_[lane].size == 0) continue;
        const std::uint32_t lanes = event(lane).meets;
        bool all = lanes != 0;
        for_each_lane(lanes, [&](unsigned other) {
            all = all && queues_[other].size > 0 && event(other).what == Event::What::meeting &&
                  event(other).meets == lanes;
        });
        if (!all) continue;
        passed = true;
        rest &= ~lanes | 1u << lane;
        for_each_lane(lanes, [&](unsigned other) { pop(other); });
        together_ |= lanes;
    }
    return passed;
}

std::uint32_t LockstepWarp::lanes_at(const Event& place) const {
    std::uint32_t lanes = 0;
    for_each_lane(standing_, [&](unsigned lane) {
        if (event(lane).pc == place.pc && event(lane).depth == place.depth) lanes |= 1u << lane;
    });
    return lanes;
}

/// Where the lanes of the step before were, if they are not all at one place now. Lanes that wait or have left are elsewhere.
std::uintptr_t LockstepWarp::parting() const {
    const std::uint32_t standing = together_ & standing_;
    if (standing == 0) return 0;
    const std::uint32_t same = lanes_at(event(static_cast<unsigned>(std::countr_zero(standing))));
    return (together_ & ~same) == 0 ? 0 : together_at_;
}

LockstepWarp::Step LockstepWarp::choose() {
    unsigned best = 0;
    std::uint32_t lanes = 0;  // at the same place as the best
    do {
        standing_ = lanes = 0;
        for (std::uint32_t rest = exists_; rest != 0; rest &= rest - 1) {
            const auto lane = static_cast<unsigned>(std::countr_zero(rest));
            if (queues_[lane].size == 0) {
                if (running_ >> lane & 1) return {};  // it may come to a place before all others
                continue;
            }
            const Event &here = event(lane), &there = event(best);
            if (here.what == Event::What::meeting) continue;
            standing_ |= 1u << lane;
            if (lanes != 0 && here.pc == there.pc && here.depth == there.depth) {
                lanes |= 1u << lane;
            } else if (lanes == 0 || (here.depth != there.depth ? here.depth > there.depth : here.pc < there.pc)) {
                best = lane;
                lanes = 1u << lane;
            }
        }
    } while (standing_ != exists_ && pass_meetings());
    if (lanes != standing_) {
        unsigned longest = best;
        for_each_lane(standing_, [&](unsigned lane) {
            if (since_[lane] < since_[longest]) longest = lane;
        });
        if (steps_ - since_[longest] > patience) lanes = lanes_at(event(best = longest));
    }
    if (lanes == 0) return {};
    const Step step{lanes, (together_ & ~lanes) == 0 ? 0 : parting()};
    together_ = lanes;
    together_at_ = event(best).pc;
    return step;
}

void LockstepWarp::take(std::uint32_t lanes) {
    ++steps_;
    for_each_lane(lanes, [&](unsigned lane) {
        since_[lane] = steps_;
        pop(lane);
    });
}

/// The lane's next event is done with. A lane that had stopped goes on after its last one, be it a step's or a meeting.
void LockstepWarp::pop(unsigned lane) {
    Queue& queue = queues_[lane];
    queue.first = (queue.first + 1) % capacity;
    if (--queue.size > 0) return;
    const std::uint32_t released = stopped_ & 1u << lane;
    stopped_ &= ~released;
    running_ |= released;
    released_ |= released;
}

}  // namespace wb::simt::profile
