// What goes wrong in a submission or on the command line ends in a status and a sentence, and the report stands.

#include <fstream>

#include "course.hpp"

namespace wb::course {
namespace {

using testing::HasSubstr;

/// A submission in submissions/, what its first test is worth, and what the report says.
struct Bad {
    const char* folder;
    const char* status;
    const char* words;
};

void PrintTo(const Bad& bad, std::ostream* out) {
    *out << bad.folder;
}

class BadSubmission : public testing::TestWithParam<Bad> {};

TEST_P(BadSubmission, EarnsNothingAndIsNamed) {
    const std::filesystem::path folder = root() / "tests" / "course" / "submissions" / GetParam().folder;
    const Outcome outcome = workbook_with_report({"check", "2.1", "--submission", folder.string(), "--seconds", "2"});
    EXPECT_EQ(outcome.exit_status, 1) << outcome.output;
    const nlohmann::json graded = exercise(outcome.report, "2.1");
    ASSERT_FALSE(graded["tests"].empty());
    bool named = false;
    for (const auto& test : graded["tests"]) {
        if (test["status"] == "passed") continue;  // e.g. a wrong answer elsewhere leaves visible_keys as it is
        if (test["status"] == GetParam().status &&
            test["message"].get<std::string>().find(GetParam().words) != std::string::npos) {
            named = true;
        }
    }
    EXPECT_TRUE(named) << "expected a test with status " << GetParam().status << " that says '" << GetParam().words
                       << "'\n"
                       << graded.dump(2);
    EXPECT_LT(graded["score"], graded["max_score"]);
}

INSTANTIATE_TEST_SUITE_P(
    Submissions, BadSubmission,
    testing::Values(Bad{"crashes", "crashed", "SIGSEGV"}, Bad{"hangs", "timed_out", "no answer within"},
                    Bad{"exits_0", "crashed", "exited with status 0 before answering"},
                    Bad{"prints_10_mb", "failed", "expected"}, Bad{"wrong_shape", "failed", "expected shape"},
                    Bad{"answers_nan", "failed", "NaN"}, Bad{"forges_frames", "protocol_error", "another question"},
                    Bad{"does_not_compile", "compile_error", "softmaxx"},
                    Bad{"lacks_a_function", "compile_error", "scaled_dot_product_attention"},
                    Bad{"defines_main", "compile_error", "main"}),
    [](const auto& bad) { return std::string(bad.param.folder); });

TEST(BadSubmission, FileThatDoesNotCompileLeavesTheOtherExercisesGraded) {
    const std::filesystem::path submission = scratch_folder() / "submission";
    std::filesystem::create_directories(submission);
    std::filesystem::copy(root() / "solutions" / "02_attention", submission / "02_attention",
                          std::filesystem::copy_options::recursive);
    std::filesystem::copy_file(root() / "tests/course/submissions/does_not_compile/02_attention/attention.cpp",
                               submission / "02_attention" / "attention.cpp",
                               std::filesystem::copy_options::overwrite_existing);
    const Outcome outcome = workbook_with_report({"check", "2.1", "2.5", "--submission", submission.string()});
    EXPECT_EQ(outcome.exit_status, 1);
    const nlohmann::json broken = exercise(outcome.report, "2.1");
    for (const auto& test : broken["tests"]) EXPECT_EQ(test["status"], "compile_error");
    EXPECT_EQ(broken["score"], 0);
    const nlohmann::json whole = exercise(outcome.report, "2.5");
    EXPECT_EQ(whole["score"], whole["max_score"]) << whole.dump(2);
}

TEST(BadSubmission, ReportOfAHangStandsWithTheExercisesBeforeIt) {
    const std::filesystem::path folder = root() / "tests" / "course" / "submissions" / "hangs";
    const Outcome outcome =
        workbook_with_report({"check", "2.1", "2.5", "--submission", folder.string(), "--seconds", "2"});
    EXPECT_EQ(outcome.exit_status, 1);
    EXPECT_FALSE(exercise(outcome.report, "2.1")["tests"].empty());
    EXPECT_FALSE(exercise(outcome.report, "2.5")["tests"].empty());
}

TEST(BadSubmission, EndlessLoopIsWaitedForTwiceAndNotInEveryTest) {
    const std::filesystem::path folder = root() / "tests" / "course" / "submissions" / "hangs";
    const Outcome outcome = workbook_with_report({"check", "2.1", "--submission", folder.string(), "--seconds", "1"});
    const nlohmann::json graded = exercise(outcome.report, "2.1");
    int waited = 0, spared = 0;
    for (const auto& test : graded["tests"]) {
        if (test["status"] != "timed_out") continue;
        const bool asked = test["message"].get<std::string>().find("no answer within") != std::string::npos;
        ++(asked ? waited : spared);
    }
    EXPECT_EQ(waited, 2) << outcome.output;
    EXPECT_GE(spared, 1) << "the rest is not asked, says so, and earns nothing";
}

TEST(BadCommand, UnknownExerciseSuggestsTheNearest) {
    const Outcome outcome = workbook({"check", "2.l"});
    EXPECT_EQ(outcome.exit_status, 2);
    EXPECT_THAT(outcome.output, HasSubstr("2.l"));
    EXPECT_THAT(outcome.output, HasSubstr("2.1"));
}

TEST(BadCommand, SeedThatIsNoNumberIsOneLine) {
    const Outcome outcome = workbook({"grade", (root() / "starter").string(), "--seed", "abc"});
    EXPECT_EQ(outcome.exit_status, 2);
    EXPECT_THAT(outcome.output, HasSubstr("--seed"));
    EXPECT_THAT(outcome.output, HasSubstr("abc"));
}

TEST(BadCommand, MissingSubmissionFolderIsNamed) {
    const Outcome outcome = workbook({"grade", "/nonexistent/submission"});
    EXPECT_EQ(outcome.exit_status, 2);
    EXPECT_THAT(outcome.output, HasSubstr("/nonexistent/submission"));
}

TEST(BadCommand, UnknownSubcommandIsAUsageError) {
    EXPECT_EQ(workbook({"graed"}).exit_status, 2);
}

TEST(BadCommand, ReportThatCannotBeWrittenIsSaidBeforeAnythingRuns) {
    const Outcome outcome = workbook({"check", "2.5", "--json", "/nonexistent/report.json"});
    EXPECT_EQ(outcome.exit_status, 2);
    EXPECT_THAT(outcome.output, HasSubstr("/nonexistent/report.json"));
}

}  // namespace
}  // namespace wb::course
