/// @file
/// What a class that was measured says of larger ones: cores, hours and gigabytes for so many submissions a week with a deadline.
/// Each submission takes a core for as long as one drawn from the book took.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <vector>

#include "gradebook/costs.hpp"

namespace wb::grader {

struct PlanOptions {
    std::vector<int> per_week{1'000, 100'000};
    double wait = 600;   ///< seconds that 95 % shall not wait longer than
    double rush = 3600;  ///< see arrivals_before_deadline()
    int weeks = 10;      ///< that are simulated
    std::uint64_t seed = 1;
};

struct CapacityPlan {
    int per_week = 0;
    int cores = 0;                                         ///< enough in nine of ten weeks with a deadline
    int even_cores = 0;                                    ///< the same when arrivals are even
    double median_wait = 0, p95_wait = 0, worst_wait = 0;  ///< with `cores`, of all weeks
    double core_hours = 0;                                 ///< of a week
    double gigabytes = 0;                                  ///< kept of a week
};
/// @throws UsageError  when the book has no submission that was graded to its end
CapacityPlan plan_for(const ClassCosts& costs, int per_week, const PlanOptions& options);

/// How well the queue tells what is known: the time that the book's own class took.
struct PlanCheck {
    int cores = 0;             ///< that the class was graded on
    double measured = 0;       ///< seconds
    double predicted = 0;      ///< by its own times, in its order
    double low = 0, high = 0;  ///< of classes as large whose times are drawn from the book: 90 % end between these
};
PlanCheck check_plan(const ClassCosts& costs, std::uint64_t seed);

/// Both as Markdown.
void write_plan(const ClassCosts& costs, const PlanOptions& options, std::ostream& out);

}  // namespace wb::grader
