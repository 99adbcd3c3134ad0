// The one screen of check --watch: it fits whatever terminal it is drawn on, and says first what matters most.
#include "report/watch_screen.hpp"

#include "commands/hints.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

TestReport failed(const std::string& name, const std::string& message) {
    return {name, TestStatus::failed, 0, 1, "visible", 0, message};
}

TestReport passed(const std::string& name) {
    return {name, TestStatus::passed, 3, 3, "visible", 0, ""};
}

Report one_exercise(std::vector<TestReport> tests) {
    return {"starter",
            {{"02_attention", "Attention", {{"2.1", "Scaled dot-product attention", std::move(tests)}}, {}}}};
}

const WatchFacts facts{.seconds = 2.25, .advice = {"Next hint"}, .state = "Watching starter"};

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

TEST(WatchScreen, FirstFailureIsToldInFullAndTheOthersInALine) {
    EXPECT_THAT(watch_screen(one_exercise({passed("A.One"), failed("A.Two", "shape is wrong\nexpected 2\ngot 3"),
                                           failed("A.Three", "NaN\nmore of it")}),
                             facts, {.width = 60, .height = 20}),
                ElementsAre("2.1  Scaled dot-product attention          ######....  3 / 5", "", "FAIL A.Two  failed",
                            "    shape is wrong", "    expected 2", "    got 3", "FAIL A.Three  NaN", "",
                            "1 of 3 tests passed, 2.2 s after the save", "Next hint", "Watching starter"));
}

TEST(WatchScreen, FailureThatNamesTheMistakeIsToldBeforeOneThatOnlySeesIt) {
    const std::string named = "weights: 4 of 4 are wrong\n  The numbers equal the result without the scale.";
    const std::string screen = joined(watch_screen(
        one_exercise({failed("A.One", "NaN\nmore of it"), failed("A.Two", named), failed("A.Three", named)}), facts,
        {.width = 60, .height = 20}));
    EXPECT_THAT(screen, HasSubstr("FAIL A.Two  failed\n    weights: 4 of 4 are wrong\n      The numbers equal"));
    EXPECT_THAT(screen, HasSubstr("FAIL A.One  NaN\n"));
    EXPECT_THAT(screen, Not(HasSubstr("more of it")));
}

TEST(WatchScreen, NoLineAndNoScreenIsLargerThanTheTerminal) {
    std::string message = std::string(300, 'x');
    for (int i = 0; i < 60; ++i) message += "\nline " + std::to_string(i) + " with some more words to fold at the edge";
    std::vector<TestReport> tests;
    for (int i = 0; i < 30; ++i)
        tests.push_back(failed("Suite.TestNumber" + std::to_string(i), "\ttab " + message + std::to_string(i)));
    const std::pair<std::size_t, std::size_t> sizes[] = {{80, 24}, {40, 12}, {20, 6}, {200, 60}, {10, 6}};
    for (const auto& [width, height] : sizes) {
        for (const bool unicode : {false, true}) {
            const auto lines = watch_screen(one_exercise(tests), facts,
                                            {.colour = true, .unicode = unicode, .width = width, .height = height});
            EXPECT_LE(lines.size(), height);
            for (const std::string& line : lines) {
                EXPECT_LE(columns(line), width) << line;
                EXPECT_EQ(line.find('\t'), std::string::npos) << "a tab takes up to eight columns";
            }
        }
    }
}

TEST(WatchScreen, LongMessageLeavesRoomForTheOthersAndSaysHowMuchIsLeftOut) {
    std::string message = "line 0";
    for (int i = 1; i < 60; ++i) message += "\nline " + std::to_string(i);
    std::vector<TestReport> tests;
    for (int i = 0; i < 30; ++i) tests.push_back(failed("A.Test" + std::to_string(i), message + std::to_string(i)));
    const auto lines = watch_screen(one_exercise(tests), facts, {.width = 80, .height = 24});
    EXPECT_THAT(lines, SizeIs(24));
    const std::string text = joined(lines);
    EXPECT_THAT(text, HasSubstr("more lines: ./workbook check 2.1\nFAIL A.Test1  line 0\n"));
    EXPECT_THAT(text, HasSubstr("\n... and 24 more\n"));
    EXPECT_THAT(text, testing::EndsWith("Next hint\nWatching starter\n")) << "what helps is never cut";
}

TEST(WatchScreen, OneCauseForAllTestsIsNotSaidToBeOneTests) {
    std::vector<TestReport> tests{failed("A.One", "a.cpp:1:1: error: no"), failed("A.Two", "a.cpp:1:1: error: no")};
    for (TestReport& test : tests) test.status = TestStatus::compile_error;
    const std::string text = joined(watch_screen(one_exercise(tests), facts, {.width = 60, .height = 20}));
    EXPECT_THAT(text, HasSubstr("FAIL compile error\n    a.cpp:1:1: error: no\n"));
    EXPECT_THAT(text, Not(HasSubstr("A.")));
}

TEST(WatchScreen, OfAChapterTheFirstThatWentWrongIsToldBeforeWhatIsNotWritten) {
    Report report =
        one_exercise({{"A.One", TestStatus::not_implemented, 0, 1, "visible", 0, "exercise 2.1 is not .."}});
    report.chapters[0].exercises.push_back({"2.2", "Second", {failed("B.One", "wrong")}});
    report.chapters[0].exercises.push_back({"2.3", "Third", {failed("C.One", "wrong too")}});
    EXPECT_EQ(first_open(report)->id, "2.2");
    const std::string text = joined(watch_screen(report, facts, {.width = 60, .height = 20}));
    EXPECT_THAT(text, testing::StartsWith("02_attention  Attention"));
    EXPECT_THAT(text, HasSubstr("2.2  Second  0 / 1\nFAIL B.One  failed\n    wrong\nFAIL 2.3  Third  0 / 1\n"));
}

