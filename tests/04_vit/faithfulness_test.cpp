/// @file
/// Judges exercise 4.8: the order of patches, curves of deletion and insertion, areas, and their comparison.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "curve_case.hpp"
#include "judge/draw.hpp"
#include "judge/judge.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

using Order = std::vector<std::size_t>;

// A point is one probability that the driver's classifier computed in double and gave back as a float: off by no more than half a
// float epsilon, 6e-8, and there is nothing to add up.
constexpr Tolerance one_probability{.absolute = 1e-6};

Tensor<1, double> tensor_of(const std::vector<double>& numbers) {
    Tensor<1, double> result(std::array<std::size_t, 1>{numbers.size()});
    std::copy(numbers.begin(), numbers.end(), result.data());
    return result;
}

probes::CurveRun ask(bool insertion, const CurveQuestion& question) {
    const auto& probe = insertion ? probes::insertion_curve : probes::deletion_curve;
    return probe(question.toy, question.pixels, question.order, question.options);
}

/// Asks a case, and compares the points.
probes::CurveRun expect_points(const Case& c) {
    const CurveQuestion question = question_of(c);
    probes::CurveRun run = ask(c.number("insertion") != 0, question);
    if (run.points.size() == question.options.steps)
        stop_test(c.name() + ": " + std::to_string(run.points.size()) + " points for " +
                  std::to_string(question.options.steps) +
                  " steps. A curve has one more: the point before the first step belongs to it");
    expect_close(tensor_of(run.points), c, "points", one_probability);
    return run;
}

void expect_order(const std::string& family) {
    for (const Case& c : cases(family)) expect_close(floats_of(probes::patch_order(c.in<2>("map"))), c, "order", {});
}

TEST(PatchOrder, IsByImportanceHighestFirst) {
    expect_order("4.8/order");
}

TEST(PatchOrder, OfEqualsTheLowerNumberComesFirst) {
    expect_order("4.8/ties");
}

TEST(PatchOrder, ANaNIsRefusedWithItsPlace) {
    Tensor<2> map = zeros<2>({13, 17});
    map(11, 16) = std::nanf("");
    const std::string message = probes::patch_order.expect_error<std::invalid_argument>(map);
    EXPECT_THAT(message, testing::AllOf(testing::HasSubstr("11"), testing::HasSubstr("16")))
        << "the message names row 11 and column 16, where the NaN is";
    map(11, 16) = std::numeric_limits<float>::infinity();
    const Order order = probes::patch_order(map);
    ASSERT_FALSE(order.empty());
    EXPECT_EQ(order[0], 11 * 17 + 16) << "infinity is more than any number, and has its place in an order";
    probes::patch_order.expect_error<ShapeError>(zeros<2>({0, 4}));
}

TEST(DeletionCurve, CoversTheMostImportantPatchesFirst) {
    for (const Case& c : cases("4.8/deletion")) expect_points(c);
}

TEST(DeletionCurve, FillsEachChannelWithItsBaseline) {
    for (const Case& c : cases("4.8/baseline")) expect_points(c);
}

TEST(DeletionCurve, RoundsPatchesHalfUp) {
    for (const Case& c : cases("4.8/rounding")) expect_points(c);
}

TEST(DeletionCurve, FollowsOneClassToTheEnd) {
    for (const Case& c : cases("4.8/one_class")) expect_points(c);
}

TEST(InsertionCurve, UncoversTheMostImportantPatchesFirst) {
    for (const Case& c : cases("4.8/insertion")) expect_points(c);
}

TEST(InsertionCurve, OfAnOrderReadBackwardsIsTheDeletionCurveReadBackwards) {
    CurveQuestion question = question_of(grader::one_case("4.8/deletion/4x4_by_2"));
    const std::vector<double> deletion = ask(false, question).points;
    std::reverse(question.order.begin(), question.order.end());
    std::vector<double> insertion = ask(true, question).points;
    std::reverse(insertion.begin(), insertion.end());
    expect_close(tensor_of(insertion), tensor_of(deletion),
                 "insertion of the order backwards, read backwards: with a patch a step, the pictures are the same",
                 one_probability);
    EXPECT_GT(std::abs(deletion.front() - deletion.back()), 1e-4) << "the picture and the baseline differ";
}

