// New exercises and chapters, as far as no compiler is needed: names, places in files, and what is refused.
#include "scaffold/scaffold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "course/course.hpp"
#include "scaffold/insertions.hpp"
#include "scaffold/templates.hpp"

namespace wb::grader {
namespace {

using testing::HasSubstr;

TEST(ScaffoldName, HoldsAsManyWordsOfTheTitleAsFit) {
    EXPECT_EQ(name_from_title("Rotary embeddings (RoPE)"), "rotary_embeddings_rope");
    EXPECT_EQ(name_from_title("How far back a query looks"), "how_far_back_a_query");
    EXPECT_EQ(name_from_title("?!"), "");
}

TEST(ScaffoldTemplate, UnknownWordIsNamed) {
    EXPECT_EQ(filled_in("/// @file\n@NAME@ and @NAME@ @ 2", {{"NAME", "x"}}, "a.in"), "/// @file\nx and x @ 2");
    EXPECT_THROW(filled_in("@WHAT@", {{"NAME", "x"}}, "a.in"), Error);
}

TEST(ScaffoldCMake, EntryGoesBehindTheLastOfItsList) {
    const auto added = [](const std::string& cmake) { return with_cmake_entry(cmake, "f", "c", "TESTS", "n.cpp"); };
    EXPECT_EQ(added("f(c TESTS a.cpp ORACLES o)\n"), "f(c TESTS a.cpp n.cpp ORACLES o)\n");
    EXPECT_EQ(added("f(c TESTS)\n"), "f(c TESTS n.cpp)\n");
    EXPECT_EQ(added("f(c\n  TESTS)\n"), "f(c\n  TESTS\n    n.cpp)\n");
    EXPECT_EQ(added("f(c\n  TESTS\n    a.cpp  # why (that)\n    b.cpp)\n"),
              "f(c\n  TESTS\n    a.cpp  # why (that)\n    b.cpp\n    n.cpp)\n");
    EXPECT_EQ(added("f(c\n  TESTS\n    a.cpp  # why\n  ORACLES o)\n"),
              "f(c\n  TESTS\n    a.cpp  # why\n    n.cpp\n  ORACLES o)\n");
    EXPECT_EQ(added("# f(c TESTS ..)\nf(b TESTS a.cpp)\nf(c TESTS a.cpp)\n"),
              "# f(c TESTS ..)\nf(b TESTS a.cpp)\nf(c TESTS a.cpp n.cpp)\n")
        << "neither a comment nor another chapter's call";
    EXPECT_EQ(added("f(c " + std::string(130, 'a') + " TESTS b)"),
              "f(c " + std::string(130, 'a') + " TESTS b\n  n.cpp)");
}

TEST(ScaffoldCMake, NoListIsNoPlace) {
    EXPECT_EQ(with_cmake_entry("f(c SOURCES a.cpp)", "f", "c", "TESTS", "n.cpp"), std::nullopt);
    EXPECT_EQ(with_cmake_entry("g(c TESTS a.cpp)", "f", "c", "TESTS", "n.cpp"), std::nullopt);
}

TEST(ScaffoldHandout, RowAndSectionGoBehindTheLastOfTheChapter) {
    const std::string page =
        "# T\n\n| | exercise |\n|---|---|\n| 2.1 | a |\n\n### 2.1 A\na\n```\n## no heading\n```\n\n## After\n| 2.9 | "
        "no |\n";
    EXPECT_THAT(*with_table_row(page, "| 2.", "| | exercise |", "| 2.2 | b |"),
                HasSubstr("| 2.1 | a |\n| 2.2 | b |\n\n"));
    EXPECT_THAT(with_section(page, "### 2.", "## After", "### 2.2 B\nb\n\n"),
                HasSubstr("## no heading\n```\n\n### 2.2 B\nb\n\n## After\n"));
    EXPECT_EQ(with_section("# T\n", "### 2.", "## After", "### 2.2 B\n"), "# T\n\n### 2.2 B\n");
    EXPECT_EQ(with_table_row("| | other |\n", "| 2.", "| | exercise |", "r"), std::nullopt);
}

TEST(ScaffoldHandout, PageGoesBehindTheLastChapter) {
    EXPECT_EQ(with_listed_text("p = [\"c/1/R.md\", \"c/2/R.md\"]\nq = [\"c/x.hpp\"]\n", "c/", "/R.md", "c/3/R.md"),
              "p = [\"c/1/R.md\", \"c/2/R.md\",\n  \"c/3/R.md\"]\nq = [\"c/x.hpp\"]\n");
}

/// Drafts of the workbook itself, which are never written.
class Scaffold : public testing::Test {
 protected:
    const Course course = load_course(WB_REPOSITORY);
    const Chapter& chapter = *course.find_chapter("02_attention");
    const std::string next = "2." + std::to_string(chapter.exercises.size() + 1);