TEST(WatchScreen, AllPassedIsSaid) {
    const Report report = one_exercise({passed("A.One")});
    EXPECT_EQ(first_open(report), nullptr);
    EXPECT_THAT(joined(watch_screen(report, facts, {.width = 60, .height = 20})),
                HasSubstr("ok   All tests passed.\n\n1 of 1 tests passed"));
}

TEST(WatchScreen, ClippedLineKeepsItsColoursAndWholeCharacters) {
    EXPECT_EQ(clipped("short", 10, false), "short");
    EXPECT_EQ(clipped("0123456789", 8, false), "01234...");
    EXPECT_EQ(clipped("\u2718\u2718\u2718\u2718", 3, true), "\u2718\u2718\u2026");
    EXPECT_EQ(clipped("\x1b[31mred and long\x1b[0m", 4, true), "\x1b[31mred\u2026\x1b[0m");
}

/// A watch in a terminal of 24 lines and 80 columns, as `script` gives one.
class WatchOnATerminal : public Workshop {
 protected:
    [[nodiscard]] ProcessResult run(const std::string& words, const std::string& then) const {
        ProcessOptions options;
        options.argv = {"sh", "-c",
                        "until_it_says() { i=0; while [ $i -lt 300 ] && ! grep -q \"$1\" screen; do sleep 0.1; "
                        "i=$((i+1)); done; }; touch screen; "
                        "script -qefc 'stty rows 24 cols 80; echo $$ > pid; exec \"$CLI\" --toolchain "
                        "build/dev/toolchain.json check $WORDS --watch' screen < /dev/null > /dev/null & " +
                            then +
                            " until_it_says Watching; kill -INT $(cat pid); wait $!; echo status $?; cat screen"};
        options.directory = root;
        options.environment = {{"CLI", WB_CLI}, {"WORDS", words}, {"TERM", "xterm"}, {"LC_ALL", "C"}};
        return run_process(options);
    }
};

TEST_F(WatchOnATerminal, ScreenIsDrawnOverAfterASaveAndTheTerminalIsGivenBack) {
    ASSERT_EQ(cli({"starter"}).exit_status, 0);
    const ProcessResult result =
        run("1.1",
            "until_it_says Watching; cp solutions/01_numbers/twice.cpp starter/01_numbers/; until_it_says 'All tests "
            "passed';");
    EXPECT_THAT(result.output, HasSubstr("status 130\n"));
    EXPECT_THAT(result.output, HasSubstr("\x1b[?1049h\x1b[?25l")) << "the other screen, no cursor";
    EXPECT_THAT(result.output, testing::ContainsRegex("0 of 2 tests passed, [0-9.]+ s after the start"));
    EXPECT_THAT(result.output, HasSubstr("Look for TODO(1.1) in starter/01_numbers/twice.cpp"));
    EXPECT_THAT(result.output, HasSubstr("Next hint for 1.1: 1st of 3, costs nothing: ./workbook hint 1.1"));
    EXPECT_THAT(result.output, testing::ContainsRegex("2 of 2 tests passed, [0-9.]+ s after the save"));
    const auto back = result.output.rfind("\x1b[?25h\x1b[?1049l");
    ASSERT_NE(back, std::string::npos) << "cursor and first screen are back";
    EXPECT_THAT(result.output.substr(back), HasSubstr("2 of 2 tests passed")) << "the last verdict stays";
}

TEST_F(WatchOnATerminal, OfAChapterOnlyWhatTheSavedFileBelongsToIsCheckedAgain) {
    ASSERT_EQ(cli({"starter"}).exit_status, 0);
    const ProcessResult result =
        run("1",
            "until_it_says Watching; cp solutions/01_numbers/row_sum.cu starter/01_numbers/; "
            "until_it_says 'Checking 1.3'; cp solutions/01_numbers/twice.cpp starter/01_numbers/; "
            "until_it_says '10 / 19';");
    EXPECT_THAT(result.output, HasSubstr("Checking 4 exercises, 0 done ...")) << "at first, all";
    EXPECT_THAT(result.output, HasSubstr("Checking 1.3 ..."));
    EXPECT_THAT(result.output, HasSubstr("Checking 2 exercises, 0 done ...")) << "1.1, and 1.2, which calls it";
    EXPECT_THAT(result.output, HasSubstr("10 / 19")) << "1.3's points stay";
}

TEST(NextHint, SaysLessWhereThereIsLessRoom) {
    Exercise exercise;
    exercise.id = "2.1";
    EXPECT_EQ(next_hint(exercise, 0), "") << "there is none";
    exercise.hints = {"a", "b", "c"};
    EXPECT_EQ(next_hint(exercise, 1, 80), "Next hint for 2.1: 2nd of 3, costs nothing: ./workbook hint 2.1");
    EXPECT_EQ(next_hint(exercise, 2, 40), "./workbook hint 2.1: 3rd of 3, free");
    EXPECT_EQ(next_hint(exercise, 0, 20), "./workbook hint 2.1");
    EXPECT_EQ(next_hint(exercise, 3, 80), "All 3 hints for 2.1 are out: ./workbook hint 2.1");
}

}  // namespace
}  // namespace wb::grader
