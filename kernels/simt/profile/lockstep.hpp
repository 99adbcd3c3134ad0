/// @file
/// The lanes of a warp in step. The engine runs them one after another; each notes what it comes past (the starts of basic blocks,
/// accesses, meetings), at most so many events ahead. From these notes the warp's steps are worked out as if the lanes had run together:
/// of all places where lanes stand, one is chosen, and the lanes there take their next event at once. wb_kernels/profile.hpp
/// says which place. What lies between two events of a lane concerns no other lane, so the result is that of running in step.
/// Invariant: a step is taken only when every lane that can still note something before it has done so.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "simt/block.hpp"

namespace wb::simt::profile {

/// What a lane comes past.
struct Event {
    enum class What : std::uint8_t { block, read, write, atomic, meeting };

    std::uintptr_t pc = 0;
    std::uintptr_t address = 0;
    std::uint32_t bytes = 0;
    std::uint32_t meets = 0;  ///< lanes of a meeting; 0 as long as some are still to come
    std::int32_t depth = 0;   ///< of function calls
    What what = What::block;
    bool shared = false;
    std::uint8_t piece = 0;  ///< see access()
};

/// The lanes of one warp.
class LockstepWarp {
 public:
    /// @param exists  the block's lanes in this warp
    void start_block(std::uint32_t exists);

    /// Whether the lane must stop() before it notes more.
    [[nodiscard]] bool full(unsigned lane) const { return queues_[lane].size == capacity; }
    void note(unsigned lane, const Event& event) {
        Queue& queue = queues_[lane];
        queue.events[(queue.first + queue.size++) % capacity] = event;
    }

    /// The lanes meet: each one's latest event is the meeting.
    void meet(std::uint32_t lanes);

    /// The lane is not running any more: its notes are full; or it waits in the engine, or has left.
    void stops(unsigned lane) {
        running_ &= ~(1u << lane);
        stopped_ |= 1u << lane;
    }
    void waits(unsigned lane) { running_ &= ~(1u << lane); }
    void wakes(unsigned lane) { running_ |= 1u << lane; }

    /// The lanes have met at a barrier of the block, and go on together.
    void join(std::uint32_t lanes) { together_ = lanes; }
    [[nodiscard]] bool idle() const { return running_ == 0; }

    /// What the lanes of a step do; and what was found of the step before.
    struct Step {
        std::uint32_t lanes = 0;
        std::uintptr_t parted_at =
            0;  ///< where the lanes of the step before were, if they have gone different ways since
    };

    /// Takes steps as far as they are known.
    /// @param count    called with each Step; event(lane) is what a lane of it does
    /// @param release  called with each lane that had stopped and may go on
    template <class Count, class Release>
    void advance(Count count, Release release) {
        Step step;
        do {
            step = choose();
            if (step.lanes != 0) {
                count(step);
                take(step.lanes);
            }
            for (std::uint32_t rest = std::exchange(released_, 0); rest != 0; rest &= rest - 1)
                release(static_cast<unsigned>(std::countr_zero(rest)));
        } while (step.lanes != 0);
    }
    [[nodiscard]] const Event& event(unsigned lane) const { return queues_[lane].events[queues_[lane].first]; }

 private:
    static constexpr unsigned capacity = 32;

    struct Queue {
        std::array<Event, capacity> events;
        unsigned first = 0, size = 0;
    };

    Step choose();
    void take(std::uint32_t lanes);
    bool pass_meetings();
    void pop(unsigned lane);
    [[nodiscard]] std::uint32_t lanes_at(const Event& place) const;
    [[nodiscard]] std::uintptr_t parting() const;

    std::array<Queue, warp_size> queues_{};
    std::uint32_t exists_ = 0, running_ = 0, stopped_ = 0;
    std::uint32_t released_ =
        0;  ///< lanes that had stopped, have no more events, and have not been told that they may go on
    std::uint32_t standing_ = 0;  ///< lanes whose next event is known and is no meeting
    std::uint32_t together_ = 0;  ///< lanes of the step before
    std::uintptr_t together_at_ = 0;
    std::uint64_t steps_ = 0;
    std::array<std::uint64_t, warp_size> since_{};  ///< the lane's latest step
};

}  // namespace wb::simt::profile
