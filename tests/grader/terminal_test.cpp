// What is seen on a terminal: aligned rows in the course's order, failures below their row.
#include "report/terminal.hpp"

#include <sstream>

#include "workshop.hpp"

namespace wb::grader {
namespace {

using testing::HasSubstr;
using testing::Not;

Report sample() {
    return {"ann",
            {{"02_attention",
              "Attention",
              {{"2.1",
                "First",
                {{"A.Passes", TestStatus::passed, 3, 3, "visible", 1, ""},
                 {"A.Fails", TestStatus::failed, 0, 1, "visible", 0, "expected 1\ngot 2"}}},
               {"2.10",
                "Second, longer title",
                {{"B.One", TestStatus::not_implemented, 0, 2, "visible", 0, "exercise 2.10 is not implemented yet"}}}},
              {}}}};
}

std::string shown(const Report& report, TerminalStyle style = {}) {
    std::ostringstream out;
    TerminalReport terminal(out, style, report);
    for (const ExerciseReport& exercise : report.chapters[0].exercises) terminal.update(report, exercise);
    terminal.finish(report, "./workbook hint 2.1");
    return out.str();
}

TEST(Terminal, PlainTableIsAligned) {
    EXPECT_EQ(shown(sample()),
              "\n"
              "02_attention  Attention\n"
              "  FAIL 2.1   First                    3 / 4    #######...  1 of 2 tests passed\n"
              "      FAIL A.Fails  failed, 0 of 1\n"
              "          expected 1\n"
              "          got 2\n"
              "  todo 2.10  Second, longer title     0 / 2    ..........  not implemented\n"
              "  ---------------------------------------------------------\n"
              "       ann                            3 / 6    #####.....  1 passed, 1 failed, 1 not implemented\n"
              "\n"
              "Next: ./workbook hint 2.1\n");
}

TEST(Terminal, RowsKeepTheCoursesOrderHoweverTheyEnd) {
    const Report report = sample();
    std::ostringstream out;
    TerminalReport terminal(out, {}, report);
    terminal.update(report, report.chapters[0].exercises[1]);
    EXPECT_EQ(out.str(), "") << "2.10 waits for 2.1";
    terminal.update(report, report.chapters[0].exercises[0]);
    EXPECT_LT(out.str().find("2.1 "), out.str().find("2.10"));
}

TEST(Terminal, OneCauseForAllTestsIsSaidOnce) {
    Report report = sample();
    for (TestReport& test : report.chapters[0].exercises[0].tests)
        test = {test.name, TestStatus::compile_error, 0, 2, "visible", 0, "a.cpp:1:1: error: no"};
    const std::string text = shown(report);
    EXPECT_EQ(text.find("error: no"), text.rfind("error: no"));
    EXPECT_THAT(text, Not(HasSubstr("A.Fails")));
}

TEST(Terminal, MistakeThatSeveralTestsShowIsExplainedOnce) {
    Report report = sample();
    auto& tests = report.chapters[0].exercises[0].tests;
    const std::string mistake = "  The numbers equal the result without the scale.";
    tests = {{"A.One", TestStatus::failed, 0, 1, "visible", 0, "one: 3 of 8 differ\n  at [0]: got 1\n" + mistake},
             {"A.Two", TestStatus::failed, 0, 1, "visible", 0, "two: 5 of 8 differ\n  at [2]: got 7\n" + mistake}};
    EXPECT_THAT(shown(report), HasSubstr("          two: 5 of 8 differ\n"
                                         "            As in A.One: The numbers equal the result without the scale.\n"));
    EXPECT_THAT(shown(report), Not(HasSubstr("got 7"))) << "the JSON report keeps it";
}

TEST(Terminal, SameWordsOfAnotherTestAreNotRepeated) {
    Report report = sample();
    auto& tests = report.chapters[0].exercises[0].tests;
    tests = {{"A.One", TestStatus::failed, 0, 1, "visible", 0, "f threw: no\nmore"},
             {"A.Two", TestStatus::failed, 0, 1, "visible", 0, "f threw: no\nmore"},
             {"A.Three", TestStatus::failed, 0, 1, "visible", 0, "another"}};
    EXPECT_THAT(shown(report), HasSubstr("      FAIL A.Two  failed, 0 of 1\n          As in A.One: f threw: no\n"));
}

TEST(Terminal, SuiteThatIsNotWrittenYetTakesOneLine) {
    Report report = sample();
    auto& tests = report.chapters[0].exercises[0].tests;
    const auto todo = [](const char* name, double points) {
        return TestReport{name, TestStatus::not_implemented,          0, points, "visible",
                          0,    "exercise 2.1 is not implemented yet"};
    };
    tests.push_back(todo("B.One", 2));
    tests.push_back(todo("B.Two", 0.5));
    tests.push_back(todo("C.One", 1));
    const std::string text = shown(report);
    EXPECT_THAT(text, HasSubstr("      todo B: 2 tests  not implemented, 0 of 2.5\n"
                                "      todo C.One  not implemented, 0 of 1\n"));
    EXPECT_THAT(text, Not(HasSubstr("B.Two")));
    EXPECT_THAT(text, Not(HasSubstr("not implemented yet"))) << "it says no more than the line above";
}

TEST(Terminal, TestsThatWaitForAnotherExerciseNameIt) {
    Report report = sample();
    auto& tests = report.chapters[0].exercises[0].tests;
    for (const char* name : {"B.One", "B.Two"})
        tests.push_back({name, TestStatus::not_implemented, 0, 1, "visible", 0, "exercise 1.6 is not implemented yet"});
    EXPECT_THAT(shown(report), HasSubstr("      todo B: 2 tests  exercise 1.6 is not implemented yet, 0 of 2\n"));
    tests.erase(tests.begin(), tests.begin() + 2);
    EXPECT_THAT(shown(report), HasSubstr("          exercise 1.6 is not implemented yet\n")) << "all tests wait for it";
}

TEST(Terminal, LongMessageIsCutAfterTwelveLines) {
    Report report = sample();
    std::string message;
    for (int i = 0; i < 40; ++i) message += "line " + std::to_string(i) + "\n";
    report.chapters[0].exercises[0].tests[1].message = message;
    const std::string text = shown(report);
    EXPECT_THAT(text, HasSubstr("line 11\n          ... 28 more lines (--json FILE keeps them)"));
    EXPECT_THAT(text, Not(HasSubstr("line 12")));
}

TEST(Terminal, SingleLineTooMuchIsShown) {
    Report report = sample();
    std::string message;
    for (int i = 0; i < 13; ++i) message += "line " + std::to_string(i) + "\n";
    report.chapters[0].exercises[0].tests[1].message = message;
    EXPECT_THAT(shown(report), HasSubstr("line 12\n"));
    EXPECT_THAT(shown(report), Not(HasSubstr("more lines")));
}

TEST(Terminal, ColoursOnlyWhenAsked) {
    EXPECT_THAT(shown(sample()), Not(HasSubstr("\x1b")));
    EXPECT_THAT(shown(sample(), {.colour = true}), HasSubstr("\x1b[31mFAIL\x1b[0m"));
}

TEST(Terminal, NoColorIsHonoured) {
    ::setenv("NO_COLOR", "1", 1);
    EXPECT_FALSE(style_of_stdout().colour);
}

TEST(Terminal, FewPointsShowAsOneCellAndAllAsTen) {
    const Paint paint{TerminalStyle{}};
    EXPECT_EQ(paint.bar(0, 100), "..........");
    EXPECT_EQ(paint.bar(1, 100), "#.........");
    EXPECT_EQ(paint.bar(99.9, 100), "#########.");
    EXPECT_EQ(paint.bar(100, 100), "##########");
}

TEST(Terminal, LongLinesAreFoldedBetweenWordsAndIndented) {
    EXPECT_THAT(folded("  thread (0, 0, 0) writes there at line 58", 24),
                testing::ElementsAre("  thread (0, 0, 0)", "    writes there at line", "    58"));
}

TEST(Terminal, LineThatFitsOrHasNoBlankIsLeftWhole) {
    EXPECT_THAT(folded("  short", 80), testing::ElementsAre("  short"));
    EXPECT_THAT(folded("  " + std::string(40, 'x'), 24), testing::ElementsAre("  " + std::string(40, 'x')));
    EXPECT_THAT(folded(std::string(200, 'x') + " y", 0), testing::SizeIs(1));
}

}  // namespace
}  // namespace wb::grader
