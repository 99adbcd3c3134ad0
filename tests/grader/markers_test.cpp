// Solutions become starters by their markers, and a marker that does not fit is refused with file:line.
#include "starter/markers.hpp"

#include "starter/starter.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

std::string refusal(const std::string& solution) {
    try {
        starter_text(solution, "a.cpp", [](const std::string& id) { return id == "2.1"; });
    } catch (const MarkerError& error) {
        return error.what();
    }
    return "(no error)";
}

TEST(Markers, BodyBecomesAThrowAtTheMarkersIndent) {
    EXPECT_EQ(starter_text("int f() {\n    // SOLUTION BEGIN 2.1\n    return 1;\n    // SOLUTION END\n}\n", "a.cpp"),
              "int f() {\n    throw wb::NotImplemented(\"2.1\");\n}\n");
}

TEST(Markers, RemovedLinesLeaveNoTwoBlankLines) {
    EXPECT_EQ(
        starter_text("#include <a>\n\n// SOLUTION BEGIN 2.1 removed\nint help();\n// SOLUTION END\n\n// TODO(2.1)\n",
                     "a.cpp"),
        "#include <a>\n\n// TODO(2.1)\n");
}

TEST(Markers, AnswersBecomeBlank) {
    EXPECT_EQ(starter_text("[q]\n# SOLUTION BEGIN 2.1\nanswer = [1, 2]\n# SOLUTION END\n", "answers.toml"),
              "[q]\nanswer = \"\"\n");
}

TEST(Markers, LinesOutsideStayAsTheyAre) {
    const std::string text = "// a SOLUTION is near\n\n\nint x;  // SOLUTION\n";
    EXPECT_EQ(starter_text(text, "a.cpp"), text);
}

TEST(Markers, BeginWithoutEndPointsAtTheBegin) {
    EXPECT_EQ(refusal("int x;\n// SOLUTION BEGIN 2.1\nint y;\n"),
              "a.cpp:2: this SOLUTION BEGIN has no SOLUTION END below it.");
}

TEST(Markers, EndWithoutBeginIsRefused) {
    EXPECT_EQ(refusal("// SOLUTION END\n"), "a.cpp:1: this SOLUTION END has no SOLUTION BEGIN above it.");
}

TEST(Markers, BeginInsideABeginIsRefused) {
    EXPECT_EQ(refusal("// SOLUTION BEGIN 2.1\n// SOLUTION BEGIN 2.1\n"),
              "a.cpp:2: SOLUTION BEGIN inside the one of line 1: end that first.");
}

TEST(Markers, ExerciseThatDoesNotOwnTheFileIsRefused) {
    EXPECT_EQ(refusal("// SOLUTION BEGIN 2.2\n// SOLUTION END\n"),
              "a.cpp:1: exercise 2.2 does not name this file in its chapter.toml.");
}

TEST(Markers, MisspeltMarkersAreRefusedRatherThanKept) {
    EXPECT_EQ(refusal("// SOLUTION START 2.1\n"),
              "a.cpp:1: a marker is SOLUTION BEGIN or SOLUTION END, got \"START\".");
    EXPECT_EQ(refusal("// SOLUTION BEGIN 2.1 remove\n"),
              "a.cpp:1: a marker ends here or with \"removed\", got \"remove\".");
    EXPECT_EQ(refusal("# SOLUTION BEGIN 2.1\n"), "a.cpp:1: markers of this file start with //.");
    EXPECT_EQ(refusal("// SOLUTION BEGIN\n"),
              "a.cpp:1: SOLUTION BEGIN must name its exercise, such as SOLUTION BEGIN 2.1.");
}

using Starter = Workshop;

TEST_F(Starter, WrittenTreeAgreesAndHoldsNoSolution) {
    EXPECT_EQ(check_starter(course()).size(), 4U) << "four files are missing at first";
    EXPECT_EQ(write_starter(course(), at("backup")).size(), 4U);
    EXPECT_TRUE(check_starter(course()).empty());
    EXPECT_THAT(text("starter/01_numbers/twice.cpp"), testing::Not(testing::HasSubstr("sum")));
}

TEST_F(Starter, DifferencesAreNamedWithTheirFirstLine) {
    write_starter(course(), at("backup"));
    replace("starter/01_numbers/twice.cpp", "// TODO(1.1): double x.", "// double x");
    write("starter/01_numbers/extra.cpp", "int x;\n");
    const auto differences = check_starter(course());
    ASSERT_EQ(differences.size(), 2U);
    EXPECT_EQ(differences[0].file.string() + " " + differences[0].what,
              "starter/01_numbers/twice.cpp differs from what solutions/ generates, first in line 5");
    EXPECT_EQ(differences[1].file.string() + " " + differences[1].what,
              "starter/01_numbers/extra.cpp has no file in solutions/ to come from");
}

TEST_F(Starter, OverwrittenFilesAreBackedUp) {
    write_starter(course(), at("backup"));
    write("starter/01_numbers/twice.cpp", "my work\n");
    write_starter(course(), at("backup"));
    EXPECT_EQ(text("backup/starter/01_numbers/twice.cpp"), "my work\n");
    EXPECT_TRUE(check_starter(course()).empty());
}

}  // namespace
}  // namespace wb::grader
