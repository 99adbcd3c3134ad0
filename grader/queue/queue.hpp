/// @file
/// A queue in front of equal servers, first come, first served, simulated by events: what waiting for a grade is like, and how many cores it takes.
/// Times are seconds. Checked against Erlang's and Pollaczek and Khinchine's formulas, tests/grader/queue_test.cpp.
#pragma once

#include <vector>

#include "wb/random.hpp"

namespace wb::grader {

/// Somebody who wants to be served.
struct Arrival {
    double at = 0, service = 0;
};

struct QueueRun {
    std::vector<double> waits;  ///< of each arrival until its service begins, in the order given
    double end = 0;             ///< when the last is served

    [[nodiscard]] double mean_wait() const;
};

/// Serves arrivals, which are in the order of their times, on so many servers.
QueueRun serve(const std::vector<Arrival>& arrivals, int servers);

/// The fewest servers with which this share of the arrivals waits no longer than `wait`.
int servers_for(const std::vector<Arrival>& arrivals, double share, double wait);

/// Times at which people hand in before a deadline at the end of a week, in order. The rate is proportional to 1 / (time left + rush): as many
/// do each time that this sum has shrunk by the same factor. Alfi, Parisi and Pietronero found it for registrations (Nature Physics 3, 746,
/// 2007), with a day as the smallest step.
/// @param rush  seconds; infinity: evenly all week
std::vector<double> arrivals_before_deadline(int count, double rush, Random& random);

inline constexpr double week = 7 * 86400.0;

}  // namespace wb::grader
