// The text of a failed comparison, and that NaN never passes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "judge/case.hpp"

namespace wb::grader {
namespace {

using detail::compare;
using Mistakes = std::vector<std::pair<std::string, std::vector<double>>>;

TEST(Compare, EqualWithinToleranceSaysNothing) {
    EXPECT_EQ(compare({1.0, 2.0}, {1.0, 2.0 + 1e-7}, {2}, {.absolute = 1e-6}, "out", {}), "");
}

TEST(Compare, FailureNamesTheFirstAndTheWorstIndex) {
    EXPECT_EQ(compare({1, 2.5, 3, 9}, {1, 2, 3, 4}, {2, 2}, {.absolute = 0.1}, "2.1/plain/small: output", {}),
              "2.1/plain/small: output [2, 2] is wrong in 2 of 4 places\n"
              "  first at [0, 1]: expected 2, got 2.5 (allowed difference 0.1)\n"
              "  worst at [1, 1]: expected 4, got 9 (allowed difference 0.1)");
}

TEST(Compare, NumbersAreShownWithAsManyDigitsAsTellThemApart) {
    EXPECT_THAT(compare({-2001.11512345}, {-2001.1151}, {1}, {}, "y", {}),
                testing::HasSubstr("expected -2001.1151, got -2001.11512 "));
}

TEST(Compare, NanIsWrongHoweverWideTheTolerance) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::string text = compare({nan}, {1}, {1}, {.absolute = 1e30}, "out", {});
    EXPECT_EQ(text,
              "out [1] is wrong in 1 of 1 places, 1 of them NaN\n  first at [0]: expected 1, got NaN (allowed "
              "difference 1e+30)");
}

TEST(Compare, InfinityMatchesOnlyItself) {
    EXPECT_EQ(compare({-INFINITY}, {-INFINITY}, {1}, {}, "out", {}), "");
    EXPECT_NE(compare({-1e30}, {-INFINITY}, {1}, {.absolute = 1}, "out", {}), "");
    EXPECT_NE(compare({INFINITY}, {1}, {1}, {.relative = 1}, "out", {}), "");
}

TEST(Compare, KnownMistakeIsNamed) {
    const Mistakes mistakes{{"the result without the scale", {8, 9, 7, 6}}, {"the transposed result", {2, 1, 4, 3}}};
    const std::string text = compare({8, 9, 7, 6}, {1, 2, 3, 4}, {4}, {.absolute = 1e-6}, "out", mistakes);
    EXPECT_TRUE(text.ends_with("\n  The numbers equal the result without the scale.")) << text;
    EXPECT_EQ(text.find("transposed"), std::string::npos) << text;
}

TEST(Compare, MistakeThatTheCaseCannotTellFromTheTruthIsNotNamed) {
    const std::string text =
        compare({5, 2, 3, 4}, {1, 2, 3, 4}, {4}, {.absolute = 10}, "out", {{"something", {5, 2, 3, 4}}});
    EXPECT_EQ(text, "");
    const std::string wrong =
        compare({13, 2, 3, 4}, {1, 2, 3, 4}, {4}, {.absolute = 10}, "out", {{"something", {8, 2, 3, 4}}});
    EXPECT_NE(wrong, "");
    EXPECT_EQ(wrong.find("something"), std::string::npos) << wrong;
}

TEST(Compare, ZerosNameNoMistake) {
    EXPECT_THAT(compare({0, 0, 0, 0, 0}, {1, 2, 3, 4, 5}, {5}, {}, "y", Mistakes{{"zeros", {0, 0, 0, 0, 0}}}),
                testing::Not(testing::HasSubstr("The numbers equal")));
}

TEST(Compare, HandfulOfNumbersNamesNoMistake) {
    const std::string text =
        compare({0}, {1}, {1}, {.absolute = 1e-6}, "out", {{"a sum that leaves out columns", {0}}});
    EXPECT_EQ(text.find("leaves out"), std::string::npos) << text;
}

TEST(Compare, LargestElementScalesTheToleranceOfSumsThatCancel) {
    EXPECT_EQ(compare({9e-5, 100}, {0, 100}, {2}, {.of_largest = 1e-6}, "out", {}), "");
    EXPECT_NE(compare({2e-4, 100}, {0, 100}, {2}, {.of_largest = 1e-6}, "out", {}), "");
}

}  // namespace
}  // namespace wb::grader
