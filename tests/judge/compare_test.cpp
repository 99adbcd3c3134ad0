// The text of a failed comparison, and that NaN never passes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "judge/case.hpp"
#include "judge/wrong_answer.hpp"

namespace wb::grader {
namespace {

using detail::compare;
using Mistakes = KnownMistakes;

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

TEST(Compare, NanInAMistakeStandsForAnything) {
    const double any = std::numeric_limits<double>::quiet_NaN();
    const Mistakes mistakes{{"rows taken for columns", {1, 9, 8, 7, any, any}}};
    EXPECT_THAT(compare({1, 9, 8, 7, -3, 1e9}, {1, 2, 3, 4, 5, 6}, {6}, {}, "y", mistakes),
                testing::HasSubstr("The numbers equal rows taken for columns."));
    EXPECT_THAT(compare({1, 9, 8, 6, -3, 1e9}, {1, 2, 3, 4, 5, 6}, {6}, {}, "y", mistakes),
                testing::Not(testing::HasSubstr("rows taken")));
    EXPECT_THAT(compare({1, 2, 3, 4, 0, 0}, {1, 2, 3, 4, 5, 6}, {6}, {}, "y", {{"m", {1, 2, 3, 4, any, any}}}),
                testing::Not(testing::HasSubstr("The numbers equal")))
        << "what is known of the mistake is right";
}

TEST(Compare, PlacesThatWereNeverWrittenAreToldAsSuch) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto told = [](const std::vector<double>& got, const std::vector<std::size_t>& shape) {
        const AnswersStartAsNan filled;
        return compare(got, std::vector<double>(got.size(), 1), shape, {}, "y", {});
    };
    EXPECT_THAT(told({1, 1, nan, 1, 1, nan}, {2, 3}), testing::HasSubstr("of each row of 3 numbers only the first 2"));
    EXPECT_THAT(told({1, 1, 1, 1, nan, nan}, {2, 3}), testing::HasSubstr("only the first 4 of 6 numbers"));
    EXPECT_THAT(told({nan, nan}, {2}), testing::HasSubstr("nothing was written"));
    EXPECT_THAT(told({nan, 1, nan, 1}, {4}), testing::HasSubstr("these places were not written"));
    EXPECT_THAT(told({1, 1, 2, nan}, {4}), testing::Not(testing::HasSubstr("starts as NaN"))) << "2 was written";
    EXPECT_THAT(told({1, 1, 1, -nan}, {4}), testing::Not(testing::HasSubstr("starts as NaN"))) << "0 / 0 is -NaN";
    EXPECT_THAT(compare({nan, nan}, {1, 1}, {2}, {}, "y", {}), testing::Not(testing::HasSubstr("starts as NaN")));
}

TEST(Compare, HandfulOfNumbersNamesNoMistake) {
    const std::string text =
        compare({0}, {1}, {1}, {.absolute = 1e-6}, "out", {{"a sum that leaves out columns", {0}}});
    EXPECT_EQ(text.find("leaves out"), std::string::npos) << text;
}

TEST(Compare, OneNumberNamesAMistakeWhenItsDigitsDo) {
    const auto told = [](double got, double mistake) {
        return compare({got}, {3.367126}, {1}, {.absolute = 1e-5}, "loss", {{"the sum", {mistake}}});
    };
    EXPECT_THAT(told(20.202755, 20.202756), testing::HasSubstr("The numbers equal the sum."));
    EXPECT_THAT(told(20.21, 20.202756), testing::Not(testing::HasSubstr("sum"))) << "another number";
    for (const double round : {1.0, 0.5, -2.0, 0.0, 42.0, 1200.0})
        EXPECT_THAT(told(round, round), testing::Not(testing::HasSubstr("sum"))) << round << " is met by much else";
    EXPECT_THAT(told(3.3676261, 3.3676261), testing::Not(testing::HasSubstr("sum"))) << "50 allowances from the truth";
}

TEST(Compare, AnswersToTheBitNameAMistakeToo) {
    const std::vector<int> right{19, 4, 28};
    const std::vector<std::pair<std::string, std::vector<int>>> mistakes{{"nothing wrong", right},
                                                                         {"a word without its end", {19, 4}}};
    EXPECT_EQ(known_mistake({19, 4}, right, mistakes), "\n  The numbers equal a word without its end.");
    EXPECT_EQ(known_mistake({19}, right, mistakes), "");
    EXPECT_EQ(known_mistake(right, right, mistakes), "");
    const std::vector<std::pair<std::string, double>> losses{{"the loss per token", 1.283784}};
    EXPECT_EQ(known_mistake(1.2837838, 2.5, {.absolute = 1e-4}, losses), "\n  The numbers equal the loss per token.");
    EXPECT_EQ(known_mistake(1.2, 2.5, {.absolute = 1e-4}, losses), "");
}

TEST(Compare, LargestElementScalesTheToleranceOfSumsThatCancel) {
    EXPECT_EQ(compare({9e-5, 100}, {0, 100}, {2}, {.of_largest = 1e-6}, "out", {}), "");
    EXPECT_NE(compare({2e-4, 100}, {0, 100}, {2}, {.of_largest = 1e-6}, "out", {}), "");
}

}  // namespace
}  // namespace wb::grader
