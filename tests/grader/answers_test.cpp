// Theory questions: right, wrong, blank, broken; and texts that a person marks.
#include "course/toml_file.hpp"
#include "grade/theory.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

class Answers : public Workshop {
 protected:
    Answers() { submit(); }

    ExerciseReport judged() {
        const Course all = course();
        const Chapter& chapter = all.chapters[0];
        return judge_theory(all, chapter, *chapter.find("1.4"), at("mine/01_numbers"));
    }
    /// The report of one question after one replacement in answers.toml.
    TestReport after(const std::string& from, const std::string& to, std::size_t question) {
        replace("mine/01_numbers/answers.toml", from, to);
        return judged().tests.at(question);
    }
};

TEST_F(Answers, RightOnesEarnTheirPointsAndATextWaitsForAPerson) {
    const ExerciseReport report = judged();
    EXPECT_EQ(report.score(), 4);
    EXPECT_EQ(report.max_score(), 4);
    EXPECT_TRUE(report.passed());
    EXPECT_EQ(report.tests[3].status, TestStatus::manual);
    EXPECT_EQ(report.tests[3].message, "a person marks this answer: up to 3 points beside the automatic ones");
}

TEST_F(Answers, NumberWithinTheToleranceIsRight) {
    EXPECT_EQ(after("answer = 0.5", "answer = 0.509", 0).status, TestStatus::passed);
}

TEST_F(Answers, WrongNumberShowsWhyAndNotTheAnswer) {
    const TestReport report = after("answer = 0.5", "answer = 0.52", 0);
    EXPECT_EQ(report.status, TestStatus::failed);
    EXPECT_EQ(report.score, 0);
    EXPECT_EQ(report.message, "not the right answer. Half of one.");
}

TEST_F(Answers, NanIsNoNumber) {
    EXPECT_EQ(after("answer = 0.5", "answer = nan", 0).status, TestStatus::compile_error);
}

TEST_F(Answers, OrderOfAllOptionsInAnotherOrderIsWrong) {
    EXPECT_EQ(after("[2, 3, 1]", "[3, 2, 1]", 2).status, TestStatus::failed);
}

TEST_F(Answers, OrderWithAnOptionTwiceIsBroken) {
    const TestReport report = after("[2, 3, 1]", "[2, 2, 1]", 2);
    EXPECT_EQ(report.status, TestStatus::compile_error);
    EXPECT_EQ(report.message,
              "01_numbers/answers.toml:13: the answer to sizes must be a list of the option numbers 1 to 3, each once, "
              "got a list.");
}

TEST_F(Answers, BadlyTypedAnswerCostsItsOwnQuestionOnly) {
    replace("mine/01_numbers/answers.toml", "answer = 2\n", "answer = \"two\"\n");
    const ExerciseReport report = judged();
    EXPECT_EQ(report.tests[1].status, TestStatus::compile_error);
    EXPECT_THAT(report.tests[1].message, testing::HasSubstr("must be the number of one option, 1 to 3"));
    EXPECT_EQ(report.tests[0].status, TestStatus::passed);
    EXPECT_EQ(report.score(), report.max_score() - report.tests[1].max_score);
}

TEST_F(Answers, BlankAnswersAreNotImplemented) {
    EXPECT_EQ(after("answer = 2\n", "answer = \"\"\n", 1).status, TestStatus::not_implemented);
    EXPECT_EQ(after("answer = \"It is twice 2.\"", "answer = \"  \"", 3).status, TestStatus::not_implemented);
    EXPECT_EQ(after("answer = 0.5", "", 0).status, TestStatus::not_implemented);
}

TEST_F(Answers, BrokenFileCostsTheExerciseAndHasItsLine) {
    replace("mine/01_numbers/answers.toml", "answer = 2\n", "answer = = 2\n");
    const ExerciseReport report = judged();
    EXPECT_EQ(report.score(), 0);
    for (const TestReport& test : report.tests) {
        EXPECT_EQ(test.status, TestStatus::compile_error);
        EXPECT_THAT(test.message, testing::StartsWith("01_numbers/answers.toml:8: this is not TOML:"));
    }
}

TEST_F(Answers, UnknownQuestionSuggestsTheNearest) {
    EXPECT_EQ(after("[even]", "[evne]", 0).message,
              "01_numbers/answers.toml:6: there is no question \"evne\". Did you mean \"even\"?");
}

TEST_F(Answers, MissingFileIsNotImplemented) {
    std::filesystem::remove(at("mine/01_numbers/answers.toml"));
    EXPECT_EQ(judged().outcome(), TestStatus::not_implemented);
}

TEST_F(Answers, InAStudentEditionOnlyTheirFormIsLookedAt) {
    std::filesystem::remove(at("tests/01_numbers/answer_key.toml"));
    std::filesystem::remove_all(at("solutions"));
    const ExerciseReport report = judged();
    EXPECT_EQ(report.outcome(), TestStatus::skipped);
    EXPECT_EQ(report.score(), 0);
    EXPECT_EQ(report.max_score(), 0);
    EXPECT_EQ(after("answer = 2", "answer = 4", 1).status, TestStatus::compile_error);
}

TEST_F(Answers, AKeyThatIsLostIsAFaultOfTheCourse) {
    std::filesystem::remove(at("tests/01_numbers/answer_key.toml"));
    EXPECT_THROW(judged(), FileError);
}

TEST_F(Answers, KeyOfTheWrongKindIsAFaultOfTheCourse) {
    replace("tests/01_numbers/answer_key.toml", "answer = 2\n", "answer = 4\n");
    try {
        judged();
        FAIL() << "expected an error";
    } catch (const CourseFileError& error) {
        EXPECT_STREQ(error.what(),
                     "tests/01_numbers/answer_key.toml:5: `answer` of even must be the number of one option, 1 to 3.");
    }
}

}  // namespace
}  // namespace wb::grader
