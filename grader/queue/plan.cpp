#include "queue/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <ostream>

#include "queue/queue.hpp"
#include "text/grouped.hpp"
#include "text/quantity.hpp"

namespace wb::grader {
namespace {

std::vector<double> service_times(const ClassCosts& costs) {
    std::vector<SubmissionCost> in_order = costs.submissions;
    std::stable_sort(in_order.begin(), in_order.end(), [](const SubmissionCost& a, const SubmissionCost& b) {
        return a.ended_at - a.seconds < b.ended_at - b.seconds;
    });
    std::vector<double> times;
    for (const SubmissionCost& one : in_order) times.push_back(one.seconds);
    if (times.empty())
        throw UsageError(
            "this gradebook holds no submission that was graded to its end, so it says nothing of costs. "
            "Grade some first: ./workbook grade --class FOLDER --book FILE");
    return times;
}

std::vector<Arrival> a_week(const std::vector<double>& services, int count, double rush, Random& random) {
    std::vector<Arrival> arrivals;
    for (const double at : arrivals_before_deadline(count, rush, random))
        arrivals.push_back({at, services[random.below(services.size())]});
    return arrivals;
}

int cores_for(const std::vector<std::vector<Arrival>>& weeks, double wait) {
    std::vector<double> cores;
    for (const auto& arrivals : weeks) cores.push_back(servers_for(arrivals, 0.95, wait));
    return static_cast<int>(percentile(cores, 0.9));
}

}  // namespace

CapacityPlan plan_for(const ClassCosts& costs, int per_week, const PlanOptions& options) {
    const std::vector<double> services = service_times(costs);
    const double mean = std::accumulate(services.begin(), services.end(), 0.0) / static_cast<double>(services.size());
    Random random(options.seed);
    std::vector<std::vector<Arrival>> rushed, even;
    for (int n = 0; n < options.weeks; ++n) {
        rushed.push_back(a_week(services, per_week, options.rush, random));
        even.push_back(a_week(services, per_week, std::numeric_limits<double>::infinity(), random));
    }
    CapacityPlan plan{.per_week = per_week,
                      .cores = cores_for(rushed, options.wait),
                      .even_cores = cores_for(even, options.wait),
                      .core_hours = mean * per_week / 3600,
                      .gigabytes = costs.stored_bytes() * per_week / 1e9};
    std::vector<double> waits;
    for (const auto& arrivals : rushed) {
        const std::vector<double> some = serve(arrivals, plan.cores).waits;
        waits.insert(waits.end(), some.begin(), some.end());
    }
    plan.median_wait = percentile(waits, 0.5);
    plan.p95_wait = percentile(waits, 0.95);
    plan.worst_wait = percentile(waits, 1);
    return plan;
}

PlanCheck check_plan(const ClassCosts& costs, std::uint64_t seed) {
    const std::vector<double> services = service_times(costs);
    PlanCheck check{.cores = std::max(1, static_cast<int>(std::lround(costs.at_once()))),
                    .measured = costs.busy_seconds};
    const auto end_of = [&](const auto& next) {
        std::vector<Arrival> all;
        for (std::size_t n = 0; n < services.size(); ++n) all.push_back({0, next(n)});
        return serve(all, check.cores).end;
    };
    check.predicted = end_of([&](std::size_t n) { return services[n]; });
    Random random(seed);
    std::vector<double> ends;
    for (int n = 0; n < 1000; ++n)
        ends.push_back(end_of([&](std::size_t) { return services[random.below(services.size())]; }));
    check.low = percentile(ends, 0.05);
    check.high = percentile(ends, 0.95);
    return check;
}

void write_plan(const ClassCosts& costs, const PlanOptions& options, std::ostream& out) {
    std::vector<CapacityPlan> plans;
    for (const int per_week : options.per_week) plans.push_back(plan_for(costs, per_week, options));
    const auto row = [&](const std::string& what, const auto& cell) {
        out << "| " << what << " |";
        for (const CapacityPlan& plan : plans) out << " " << cell(plan) << " |";
        out << "\n";
    };
    row("submissions a week",
        [](const CapacityPlan& plan) { return grouped(static_cast<std::uint64_t>(plan.per_week)); });
    out << "|---|";
    for (std::size_t n = 0; n < plans.size(); ++n) out << "---|";
    out << "\n";
    const std::string within = duration_text(options.wait);
    row("core-hours",
        [](const CapacityPlan& plan) { return grouped(static_cast<std::uint64_t>(std::llround(plan.core_hours))); });
    row("cores busy on average", [](const CapacityPlan& plan) { return fmt::format("{:.1f}", plan.core_hours / 168); });
    row("cores, so that 95 % wait at most " + within + " before a deadline",
        [](const CapacityPlan& plan) { return grouped(static_cast<std::uint64_t>(plan.cores)); });
    row("... then they wait: median, 95 %, worst", [](const CapacityPlan& plan) {
        return duration_text(plan.median_wait) + ", " + duration_text(plan.p95_wait) + ", " +
               duration_text(plan.worst_wait);
    });
    row("cores for the same, if they came evenly",
        [](const CapacityPlan& plan) { return grouped(static_cast<std::uint64_t>(plan.even_cores)); });
    row("kept for good", [](const CapacityPlan& plan) { return bytes_text(plan.gigabytes * 1e9); });
    const PlanCheck check = check_plan(costs, options.seed);
    out << fmt::format(
        "\nHeld against the {} submissions measured, on {} {}: their times in their order make {}, measured were {} "
        "({:+.1f} %). Of classes as large, with times drawn from theirs, 90 % take {} to {}.\n",
        costs.submissions.size(), check.cores, check.cores == 1 ? "core" : "cores", duration_text(check.predicted),
        duration_text(check.measured), 100 * (check.predicted / check.measured - 1), duration_text(check.low),
        duration_text(check.high));
}

}  // namespace wb::grader
