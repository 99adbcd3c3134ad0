// The simulated queue against what queueing theory says of queues that it can solve, and against cases small enough for paper.
#include "queue/queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "gradebook/costs.hpp"
#include "queue/plan.hpp"

namespace wb::grader {
namespace {

using testing::ElementsAre;

double exponential(Random& random, double mean) {
    return -mean * std::log1p(-random.uniform());
}

/// Poisson arrivals with so many a second.
std::vector<Arrival> poisson(int count, double rate, const std::function<double(Random&)>& service) {
    Random random(7);
    std::vector<Arrival> arrivals;
    double now = 0;
    for (int n = 0; n < count; ++n) arrivals.push_back({now += exponential(random, 1 / rate), service(random)});
    return arrivals;
}

/// Erlang's C: the share of those who wait at all, of an offered load of `load` on so many servers.
double erlang_c(int servers, double load) {
    double term = 1, sum = 0;  // load^n / n!
    for (int n = 0; n < servers; ++n) {
        sum += term;
        term *= load / (n + 1);
    }
    const double busy = term * servers / (servers - load);
    return busy / (sum + busy);
}

TEST(Queue, WhoComesNextTakesTheServerThatIsFreeFirst) {
    const QueueRun run = serve({{0, 4}, {0, 2}, {1, 3}, {1.5, 1}, {9, 1}}, 2);
    EXPECT_THAT(run.waits, ElementsAre(0, 0, 1, 2.5, 0)) << "free at 4 and 2; then 4 and 5; then 5 and 5";
    EXPECT_EQ(run.end, 10);
    EXPECT_EQ(run.mean_wait(), 0.7);
}

TEST(Queue, ClassThatIsThereAtOnceEndsWhenTheLastIsServed) {
    const std::vector<Arrival> all{{0, 3}, {0, 3}, {0, 4}, {0, 2}};
    EXPECT_EQ(serve(all, 1).end, 12);
    EXPECT_EQ(serve(all, 2).end, 7) << "3 + 4 beside 3 + 2";
    EXPECT_EQ(serve(all, 9).end, 4);
}

TEST(Queue, ErlangCOfTwoServersIsThatOfTheTextbook) {
    EXPECT_NEAR(erlang_c(1, 0.5), 0.5, 1e-12) << "M/M/1: the load itself";
    EXPECT_NEAR(erlang_c(2, 1), 1.0 / 3, 1e-12) << "2 rho^2 / (1 + rho), rho 1/2";
}

TEST(Queue, WaitsAreErlangsWhereArrivalsAndServicesAreExponential) {
    struct Case {
        int servers;
        double load;
    };
    for (const auto& [servers, load] : {Case{1, 0.7}, Case{2, 1.6}, Case{8, 6.8}}) {
        const auto arrivals = poisson(400'000, load / 60, [](Random& random) { return exponential(random, 60); });
        const QueueRun run = serve(arrivals, servers);
        const double waiting = erlang_c(servers, load), expected = waiting * 60 / (servers - load);
        EXPECT_NEAR(run.mean_wait(), expected, 0.05 * expected) << servers << " servers";
        const auto waited = std::count_if(run.waits.begin(), run.waits.end(), [](double wait) { return wait > 0; });
        EXPECT_NEAR(static_cast<double>(waited) / 400'000, waiting, 0.01) << servers << " servers";
        // Who waits does so for an exponential time: the 95th percentile follows.
        const double p95 = std::log(waiting / 0.05) * 60 / (servers - load);
        EXPECT_NEAR(percentile(run.waits, 0.95), p95, 0.05 * p95) << servers << " servers";
    }
}

TEST(Queue, WaitsAreHalfAsLongWhereServicesAreAllAlike) {
    for (const double load : {0.5, 0.8}) {
        const QueueRun run = serve(poisson(400'000, load / 60, [](Random&) { return 60.0; }), 1);
        const double expected = load * 60 / (2 * (1 - load));
        EXPECT_NEAR(run.mean_wait(), expected, 0.04 * expected) << "Pollaczek and Khinchine, load " << load;
    }
}

TEST(Queue, WaitsFollowTheSecondMomentOfServicesDrawnFromAFew) {
    const std::vector<double> times{10, 20, 30, 40, 400};  // one in five is stopped at a time limit
    const auto drawn = [&](Random& random) { return times[random.below(times.size())]; };
    const double mean = 100, second = (100 + 400 + 900 + 1600 + 160'000) / 5.0, rate = 0.6 / mean;
    const double expected = rate * second / (2 * (1 - rate * mean));
    EXPECT_NEAR(serve(poisson(1'000'000, rate, drawn), 1).mean_wait(), expected, 0.04 * expected);
}

TEST(Queue, ServersAreJustEnough) {
    const auto arrivals = poisson(20'000, 10.0 / 60, [](Random& random) { return exponential(random, 60); });
    const int servers = servers_for(arrivals, 0.95, 30);
    EXPECT_LE(percentile(serve(arrivals, servers).waits, 0.95), 30);
    EXPECT_GT(percentile(serve(arrivals, servers - 1).waits, 0.95), 30);
    EXPECT_GT(servers, 10) << "the load is 10";
    EXPECT_EQ(servers_for({{0, 5}, {0, 5}, {0, 5}}, 1, 0), 3);
}

TEST(Queue, RateBeforeTheDeadlineGrowsAsTheTimeLeftShrinks) {
    Random random(3);
    const double hour = 3600;
    const std::vector<double> times = arrivals_before_deadline(200'000, hour, random);
    EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
    EXPECT_GE(times.front(), 0);
    EXPECT_LE(times.back(), week);
    const auto share_in_last = [&](double seconds) {
        const auto at = std::lower_bound(times.begin(), times.end(), week - seconds);
        return static_cast<double>(times.end() - at) / 200'000;
    };
    // The integral of 1 / (left + hour): log(1 + left / hour) / log(1 + 168).
    for (const double hours : {1.0, 24.0, 72.0})
        EXPECT_NEAR(share_in_last(hours * hour), std::log(1 + hours) / std::log(169), 0.005) << hours << " hours";
}

TEST(Queue, WithoutARushTheyComeEvenly) {
    Random random(3);
    const std::vector<double> times =
        arrivals_before_deadline(100'000, std::numeric_limits<double>::infinity(), random);
    const auto middle = std::lower_bound(times.begin(), times.end(), week / 2);
    EXPECT_NEAR(static_cast<double>(middle - times.begin()), 50'000, 500);
}

/// Costs of a class of which each submission took so long, graded on two cores.
ClassCosts class_of(const std::vector<double>& seconds) {
    ClassCosts costs;
    std::vector<double> free(2, 0);
    for (const double one : seconds) {
        double& core = *std::min_element(free.begin(), free.end());
        core += one;
        SubmissionCost cost;
        cost.id = std::to_string(costs.submissions.size());
        cost.ended_at = core;
        cost.seconds = one;
        cost.file_bytes = 3000;
        costs.submissions.push_back(cost);
    }
    costs.busy_seconds = *std::max_element(free.begin(), free.end());
    costs.book_bytes = static_cast<std::int64_t>(1000 * seconds.size());
    return costs;
}

TEST(Plan, TellsTheTimeThatTheClassItselfTook) {
    const PlanCheck check = check_plan(class_of({30, 50, 20, 20, 40, 60}), 1);
    EXPECT_EQ(check.cores, 2);
    EXPECT_EQ(check.measured, 130) << "30 20 20 60 beside 50 40";
    EXPECT_EQ(check.predicted, 130);
    EXPECT_LT(check.low, check.high);
}

TEST(Plan, CoreHoursAndBytesGrowWithTheClass) {
    const ClassCosts costs = class_of({36, 36, 36, 36});
    const CapacityPlan thousand = plan_for(costs, 1000, {.weeks = 2}), ten = plan_for(costs, 10'000, {.weeks = 2});
    EXPECT_EQ(thousand.core_hours, 10);
    EXPECT_EQ(ten.core_hours, 100);
    EXPECT_DOUBLE_EQ(thousand.gigabytes, 0.004) << "3 KB of files and 1 KB of the book each";
    EXPECT_GE(ten.cores, thousand.cores);
    EXPECT_GE(ten.cores, ten.even_cores) << "a deadline is no help";
    EXPECT_LE(ten.p95_wait, 700) << "95 % of nine weeks in ten wait at most 600 s";
}

TEST(Plan, CoresAreThoseThatTheLastHourNeeds) {
    // 100,000 times ln 2 / ln 169 come in the last hour, each 36 s: 135 cores would do them within it.
    const CapacityPlan plan = plan_for(class_of({36, 36}), 100'000, {.weeks = 2});
    EXPECT_GT(plan.cores, 60);
    EXPECT_LT(plan.cores, 195) << "the rate at the deadline itself, 5.4 a second";
}

TEST(Plan, BookWithoutCostsIsRefused) {
    EXPECT_THROW(plan_for({}, 10, {}), UsageError);
}

}  // namespace
}  // namespace wb::grader
