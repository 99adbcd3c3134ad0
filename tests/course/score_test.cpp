// The three facts about starter and solutions, the mutants and the alternates: what the course promises of its own tests.

#include <algorithm>
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

/// The folders below tests/alternates/<chapter>/.
std::vector<std::filesystem::path> alternates() {
    std::vector<std::filesystem::path> found;
    for (const auto& chapter : std::filesystem::directory_iterator(root() / "tests" / "alternates")) {
        if (!chapter.is_directory()) continue;
        for (const auto& alternate : std::filesystem::directory_iterator(chapter.path()))
            found.push_back(alternate.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

class Alternate : public testing::TestWithParam<std::filesystem::path> {};

// Different but right: an alternate's files take the place of the reference's, and nothing may cost a point.
TEST_P(Alternate, GetsFullMarks) {
    const std::string chapter = GetParam().parent_path().filename().string();
    const std::filesystem::path submission = scratch_folder() / "submission";
    std::filesystem::remove_all(submission);
    std::filesystem::create_directories(submission);
    std::filesystem::copy(root() / "solutions" / chapter, submission / chapter,
                          std::filesystem::copy_options::recursive);
    std::filesystem::copy(GetParam(), submission / chapter,
                          std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
    const Outcome outcome = workbook_with_report({"grade", submission.string(), "--chapters", chapter});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    EXPECT_EQ(outcome.report["score"], outcome.report["max_score"]) << outcome.output;
}

INSTANTIATE_TEST_SUITE_P(Course, Alternate, testing::ValuesIn(alternates()), [](const auto& alternate) {
    std::string name = (alternate.param.parent_path().filename() / alternate.param.filename()).string();
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
});

}  // namespace
}  // namespace wb::course
