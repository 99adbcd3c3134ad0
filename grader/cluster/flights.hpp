/// @file
/// Which attempts are in the hands of tasks that wait or run, and which of these tasks are lost.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "cluster/order.hpp"
#include "cluster/slurm.hpp"

namespace wb::grader {

class Flights {
 public:
    using Clock = std::chrono::steady_clock;

    /// A task of a job that was submitted, or found in the queue.
    void add(const QueuedTask& task, int round, const std::vector<OrderedAttempt>& chunk);

    /// Whether a task has this attempt: one of that round, or of any when it is 0.
    [[nodiscard]] bool have(std::int64_t attempt, int round = 0) const;

    /// A task that is gone, and what it should have graded and has not.
    struct Lost {
        QueuedTask task;
        int round;
        std::vector<std::int64_t> missing;
    };
    /// Forgets the tasks that are gone. @return those of them that left something
    /// @param queue    what waits or runs
    /// @param unseen   how long what a task has written may be there without being seen here
    /// @param missing  whether an attempt is still not graded to its end
    std::vector<Lost> gone(const std::set<QueuedTask>& queue, Clock::duration unseen,
                           const std::function<bool(std::int64_t attempt)>& missing);

 private:
    struct Flight {
        int round = 0;
        std::vector<std::int64_t> attempts = {};
        std::optional<Clock::time_point> gone_since = {};
    };
    std::map<QueuedTask, Flight> flights_;
};

/// How long a file that another node wrote into this folder may stay unseen here: NFS remembers a folder's names for up to a minute (nfs(5),
/// acdirmax).
Flights::Clock::duration unseen_for(const std::filesystem::path& folder);

}  // namespace wb::grader
