// One report, several formats: their exact texts.
#include "report/report.hpp"

#include <nlohmann/json.hpp>

#include "workshop.hpp"

namespace wb::grader {
namespace {

Report sample() {
    return {"ann",
            {{"02_attention",
              "Attention",
              {{"2.1",
                "Scaled & dotted",
                {{"Dot.Works", TestStatus::passed, 3, 3, "visible", 0.5, ""},
                 {"Dot.IsRight", TestStatus::failed, 0, 1.5, "hidden", 0.25, "expected <1>\ngot \"2\""}}},
               {"2.2",
                "On paper",
                {{"why", TestStatus::manual, 0, 0, "visible", 0, "a person marks this"},
                 {"how", TestStatus::crashed, 0, 1, "visible", 0, "gone"}}}},
              {{"loss", 0.5}}}}};
}

TEST(Report, SumsAndOutcomesComeFromTheTests) {
    const Report report = sample();
    EXPECT_EQ(report.score(), 3);
    EXPECT_EQ(report.max_score(), 5.5);
    EXPECT_FALSE(report.passed());
    EXPECT_EQ(report.chapters[0].exercises[0].outcome(), TestStatus::failed);
    EXPECT_EQ(report.chapters[0].exercises[1].outcome(), TestStatus::crashed) << "a text for a person does not count";
}

TEST(Report, PartlyImplementedExerciseIsNotUntouched) {
    const ExerciseReport half{"2.1",
                              "",
                              {{"a", TestStatus::passed, 1, 1, "visible", 0, ""},
                               {"b", TestStatus::not_implemented, 0, 1, "visible", 0, ""}}};
    EXPECT_EQ(half.outcome(), TestStatus::failed);
}

TEST(Report, JsonHasTheDesignsShape) {
    EXPECT_EQ(
        to_json(sample()).dump(),
        R"({"schema":1,"submission":"ann","score":3.0,"max_score":5.5,"chapters":[{"id":"02_attention","score":3.0,"max_score":5.5,"exercises":[)"
        R"({"id":"2.1","title":"Scaled & dotted","score":3.0,"max_score":4.5,"tests":[)"
        R"({"name":"Dot.Works","status":"passed","score":3.0,"max_score":3.0,"visibility":"visible","seconds":0.5,"message":""},)"
        R"({"name":"Dot.IsRight","status":"failed","score":0.0,"max_score":1.5,"visibility":"hidden","seconds":0.25,"message":"expected <1>\ngot \"2\""}]},)"
        R"({"id":"2.2","title":"On paper","score":0.0,"max_score":1.0,"tests":[)"
        R"({"name":"why","status":"manual","score":0.0,"max_score":0.0,"visibility":"visible","seconds":0.0,"message":"a person marks this"},)"
        R"({"name":"how","status":"crashed","score":0.0,"max_score":1.0,"visibility":"visible","seconds":0.0,"message":"gone"}]}],"metrics":{"loss":0.5}}]})");
}

TEST(Report, SandboxIsThatOfItsExercises) {
    Report report = sample();
    EXPECT_FALSE(to_json(report).contains("sandbox")) << "nothing is known of it";
    auto& exercises = report.chapters[0].exercises;
    exercises[0].sandbox = exercises[1].sandbox = "cgroup_v2";
    EXPECT_EQ(to_json(report)["sandbox"], "cgroup_v2");
    exercises[1].sandbox = "none, on purpose";
    EXPECT_EQ(to_json(report)["sandbox"], "cgroup_v2; none, on purpose") << "graded on two machines";
}

