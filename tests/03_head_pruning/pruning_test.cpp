/// @file
/// Judges exercise 3.5: orders in which heads go.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "pruning_case.hpp"

namespace wb {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Places = std::vector<std::size_t>;

probes::OrderRun ask(const Case& c) {
    return probes::gradual_order(importance_of(c), heads_of(c), prune_options_of(c));
}

std::size_t closed_in(const Tensor<1>& gates) {
    return static_cast<std::size_t>(std::count(gates.begin(), gates.end(), 0.0F));
}

TEST(OneShotOrder, HasTheLeastImportantHeadFirst) {
    for (const Case& c : cases("3.5/one_shot")) {
        const Places order = probes::one_shot_order(c.in<1, double>("importance"));
        expect_close(tensor_of_places(order), c, "order", {});
    }
    Tensor<1, double> importance = zeros<1, double>({30});
    importance(17) = std::nan("");
    {
        SCOPED_TRACE("asked for: the order of 30 heads, the importance of one of which is NaN");
        EXPECT_THAT(probes::one_shot_order.expect_error<std::invalid_argument>(importance), HasSubstr("17"))
            << "the message names head 17, whose importance is NaN";
    }
    importance(17) = -std::numeric_limits<double>::infinity();
    EXPECT_EQ(probes::one_shot_order(importance).at(0), 17U) << "-infinity is less than anything";
}

TEST(GradualOrder, LooksAgainAfterEachStep) {
    for (const Case& c : cases("3.5/gradual")) expect_close(tensor_of_places(ask(c).order), c, "order", {});
    // Heads 0 and 1 do the same: either is unimportant, until the other is gone.
    probes::ImportanceTable twins{row_of({0.1, 0.2, 0.5, 0.6}), zeros<2, double>({4, 4}), 0, 4};
    twins.instead(0, 1) = twins.instead(1, 0) = 3;
    EXPECT_EQ(probes::gradual_order(twins, {{4}}, {0.25, false}).order, (Places{0, 2, 3, 1}))
        << "once head 0 is gone, head 1 alone does what both did";
    const double infinity = std::numeric_limits<double>::infinity();
    const probes::ImportanceTable ends{row_of({infinity, 0.2, -infinity}), zeros<2, double>({3, 3}), 0, 3};
    EXPECT_EQ(probes::gradual_order(ends, {{3}}, {0.3, false}).order, (Places{2, 1, 0}))
        << "importances infinity, 0.2 and -infinity: numbers like others, as one_shot_order has it";
}

TEST(GradualOrder, EachStepTakesItsShareOfAllHeads) {
    const auto closed_before_each_step = [](const HeadSet& heads, double share) {
        const std::size_t total = heads.total();
        const probes::ImportanceTable table{zeros<1, double>({total}), zeros<2, double>({total, total}), 0, total};
        Places closed;
        const probes::OrderRun run = probes::gradual_order(table, heads, {share, false});
        EXPECT_EQ(run.order.size(), total) << "every head has its place in the order";
        for (const Tensor<1>& gates : run.asked) {
            closed.push_back(closed_in(gates));
            EXPECT_EQ(closed_in(gates) + static_cast<std::size_t>(std::count(gates.begin(), gates.end(), 1.0F)), total)
                << "a gate is 0 or 1";
        }
        return closed;
    };
    EXPECT_EQ(closed_before_each_step({{4, 4, 4}}, 0.2), (Places{0, 2, 4, 6, 8, 10})) << "a fifth of 12 is 2.4: 2";
    EXPECT_EQ(closed_before_each_step({{13, 13}}, 0.1), (Places{0, 3, 6, 9, 12, 15, 18, 21, 24}))
        << "a tenth of 26 is 2.6: 3, and the last step takes the 2 that are left";
    EXPECT_EQ(closed_before_each_step({{2, 3}}, 0.01), (Places{0, 1, 2, 3, 4})) << "a step takes at least one head";
    EXPECT_EQ(closed_before_each_step({{3, 3}}, 1), Places{0}) << "all at once: one look";
    EXPECT_EQ(closed_before_each_step({{3, 3}}, 0.75), (Places{0, 5})) << "three quarters of 6 are 4.5: 5";
    EXPECT_EQ(closed_before_each_step({{}}, 0.5), Places{}) << "no heads: nothing to ask";
}

TEST(GradualOrder, KeepsTheLastHeadOfEachModuleWhereAsked) {
    for (const Case& c : cases("3.5/keep")) {
        const probes::OrderRun run = ask(c);
        EXPECT_EQ(run.order.size(), c.expected<1>("order").size())
            << c.name() << ": every head but one of each module that has any";
        expect_close(tensor_of_places(run.order), c, "order", {});
        EXPECT_LT(closed_in(run.asked.back()), run.order.size())
            << c.name() << ": importance was asked for once more, when no head was left that may go";
    }
    const probes::ImportanceTable table{zeros<1, double>({3}), zeros<2, double>({3, 3}), 0, 3};
    const probes::OrderRun run = probes::gradual_order(table, {{1, 0, 1, 1}}, {0.5, true});
    EXPECT_EQ(run.order, Places{}) << "three modules of one head: none may go";
    EXPECT_EQ(run.asked.size(), 0U) << "no head may go, so there is nothing to ask";
}

TEST(GradualOrder, ClosedHeadsHaveNoImportance) {
    const Case c = grader::one_case("3.5/gradual/3_modules_of_4");
    for (const double of_closed : {-1e9, 0.0, 1e9, std::nan("")}) {
        probes::ImportanceTable table = importance_of(c);
        table.of_closed = of_closed;
        const Places order = probes::gradual_order(table, heads_of(c), prune_options_of(c)).order;
        expect_close(tensor_of_places(order), c, "order", {});
    }
}

TEST(GradualOrder, WhatDoesNotFitIsRefused) {
    const Case c = grader::one_case("3.5/gradual/6_uneven_modules");  // 26 heads
    const probes::ImportanceTable right = importance_of(c);
    const auto refused = [&](const std::string& what, const probes::ImportanceTable& table, double share) {
        SCOPED_TRACE("asked for: " + what);
        return probes::gradual_order.expect_error<std::invalid_argument>(table, heads_of(c), {share, false});
    };
    for (const double share : {0.0, -0.1, 1.5, 10.0, std::nan("")})
        refused("a share_per_step of " + std::to_string(share), right, share);
    probes::ImportanceTable wrong = right;
    wrong.alone(19) = std::nan("");
    EXPECT_THAT(refused("importances one of which is NaN, of a live head", wrong, 0.1), HasSubstr("19"))
        << "the message names head 19, whose importance is NaN";
    const probes::ImportanceTable kept{row_of({0.5, 0.25, std::nan("")}), zeros<2, double>({3, 3}), 0, 3};
    {
        SCOPED_TRACE("asked for: an importance of NaN, of a live head that will be kept");
        EXPECT_THAT(probes::gradual_order.expect_error<std::invalid_argument>(kept, {{2, 1}}, {0.1, true}),
                    HasSubstr("2"))
            << "head 2 is alone in its module and will be kept; it is live, and its importance NaN";
    }
    SCOPED_TRACE("asked for: 17 importances of 26 heads");
    wrong = right;
    wrong.answers = 17;
    EXPECT_THAT(probes::gradual_order.expect_error<ShapeError>(wrong, heads_of(c), {0.1, false}),
                AllOf(HasSubstr("17"), HasSubstr("26")))
        << "17 importances of 26 heads; the message names both";
}

std::vector<std::uint64_t> seeds_from_1_to(std::uint64_t last) {
    std::vector<std::uint64_t> seeds(last);
    std::iota(seeds.begin(), seeds.end(), 1);
    return seeds;
}

TEST(RandomOrder, HasEachHeadOnceAndIsTheSameForASeed) {
    const std::uint64_t far_up = 3 + (std::uint64_t{1} << 32U);
    const std::vector<Places> orders = probes::random_orders({{4, 7, 5}}, {3, 4, 3, 0, far_up}, false);
    Places all(16);
    std::iota(all.begin(), all.end(), std::size_t{0});
    for (Places order : orders) {
        std::sort(order.begin(), order.end());
        EXPECT_EQ(order, all) << "every head has one place in the order";
    }
    EXPECT_EQ(orders.at(0), orders.at(2)) << "seed 3 was asked for twice, with seed 4 in between";
    EXPECT_NE(orders.at(0), orders.at(1)) << "seeds 3 and 4 give the same order of 16 heads";
    EXPECT_NE(orders.at(0), orders.at(4)) << "seeds 3 and 2^32 + 3 give the same order: a seed has 64 bits";
    EXPECT_EQ(probes::random_orders({{}}, {1}, false).at(0), Places{});
}

TEST(RandomOrder, AnyOrderIsAsLikely) {
    std::map<Places, std::size_t> times;
    for (const Places& order : probes::random_orders({{1, 3}}, seeds_from_1_to(4800), false)) ++times[order];
    ASSERT_EQ(times.size(), 24U) << "of the 24 orders of four heads, so many turn up in 4800";
    // Chi-squared with 23 degrees of freedom: 23 +- 6.8; beyond 65 once in 100,000 sets of seeds.
    double chi_squared = 0;
    for (const auto& [order, count] : times) chi_squared += std::pow(static_cast<double>(count) - 200, 2) / 200;
    EXPECT_LT(chi_squared, 65) << "each of the 24 orders is due 200 times in 4800; some come far too often";
}

TEST(RandomOrder, KeepsOneHeadOfEachModuleWhereAsked) {
    std::array<std::size_t, 7> kept{};
    std::size_t of_two_first = 0;
    for (const Places& order : probes::random_orders({{1, 4, 0, 2}}, seeds_from_1_to(1200), true)) {
        ASSERT_EQ(order.size(), 4U) << "7 heads less one for each of the three modules that have any";
        const std::set<std::size_t> gone(order.begin(), order.end());
        ASSERT_EQ(gone.size(), 4U) << "a head is twice in " << testing::PrintToString(order);
        for (std::size_t head = 0; head < 7; ++head) kept.at(head) += gone.contains(head) ? 0 : 1;
        of_two_first += order[0] > 4 ? 1 : 0;
        ASSERT_EQ(gone.count(1) + gone.count(2) + gone.count(3) + gone.count(4), 3U)
            << "module 1 has heads 1 to 4, of which three may go: " << testing::PrintToString(order);
    }
    EXPECT_EQ(kept[0], 1200U) << "head 0 is alone in its module: always kept";
    // Binomial: 1200 at a quarter are 300 +- 15, at a half 600 +- 17; five deviations to each side.
    for (const std::size_t head : {1U, 2U, 3U, 4U}) EXPECT_NEAR(static_cast<double>(kept.at(head)), 300, 75) << head;
    for (const std::size_t head : {5U, 6U}) EXPECT_NEAR(static_cast<double>(kept.at(head)), 600, 87) << head;
    // Of the six heads that may go first, two are the module's of two: a third of 1200 is 400 +- 16.
    EXPECT_NEAR(static_cast<double>(of_two_first), 400, 81)
        << "how often a head of the module of two went first. It is a module's last head that stays, not the one whose "
           "turn comes first";
}

TEST(GatesAfter, ClosesTheFirstOfTheOrder) {
    const Places order{4, 0, 3};
    const std::vector<std::vector<double>> expected{{1, 1, 1, 1, 1}, {1, 1, 1, 1, 0}, {0, 1, 1, 1, 0}, {0, 1, 1, 0, 0}};
    for (std::size_t count = 0; count <= 3; ++count)
        expect_close(probes::gates_after(5, order, count), row_of(expected[count]),
                     "the gates of five heads after " + std::to_string(count) + " of the order 4 0 3", {});
    {
        SCOPED_TRACE("asked for: the first 33 of an order of 2 heads");
        EXPECT_THAT(probes::gates_after.expect_error<std::out_of_range>(40, {21, 30}, 33),
                    AllOf(HasSubstr("2"), HasSubstr("33")))
            << "an order of 2 heads, of which 33 are to go";
    }
    const auto refused = [](const std::string& what, std::size_t heads, const Places& wrong) {
        SCOPED_TRACE("asked for: " + what);
        return probes::gates_after.expect_error<std::invalid_argument>(heads, wrong, 1);
    };
    EXPECT_THAT(refused("the first of the order 1 17, of 5 heads", 5, {1, 17}), HasSubstr("17"))
        << "there is no head 17, though it is behind the first";
    EXPECT_THAT(refused("the first of the order 23 1 23, of 40 heads", 40, {23, 1, 23}), HasSubstr("23"))
        << "head 23 is there twice, though the second time behind the first";
}

}  // namespace
}  // namespace wb