    std::string refusal(const std::string& id, const std::string& title, const std::string& name = "") const {
        try {
            (void)draft_exercise(course, chapter, {.id = id, .title = title, .name = name});
        } catch (const UsageError& error) {
            return error.what();
        }
        return "(no error)";
    }
    std::string refusal_of_chapter(const std::string& folder) const {
        try {
            (void)draft_chapter(course, folder, "Title", {.id = "", .title = "Title", .name = ""});
        } catch (const UsageError& error) {
            return error.what();
        }
        return "(no error)";
    }
};

TEST_F(Scaffold, TakenNumbersAndNamesAreRefused) {
    EXPECT_EQ(refusal("2.1", "T"),
              "exercise 2.1 is there already: Scaled dot-product attention. The next one is " + next);
    EXPECT_EQ(refusal("3.1", "T"),
              "an exercise of 02_attention is numbered 2.1, 2.2, .., got \"3.1\". The next one is " + next);
    EXPECT_THAT(refusal(next, "T", "attention"),
                HasSubstr("chapters/02_attention/attention.hpp is there already, and nothing is overwritten"));
    EXPECT_THAT(refusal(next, "T", "scaled_dot_product"),
                HasSubstr("exercise 2.1 has tests called ScaledDotProduct already"));
    EXPECT_THAT(refusal_of_chapter("02_other"), HasSubstr("its number or its name is taken by 02_attention"));
    EXPECT_THAT(refusal_of_chapter("77_attention"), HasSubstr("taken by 02_attention"));
}

TEST_F(Scaffold, WordsThatNothingCanBeCalledAreRefused) {
    EXPECT_THAT(refusal(next, "Two \"quotes\""), HasSubstr("the title must be one line without"));
    EXPECT_THAT(refusal(next, "T", "Big"), HasSubstr("are called \"Big\""));
    EXPECT_THAT(refusal(next, "Switch"), HasSubstr("are called \"switch\""));
    EXPECT_THAT(refusal("2.x", "T"), HasSubstr("got \"2.x\". The next one is " + next));
    EXPECT_THAT(refusal_of_chapter("7_name"), HasSubstr("two digits, _ and small letters, got \"7_name\""));
}

TEST_F(Scaffold, EveryChapterHasItsPlaces) {
    for (const Chapter& one : course.chapters) {
        const std::string id = std::to_string(std::stoi(one.id.substr(0, 2))) + ".99";
        for (const ExerciseKind kind : {ExerciseKind::function, ExerciseKind::kernel, ExerciseKind::theory}) {
            const Draft draft = draft_exercise(course, one, {.id = id, .title = "A title", .name = "", .kind = kind});
            EXPECT_GE(draft.authors_places().size(), 8U) << one.id;
            EXPECT_THAT(draft.text("chapters/" + one.id + "/README.md"), HasSubstr("| " + id + " | A title |"));
        }
    }
}

TEST_F(Scaffold, CopyWithoutSolutionsRefuses) {
    EXPECT_THROW(Templates("/nowhere", "function"), UsageError);
}

}  // namespace
}  // namespace wb::grader