TEST(Curves, AskForNoMorePicturesAtOnceThanMaxBatch) {
    for (const Case& c : cases("4.8/batches")) {
        const probes::CurveRun run = expect_points(c);
        const std::size_t most = question_of(c).options.max_batch, pictures = question_of(c).options.steps + 1;
        const std::string asked = c.name() + ": pictures in each call: " + testing::PrintToString(run.batches);
        ASSERT_FALSE(run.batches.empty());
        EXPECT_LE(*std::max_element(run.batches.begin(), run.batches.end()), most)
            << asked << ", but max_batch is " << most;
        EXPECT_EQ(std::accumulate(run.batches.begin(), run.batches.end(), std::size_t{0}), pictures)
            << asked << ". Each of the " << pictures << " pictures is asked for once";
        EXPECT_EQ(run.batches.size(), (pictures + most - 1) / most)
            << asked << ": in as few calls as max_batch " << most << " allows";
    }
}

TEST(Curves, WhatDoesNotFitIsRefused) {
    const CurveQuestion right = question_of(grader::one_case("4.8/deletion/3x3_by_1"));  // 9 patches of 2 x 2
    for (const bool insertion : {false, true}) {
        const auto& probe = insertion ? probes::insertion_curve : probes::deletion_curve;
        SCOPED_TRACE(insertion ? "insertion_curve" : "deletion_curve");
        const auto shape_error = [&](const CurveQuestion& q, const char* what) {
            SCOPED_TRACE(what);
            probe.expect_error<ShapeError>(q.toy, q.pixels, q.order, q.options);
        };
        const auto invalid = [&](const CurveQuestion& q, const char* what) {
            SCOPED_TRACE(what);
            probe.expect_error<std::invalid_argument>(q.toy, q.pixels, q.order, q.options);
        };
        CurveQuestion wrong = right;
        wrong.options.patch_size = 4;
        shape_error(wrong, "patches of 4 pixels do not fill 6");
        wrong.options.patch_size = 0;
        shape_error(wrong, "patches of no pixels");
        wrong = right;
        wrong.options.baseline.pop_back();
        shape_error(wrong, "2 baseline numbers for 3 channels");
        wrong = right;
        wrong.toy.loses_a_row = true;
        shape_error(wrong, "predict answers for a picture less than it was asked for");
        wrong = right;
        wrong.order.pop_back();
        invalid(wrong, "an order without one of the patches");
        wrong.order.push_back(wrong.order.front());
        invalid(wrong, "an order with a patch twice, and one missing");
        wrong.order.back() = 9;
        invalid(wrong, "patch 9 of 9");
        wrong = right;
        wrong.options.steps = 0;
        invalid(wrong, "no steps");
        wrong.options.steps = 10;
        invalid(wrong, "10 steps for 9 patches");
        wrong = right;
        wrong.options.max_batch = 0;
        invalid(wrong, "no pictures at once");
        wrong = right;
        wrong.options.class_index = 5;
        EXPECT_THAT(probe.expect_error<std::out_of_range>(wrong.toy, wrong.pixels, wrong.order, wrong.options),
                    testing::HasSubstr("5"))
            << "the message names class and classes, here both 5";
    }
}