TEST(Report, ClassroomGetsPointsByExerciseAndNoWordsOfHiddenTests) {
    Report report = sample();
    const auto json = nlohmann::json::parse(classroom_text(report));
    EXPECT_EQ(json["version"], 1);
    EXPECT_EQ(json["status"], "fail");
    EXPECT_EQ(json["max_score"], 5.5);
    ASSERT_EQ(json["tests"].size(), 2U);
    const auto& first = json["tests"][0];
    EXPECT_EQ(first["name"], "2.1 Scaled & dotted (3 of 4.5 points)");
    EXPECT_EQ(first["status"], "fail");
    EXPECT_EQ(first["score"], 3.0);
    EXPECT_EQ(first["test_code"], "./workbook check 2.1");
    EXPECT_EQ(first["message"], "") << "the test that failed is hidden";
    EXPECT_EQ(json["tests"][1]["message"], "how: crashed\ngone");
    for (ChapterReport& chapter : report.chapters) {
        for (ExerciseReport& exercise : chapter.exercises) {
            for (TestReport& test : exercise.tests) {
                if (test.status != TestStatus::manual) test.status = TestStatus::passed, test.score = test.max_score;
            }
        }
    }
    const auto full = nlohmann::json::parse(classroom_text(report));
    EXPECT_EQ(full["status"], "pass");
    EXPECT_EQ(full["tests"][1]["status"], "pass") << "what a person marks does not count";
}

TEST(Report, GradescopeKeepsHiddenTestsHiddenAndNamesManualOnes) {
    const auto json = nlohmann::json::parse(gradescope_text(sample()));
    EXPECT_EQ(json["score"], 3.0);
    EXPECT_EQ(json["output"], "3 of 5.5 points.\n2.2 why: a person marks this");
    EXPECT_EQ(json["stdout_visibility"], "hidden");
    ASSERT_EQ(json["tests"].size(), 4U);
    EXPECT_EQ(json["tests"][0]["status"], "passed");
    EXPECT_EQ(json["tests"][1]["name"], "2.1 Dot.IsRight");
    EXPECT_EQ(json["tests"][1]["visibility"], "hidden");
    EXPECT_EQ(json["tests"][1]["output"], "failed\nexpected <1>\ngot \"2\"");
    EXPECT_EQ(json["leaderboard"][0]["name"], "loss");
}

TEST(Report, JunitEscapesTextAndTellsFailuresFromErrors) {
    EXPECT_EQ(
        junit_text(sample()),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"ann\" tests=\"4\" failures=\"1\" errors=\"1\">\n"
        "  <testsuite name=\"2.1 Scaled &amp; dotted\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" "
        "time=\"0.750\">\n"
        "    <testcase classname=\"02_attention.2.1\" name=\"Dot.Works\" time=\"0.500\"/>\n"
        "    <testcase classname=\"02_attention.2.1\" name=\"Dot.IsRight\" time=\"0.250\">\n"
        "      <failure type=\"failed\" message=\"expected &lt;1&gt;\">expected &lt;1&gt;&#10;got "
        "&quot;2&quot;</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "  <testsuite name=\"2.2 On paper\" tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"1\" time=\"0.000\">\n"
        "    <testcase classname=\"02_attention.2.2\" name=\"why\" time=\"0.000\"><skipped message=\"a person marks "
        "this\"/></testcase>\n"
        "    <testcase classname=\"02_attention.2.2\" name=\"how\" time=\"0.000\">\n"
        "      <error type=\"crashed\" message=\"gone\">gone</error>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
}

TEST(Report, FileInAFolderThatIsNotThereIsRefused) {
    try {
        write_report_files(sample(), {.json = "/nonexistent/r.json", .gradescope = {}, .junit = {}, .classroom = {}});
        FAIL() << "expected an error";
    } catch (const FileError& error) {
        EXPECT_STREQ(error.what(), "cannot write /nonexistent/r.json: there is no folder /nonexistent");
    }
}

TEST(CleanText, EscapesAndControlCharactersAreTakenOut) {
    EXPECT_EQ(clean_text("a\x1b[31mred\x1b[0m\r\nb\tc\x07"
                         "d\x1b]0;title"),
              "ared\nb\tc?d]0;title");
}

TEST(CleanText, BytesThatAreNoUtf8AreReplaced) {
    EXPECT_EQ(clean_text("ok \xC3\xA4 \xFF \xC0\xAF \xED\xA0\x80"),
              "ok \xC3\xA4 \uFFFD \uFFFD\uFFFD \uFFFD\uFFFD\uFFFD");
}

TEST(CleanText, LongTextIsCutAndSaysSo) {
    EXPECT_EQ(clean_text(std::string(100, 'x'), 10), "xxxxxxxxxx\n... cut here: 100 bytes in all");
}

}  // namespace
}  // namespace wb::grader
