// A broken chapter.toml gives one sentence that starts with file:line.
#include "course/toml_file.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

constexpr const char* chapter_toml = "chapters/01_numbers/chapter.toml";

class ChapterFile : public Workshop {
 protected:
    /// The text of the error after one replacement; fails the test when the course still loads.
    std::string error_after(const std::string& from, const std::string& to) {
        replace(chapter_toml, from, to);
        try {
            static_cast<void>(course());
        } catch (const CourseFileError& error) {
            return error.what();
        }
        ADD_FAILURE() << "the course loads with " << to;
        return "";
    }
};

TEST_F(ChapterFile, WholeFileIsRead) {
    const Course loaded = course();
    ASSERT_EQ(loaded.chapters.size(), 1U);
    const Chapter& chapter = loaded.chapters[0];
    EXPECT_EQ(chapter.id, "01_numbers");
    EXPECT_EQ(chapter.max_points(), 19);
    const Exercise& kernel = *chapter.find("1.3");
    EXPECT_TRUE(kernel.has_kernels());
    EXPECT_EQ(kernel.tests[0].seconds, 3) << "the exercise's `seconds` is its tests' default";
    EXPECT_THAT(kernel.tests[1].builds, testing::ElementsAre(Build::race));
    EXPECT_EQ(chapter.find("1.1")->tests[0].seconds, 10);
    EXPECT_EQ(chapter.find("1.4")->questions.size(), 4U);
    EXPECT_EQ(chapter.find("1.4")->max_points(), 4) << "points that a person gives are not in the automatic sum";
    EXPECT_EQ(chapter.owner_of_test("FourTimes.OfFive")->id, "1.2");
}

TEST_F(ChapterFile, SyntaxErrorHasItsLine) {
    EXPECT_THAT(error_after("title = \"Doubling\"", "title = Doubling"),
                testing::StartsWith("chapters/01_numbers/chapter.toml:6: this is not TOML:"));
}

TEST_F(ChapterFile, WithheldHeaderMustBeThere) {  // a misspelt one would be withheld from nobody
    EXPECT_EQ(error_after("files = [\"twice.cpp\"]\n", "files = [\"twice.cpp\"]\nwithheld = [\"wb/tensr.hpp\"]\n"),
              "chapters/01_numbers/chapter.toml:8: `withheld` names headers below library/, such as wb/tensor.hpp, got "
              "\"wb/tensr.hpp\".");
}

TEST_F(ChapterFile, LimitsBelongToTestsOfTheProfileBuild) {
    EXPECT_THAT(error_after("builds = [\"race\"]", "builds = [\"race\"]\nlimits = { traffic = 2 }"),
                testing::HasSubstr("`limits` are of what the profile build counts: give"));
}

TEST_F(ChapterFile, ATestOfTheProfileBuildHasLimits) {
    EXPECT_THAT(error_after("builds = [\"race\"]", "builds = [\"profile\"]"),
                testing::HasSubstr("asks the profile build: give its `limits = {...}`."));
}

TEST_F(ChapterFile, AnUnknownLimitSuggestsTheRightOne) {
    EXPECT_THAT(error_after("builds = [\"race\"]", "builds = [\"profile\"]\nlimits = { trafic = 2 }"),
                testing::HasSubstr("has no key \"trafic\". Did you mean \"traffic\"?"));
}

TEST_F(ChapterFile, LimitsAreRead) {
    replace(chapter_toml, "builds = [\"race\"]", "builds = [\"profile\"]\nlimits = { sectors = 1.5, traffic = 2 }");
    const Course loaded = course();
    const TestSpec& test = loaded.chapters[0].find("1.3")->tests[1];
    EXPECT_EQ(test.limits, (std::map<std::string, double>{{"sectors", 1.5}, {"traffic", 2}}));
}

TEST_F(ChapterFile, MisspeltKeySuggestsTheRightOne) {
    EXPECT_EQ(
        error_after("points = 3", "point = 3"),
        "chapters/01_numbers/chapter.toml:11: a test of exercise 1.1 has no key \"point\". Did you mean \"points\"?");
}

TEST_F(ChapterFile, MissingTitleIsNamed) {
    EXPECT_EQ(error_after("title = \"Doubling\"\n", ""),
              "chapters/01_numbers/chapter.toml:4: exercise 1.1 lacks its `title = \"...\"`.");
}

TEST_F(ChapterFile, TextWhereANumberBelongsIsRefused) {
    EXPECT_EQ(error_after("points = 3", "points = \"3\""),
              "chapters/01_numbers/chapter.toml:11: `points` must be a number, got a text.");
}

TEST_F(ChapterFile, NegativePointsAreRefused) {
    EXPECT_THAT(error_after("points = 3", "points = -3"), testing::HasSubstr(":11: `points` must be a number >= 0"));
}

TEST_F(ChapterFile, SecondExerciseOfOneIdPointsAtTheFirst) {
    EXPECT_EQ(error_after("id = \"1.2\"", "id = \"1.1\""),
              "chapters/01_numbers/chapter.toml:16: exercise \"1.1\" is here a second time; the first is in line 4.");
}

TEST_F(ChapterFile, NeedOfAnUnknownExerciseIsRefused) {
    EXPECT_EQ(error_after("needs = [\"1.1\"]", "needs = [\"1.7\"]"),
              "chapters/01_numbers/chapter.toml:16: exercise 1.2 needs \"1.7\", which this chapter does not have.");
}

TEST_F(ChapterFile, CircleOfNeedsIsRefused) {
    EXPECT_THAT(error_after("files = [\"twice.cpp\"]", "files = [\"twice.cpp\"]\nneeds = [\"1.2\"]"),
                testing::HasSubstr("exercise 1.1 needs itself, through its `needs`."));
}

TEST_F(ChapterFile, FileOutsideTheChapterIsRefused) {
    EXPECT_THAT(error_after("\"twice.cpp\"", "\"../../etc/passwd\""),
                testing::HasSubstr(
                    ":7: `files` holds plain names such as attention.cpp, no folders, got \"../../etc/passwd\"."));
}

TEST_F(ChapterFile, ChapterIdMustBeItsFolder) {
    EXPECT_EQ(error_after("id = \"01_numbers\"", "id = \"01_number\""),
              "chapters/01_numbers/chapter.toml:1: `id` must be the folder's name \"01_numbers\", got \"01_number\".");
}

TEST_F(ChapterFile, TextQuestionWithAutomaticPointsIsRefused) {
    EXPECT_THAT(error_after("manual_points = 3", "points = 3"),
                testing::HasSubstr("write `manual_points`, not `points`."));
}

TEST_F(ChapterFile, NeedsReachThroughOtherNeeds) {
    replace(chapter_toml, "files = [\"row_sum.cu\"]", "files = [\"row_sum.cu\"]\nneeds = [\"1.2\"]");
    const Course loaded = course();
    const Chapter& chapter = loaded.chapters[0];
    std::vector<std::string> ids;
    for (const Exercise* need : chapter.needs_of(*chapter.find("1.3"))) ids.push_back(need->id);
    EXPECT_THAT(ids, testing::ElementsAre("1.1", "1.2"));
}

}  // namespace
}  // namespace wb::grader