TEST(AreaUnderCurve, IsTheTrapezoidsOverAShareOf0To1) {
    // Sums of a few numbers of about 1 in double; 1e-6 leaves room for one who adds in float.
    const std::vector<double> points{1, 0.5, 0.25};
    const double area = probes::area_under_curve(points);
    EXPECT_GT(std::abs(area - 0.75), 1e-6) << "left sums: (1 + 0.5) / 2. A trapezoid has the mean of its two ends";
    EXPECT_GT(std::abs(area - 0.375), 1e-6) << "right sums: (0.5 + 0.25) / 2. A trapezoid has the mean of its two ends";
    EXPECT_GT(std::abs(area - 1.75 / 3), 1e-6) << "the mean of the points: the two ends count half";
    EXPECT_GT(std::abs(area - 1.125), 1e-6) << "the steps are 1/2 wide, not 1: the share runs from 0 to 1";
    EXPECT_NEAR(area, 0.5625, 1e-6) << "of the points 1, 0.5, 0.25: (0.75 + 0.375) / 2";
    EXPECT_NEAR(probes::area_under_curve({1, 1, 1, 1, 1, 1}), 1, 1e-6) << "of six points that are 1";
    EXPECT_NEAR(probes::area_under_curve({0.2, 0.6}), 0.4, 1e-6) << "of two points, 0.2 and 0.6";
    EXPECT_TRUE(std::isnan(probes::area_under_curve({1, std::nan(""), 0.5}))) << "a NaN among the points must be seen";
    probes::area_under_curve.expect_error<std::invalid_argument>({0.5});
    probes::area_under_curve.expect_error<std::invalid_argument>({});
}

TEST(RandomOrders, AreDrawnOneAfterTheOtherFromOneSeed) {
    for (const std::uint64_t seed : {7, 8}) {
        const std::vector<Order> orders = probes::random_orders(20, 4, seed);
        ASSERT_EQ(orders.size(), 4U);
        EXPECT_NE(orders[0], orders[1]) << "the same order again: Random is made once, and goes on from order to order";
        Random random(seed);
        for (std::size_t n = 0; n < 4; ++n)
            EXPECT_EQ(orders[n], random.permutation(20)) << "order " << n << " of seed " << seed;
    }
    EXPECT_TRUE(probes::random_orders(20, 0, 1).empty());
}

TEST(CompareAreas, WeighsTheDifferencesPictureByPicture) {
    // Areas that differ much from picture to picture; the first is .02 to .05 larger each time.
    const std::vector<double> first{0.92, 0.53, 0.14, 0.75}, second{0.9, 0.5, 0.09, 0.71};
    const AreaComparison got = probes::compare_areas(first, second);
    EXPECT_NEAR(got.first_mean, 0.585, 1e-9);
    EXPECT_NEAR(got.second_mean, 0.55, 1e-9);
    EXPECT_NEAR(got.difference, 0.035, 1e-9) << "first - second, .585 - .55";
    // Differences .02 .03 .05 .04: squares about their mean add up to .0005.
    const double right = std::sqrt(0.0005 / 3) / 2;
    const auto is_not = [&](double wrong, const char* words) {
        EXPECT_GT(std::abs(got.standard_error - wrong), 1e-9) << words;
    };
    is_not(std::sqrt(0.0005 / 3), "this is the deviation of a difference; its mean's is smaller by sqrt(N)");
    is_not(std::sqrt(0.0005 / 4) / 2, "the variance is over N - 1: one degree of freedom went into the mean");
    is_not(0.0005 / 3 / 4, "this is the square of the standard error");
    double unpaired = 0;
    for (std::size_t n = 0; n < 4; ++n) unpaired += std::pow(first[n] - 0.585, 2) + std::pow(second[n] - 0.55, 2);
    is_not(std::sqrt(unpaired / 3 / 4),
           "this adds the variances of two separate samples; the pictures are the same in both: take the differences");
    EXPECT_NEAR(got.standard_error, right, 1e-9) << "sqrt(.0005 / 3) / sqrt(4)";
    EXPECT_NEAR(probes::compare_areas(second, first).difference, -0.035, 1e-9) << "the other way round";
    probes::compare_areas.expect_error<std::invalid_argument>({0.5, 0.25}, {0.5});
    probes::compare_areas.expect_error<std::invalid_argument>({0.5}, {0.25});
}

}  // namespace
}  // namespace wb
