/// @file
/// The clock of a grader's thread, exercise after exercise.
#pragma once

#include <chrono>
#include <utility>

#include "gradebook/grader_process.hpp"
#include "report/cost.hpp"

namespace wb::grader {

class Lap {
 public:
    /// Since the call before, or since this was made.
    GraderTime next() {
        const auto before = std::exchange(since_, Clock::now());
        const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
        return {std::chrono::duration<double>(since_ - before).count(), now.count(), peak_memory_kib()};
    }

 private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point since_ = Clock::now();
};

}  // namespace wb::grader
