/// `./workbook gradebook plan`.
#include <algorithm>
#include <iostream>

#include "commands/commands.hpp"
#include "queue/plan.hpp"

namespace wb::grader {

int plan_gradebook_command(const GradebookOptions& options) {
    const Gradebook book(options.book, Database::Missing::is_an_error);
    PlanOptions plan;
    if (!options.per_week.empty()) plan.per_week = options.per_week;
    if (const auto none = std::find_if(plan.per_week.begin(), plan.per_week.end(), [](int n) { return n < 1; });
        none != plan.per_week.end())
        throw UsageError("--per-week: expected whole numbers >= 1, got " + std::to_string(*none) +
                         ". Try: --per-week 1000,100000");
    if (options.wait_minutes) plan.wait = 60 * *options.wait_minutes;
    if (options.rush_hours) plan.rush = 3600 * *options.rush_hours;
    if (plan.rush <= 0) throw UsageError("--rush: expected a number of hours > 0, got 0. Try: --rush 1");
    write_plan(costs_of(book), plan, std::cout);
    return 0;
}

}  // namespace wb::grader
