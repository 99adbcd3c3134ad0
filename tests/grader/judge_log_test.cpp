// Fail-closed: only a judge's line that says 'passed' earns points.
#include "grade/judge_run.hpp"

#include "workshop.hpp"

namespace wb::grader {
namespace {

const std::vector<TestSpec> tests{{"Suite.One", 3, 10, "visible", {}}, {"Suite.Two", 2, 10, "visible", {}}};
const Exercise exercise{"2.1", "An exercise", {"a.cpp"}, {}, {}, {}, tests, {}};

JudgeLog log_of(const std::vector<std::string>& lines) {
    JudgeLog log;
    for (const std::string& line : lines) log.line(line);
    log.how_the_judge_ended = "exited with status 0";
    return log;
}

TEST(JudgeLog, PassedTestsEarnTheirPoints) {
    const ExerciseReport report =
        scored(exercise, tests,
               log_of({R"({"event":"end","test":"Suite.One","status":"passed","seconds":0.5,"message":""})",
                       R"({"event":"end","test":"Suite.Two","status":"failed","seconds":0.1,"message":"wrong"})"}),
               "");
    EXPECT_EQ(report.score(), 3);
    EXPECT_EQ(report.max_score(), 5);
    EXPECT_EQ(report.tests[0].seconds, 0.5);
    EXPECT_EQ(report.tests[1].message, "wrong");
}

TEST(JudgeLog, TestWithoutAnEndIsACrash) {
    const ExerciseReport report = scored(exercise, tests, log_of({R"({"event":"start","test":"Suite.One"})"}), "");
    EXPECT_EQ(report.score(), 0);
    EXPECT_EQ(report.tests[0].status, TestStatus::crashed);
    EXPECT_EQ(report.tests[0].message, "the judge stopped in the middle of this test: it exited with status 0");
    EXPECT_EQ(report.tests[1].message, "the judge did not come to this test: it exited with status 0");
}

TEST(JudgeLog, LinesThatAreNoResultsChangeNothing) {
    const JudgeLog log =
        log_of({"", "[  PASSED  ] 2 tests", "{\"event\":\"end\"", "[1,2]", R"({"event":"end","status":"passed"})",
                R"({"event":3})", R"({"event":"end","test":["Suite.One"],"status":"passed"})"});
    EXPECT_EQ(scored(exercise, tests, log, "").score(), 0);
}

TEST(JudgeLog, UnknownStatusEarnsNothing) {
    const ExerciseReport report =
        scored(exercise, tests, log_of({R"({"event":"end","test":"Suite.One","status":"PASSED"})"}), "");
    EXPECT_EQ(report.tests[0].status, TestStatus::protocol_error);
    EXPECT_EQ(report.score(), 0);
}

TEST(JudgeLog, OfTwoEndsTheWorseStands) {
    const char* pass = R"({"event":"end","test":"Suite.One","status":"passed"})";
    const char* fail = R"({"event":"end","test":"Suite.One","status":"failed"})";
    EXPECT_EQ(scored(exercise, tests, log_of({pass, fail}), "").score(), 0);
    EXPECT_EQ(scored(exercise, tests, log_of({fail, pass}), "").score(), 0);
}

TEST(JudgeLog, SkippedTestNeitherEarnsNorCosts) {
    const ExerciseReport report =
        scored(exercise, tests,
               log_of({R"({"event":"end","test":"Suite.One","status":"passed"})",
                       R"({"event":"end","test":"Suite.Two","status":"skipped","message":"no GPU here"})"}),
               "");
    EXPECT_EQ(report.score(), 3);
    EXPECT_EQ(report.max_score(), 3);
    EXPECT_TRUE(report.passed());
}

TEST(JudgeLog, MetricsAreCollectedAndInfinityIsNot) {
    const JudgeLog log =
        log_of({R"({"event":"metric","name":"loss","value":0.87})", R"({"event":"metric","name":"bad","value":"x"})",
                R"({"event":"metric","name":"big","value":1e999})"});
    EXPECT_EQ(log.metrics.at("loss"), 0.87);
    EXPECT_FALSE(log.metrics.contains("big"));
}

TEST(JudgeLog, NoteGoesToWhatDidNotPass) {
    const ExerciseReport report =
        scored(exercise, tests,
               log_of({R"({"event":"end","test":"Suite.One","status":"passed"})",
                       R"({"event":"end","test":"Suite.Two","status":"failed","message":"wrong"})"}),
               "2.0 is broken");
    EXPECT_EQ(report.tests[0].message, "");
    EXPECT_EQ(report.tests[1].message, "wrong\n2.0 is broken");
}

}  // namespace
}  // namespace wb::grader
