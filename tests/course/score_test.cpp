// The three facts about starter and solutions, the mutants and the alternates: what the course promises of its own tests.

#include <string>

#include "course.hpp"

namespace wb::course {
namespace {

TEST(Course, SolutionsScoreFullMarks) {
    const Outcome outcome = workbook_with_report({"grade", (root() / "solutions").string()});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    EXPECT_EQ(outcome.report["score"], outcome.report["max_score"]) << outcome.output;
    for (const auto& chapter : outcome.report["chapters"]) EXPECT_EQ(chapter["max_score"], 100) << chapter["id"];
}

TEST(Course, StarterIsWhatTheMarkersGenerate) {
    const Outcome outcome = workbook({"starter", "--check"});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
}

TEST(Course, StarterCompilesAndScoresZeroWithEveryTestNotImplemented) {
    const Outcome outcome = workbook_with_report({"grade", (root() / "starter").string()});
    EXPECT_EQ(outcome.exit_status, 1);
    EXPECT_EQ(outcome.report["score"], 0);
    int tests = 0;
    for (const auto& chapter : outcome.report["chapters"]) {
        for (const auto& one : chapter["exercises"]) {
            for (const auto& test : one["tests"]) {
                ++tests;
                // A question that a person reads is 'manual' only when there is something to read.
                EXPECT_EQ(test["status"], "not_implemented")
                    << one["id"] << ' ' << test["name"] << ": " << test["message"];
            }
        }
    }
    EXPECT_GT(tests, 50) << "nothing was graded, so nothing was shown";
}

TEST(Course, EveryMutantIsKilledByTheTestItNames) {
    const Outcome outcome = workbook({"mutants"});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    std::cout << outcome.output;
}

// Different but right: an alternate's files take the place of the reference's, and nothing may cost a point.
TEST(Course, EveryAlternateGetsFullMarks) {
    const Outcome outcome = workbook({"alternates"});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    std::cout << outcome.output;
}

}  // namespace
}  // namespace wb::course
