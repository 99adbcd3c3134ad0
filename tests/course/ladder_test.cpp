// What handouts and docs print of kernels is what ./workbook profile counts today.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "course.hpp"
#include "course/course.hpp"

namespace wb::course {
namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The rows of a table that `profile` printed, each of which `page` must hold.
void expect_rows_in(const std::filesystem::path& page, const Outcome& outcome) {
    ASSERT_EQ(outcome.exit_status, 0) << outcome.output;
    const std::string text = text_of(page);
    std::istringstream lines(outcome.output);
    int rows = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `")) continue;
        ++rows;
        EXPECT_NE(text.find(line), std::string::npos) << page.string() << " lacks the row\n" << line;
    }
    EXPECT_GT(rows, 0) << outcome.output;
}

/// The folders of the chapters that have a ladder: a chapter can do without.
std::vector<std::filesystem::path> chapters_with_ladders() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(root() / "chapters")) {
        if (std::filesystem::exists(entry.path() / "ladder.cu")) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// The ids of the exercises that have kernels.
std::vector<std::string> kernel_exercises() {
    std::vector<std::string> ids;
    for (const grader::Chapter& chapter : grader::load_course(root()).chapters) {
        for (const grader::Exercise& exercise : chapter.exercises) {
            if (exercise.has_kernels()) ids.push_back(exercise.id);
        }
    }
    return ids;
}

class ReferenceKernels : public testing::TestWithParam<std::string> {};

TEST_P(ReferenceKernels, HaveTheCountersThatTheDocsPrint) {
    expect_rows_in(root() / "docs" / "kernel_lab.md",
                   workbook({"profile", GetParam(), "--submission", (root() / "solutions").string(), "--table"}));
}

INSTANTIATE_TEST_SUITE_P(Course, ReferenceKernels, testing::ValuesIn(kernel_exercises()), [](const auto& id) {
    std::string name = "exercise_" + id.param;
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
});

class ThreeKernels : public testing::TestWithParam<std::string> {};

TEST_P(ThreeKernels, HaveTheCountersThatTheDocsPrint) {
    const std::filesystem::path docs = root() / "docs";
    expect_rows_in(
        docs / "three_kernels.md",
        workbook({"profile", (docs / "three_kernels" / (GetParam() + ".cu")).string(), "--entry", "run", "--table"}));
}

INSTANTIATE_TEST_SUITE_P(Course, ThreeKernels, testing::Values("drift", "crowd", "roots"),
                         [](const auto& name) { return name.param; });

class Ladder : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Ladder, HasTheCountersThatTheHandoutPrints) {
    const std::filesystem::path ladder = GetParam() / "ladder.cu";
    expect_rows_in(GetParam() / "README.md", workbook({"profile", ladder.string(), "--entry", "climb", "--table"}));
}

INSTANTIATE_TEST_SUITE_P(Course, Ladder, testing::ValuesIn(chapters_with_ladders()), [](const auto& chapter) {
    return "chapter_" + chapter.param.filename().string().substr(0, 2);
});

}  // namespace
}  // namespace wb::course
