// The three facts about starter and solutions, the mutants and the alternates: what the course promises of its own tests.

#include <string>

#include "course.hpp"
#include "files/files.hpp"

namespace wb::course {
namespace {

TEST(Course, SolutionsScoreFullMarks) {
    const Outcome outcome = workbook_with_report({"grade", (root() / "solutions").string()});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    EXPECT_EQ(outcome.report["score"], outcome.report["max_score"]) << outcome.output;
    for (const auto& chapter : outcome.report["chapters"]) EXPECT_EQ(chapter["max_score"], 100) << chapter["id"];
}

// A submission that behaves cannot tell that it is held, and one that does not earns what it earns unheld.
TEST(Course, SandboxChangesNoVerdict) {
    const auto submissions = root() / "tests" / "course" / "submissions";
    for (const std::filesystem::path& submission :
         {root() / "solutions", submissions / "exits_0", submissions / "forges_frames", submissions / "wrong_shape"}) {
        const auto verdicts = [&](std::vector<std::string> words) {
            words.insert(words.begin(), {"grade", submission.string(), "--chapters", "2.1,2.9"});
            Outcome outcome = workbook_with_report(words);
            outcome.report.erase("sandbox");
            for (auto& chapter : outcome.report["chapters"]) {
                for (auto& one : chapter["exercises"]) {
                    for (auto& test : one["tests"]) test.erase("seconds");
                }
            }
            return outcome;
        };
        const Outcome held = verdicts({"--sandbox"});
        if (held.output.find("nothing was graded") != std::string::npos) GTEST_SKIP() << held.output;
        EXPECT_THAT(held.output, testing::HasSubstr("Submissions run in a sandbox ("));
        const Outcome unheld = verdicts({});
        EXPECT_GT(unheld.report["max_score"], 0);
        EXPECT_EQ(held.exit_status, unheld.exit_status);
        EXPECT_EQ(held.report, unheld.report) << submission;
    }
}

TEST(Course, StarterIsWhatTheMarkersGenerate) {
    const Outcome outcome = workbook({"starter", "--check"});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
}

TEST(Course, NothingIsLeftOfWhatAScaffoldAsksItsAuthorFor) {
    std::size_t files = 0;
    for (const char* folder : {"chapters", "solutions", "tests", "docs/edition", "docs/site"}) {
        for (const auto& file : std::filesystem::recursive_directory_iterator(root() / folder)) {
            const std::string name = file.path().string();
            if (!file.is_regular_file() || file.file_size() > 1'000'000 ||
                name.find("scaffold_test") != std::string::npos || name.find("score_test") != std::string::npos)
                continue;
            ++files;
            EXPECT_EQ(grader::read_text(file.path()).find("TODO(author)"), std::string::npos) << name;
        }
    }
    EXPECT_GT(files, 1000U);
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
