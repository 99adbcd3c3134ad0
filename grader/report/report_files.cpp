/// The report as JSON, as Gradescope's results.json, as what GitHub Classroom reads, and as JUnit XML.
#include <fmt/format.h>
#include <cmath>

#include <nlohmann/json.hpp>

#include "files/files.hpp"
#include "report/report.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
using nlohmann::ordered_json;

namespace {

std::string text_of(const ordered_json& json) {
    return json.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string xml(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\n':
                result += "&#10;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

bool is_failure(TestStatus status) {
    return status == TestStatus::failed || status == TestStatus::not_implemented;
}
bool is_neutral(const TestReport& test) {
    return test.status == TestStatus::manual || test.status == TestStatus::skipped;
}

std::string junit_case(const ChapterReport& chapter, const ExerciseReport& exercise, const TestReport& test) {
    const std::string head = fmt::format("    <testcase classname=\"{}.{}\" name=\"{}\" time=\"{:.3f}\"",
                                         xml(chapter.id), xml(exercise.id), xml(test.name), test.seconds);
    if (test.status == TestStatus::passed) return head + "/>\n";
    const auto first_line = test.message.substr(0, test.message.find('\n'));
    if (is_neutral(test)) return head + fmt::format("><skipped message=\"{}\"/></testcase>\n", xml(first_line));
    const char* tag = is_failure(test.status) ? "failure" : "error";
    return head + fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n", tag,
                              name_of(test.status), xml(first_line), xml(test.message));
}

}  // namespace

ordered_json to_json(const Report& report) {
    ordered_json chapters = ordered_json::array();
    for (const ChapterReport& chapter : report.chapters) {
        ordered_json exercises = ordered_json::array();
        for (const ExerciseReport& exercise : chapter.exercises) {
            ordered_json tests = ordered_json::array();
            for (const TestReport& test : exercise.tests) {
                tests.push_back({{"name", test.name},
                                 {"status", name_of(test.status)},
                                 {"score", test.score},
                                 {"max_score", test.max_score},
                                 {"visibility", test.visibility},
                                 {"seconds", test.seconds},
                                 {"message", test.message}});
            }
            exercises.push_back({{"id", exercise.id},
                                 {"title", exercise.title},
                                 {"score", exercise.score()},
                                 {"max_score", exercise.max_score()},
                                 {"tests", tests}});
        }
        chapters.push_back({{"id", chapter.id},
                            {"score", chapter.score()},
                            {"max_score", chapter.max_score()},
                            {"exercises", exercises},
                            {"metrics", chapter.metrics}});
    }
    ordered_json json{
        {"schema", 1}, {"submission", report.submission}, {"score", report.score()}, {"max_score", report.max_score()}};
    if (const std::string sandbox = report.sandbox(); !sandbox.empty()) json["sandbox"] = sandbox;
    json["chapters"] = chapters;
    return json;
}

std::string gradescope_text(const Report& report) {
    ordered_json tests = ordered_json::array(), board = ordered_json::array();
    std::string manual;
    for (const ChapterReport& chapter : report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {
            for (const TestReport& test : exercise.tests) {
                if (test.status == TestStatus::manual)
                    manual += fmt::format("\n{} {}: {}", exercise.id, test.name, test.message);
                std::string output = test.message;
                if (test.status != TestStatus::passed)
                    output = fmt::format("{}{}{}", name_of(test.status), output.empty() ? "" : "\n", output);
                tests.push_back(
                    {{"number", exercise.id},
                     {"name", fmt::format("{} {}", exercise.id, test.name)},
                     {"score", test.score},
                     {"max_score", test.max_score},
                     {"status", test.status == TestStatus::passed || is_neutral(test) ? "passed" : "failed"},
                     {"output", output},
                     {"output_format", "text"},
                     {"tags", {chapter.id}},
                     {"visibility", test.visibility}});
            }
        }
        for (const auto& [name, value] : chapter.metrics) board.push_back({{"name", name}, {"value", value}});
    }
    ordered_json root{{"score", report.score()},
                      {"execution_time", std::lround(report.seconds())},
                      {"output", fmt::format("{:g} of {:g} points.{}", report.score(), report.max_score(), manual)},
                      {"output_format", "text"},
                      {"visibility", "visible"},
                      {"stdout_visibility", "hidden"},
                      {"tests", tests}};
    if (!board.empty()) root["leaderboard"] = board;
    return text_of(root);
}

std::string classroom_text(const Report& report) {
    ordered_json tests = ordered_json::array();
    for (const ChapterReport& chapter : report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {
            std::string message;
            bool full = true;
            for (const TestReport& test : exercise.tests) {
                if (test.status == TestStatus::passed || is_neutral(test)) continue;
                full = false;
                if (test.visibility != "visible") continue;
                message += fmt::format("{}{}: {}{}{}", message.empty() ? "" : "\n", test.name, name_of(test.status),
                                       test.message.empty() ? "" : "\n", test.message);
            }
            tests.push_back({{"name", fmt::format("{} {} ({:g} of {:g} points)", exercise.id, exercise.title,
                                                  exercise.score(), exercise.max_score())},
                             {"status", full ? "pass" : "fail"},
                             {"score", exercise.score()},
                             {"message", message},
                             {"test_code", "./workbook check " + exercise.id},
                             {"filename", ""},
                             {"line_no", 0}});
        }
    }
    return text_of({{"version", 1},
                    {"status", report.passed() ? "pass" : "fail"},
                    {"max_score", report.max_score()},
                    {"tests", tests}});
}

JunitSuites junit_suites(const Report& report, const std::string& prefix) {
    JunitSuites all;
    for (const ChapterReport& chapter : report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {
            std::string cases;
            int failed = 0, broken = 0, skipped = 0;
            double seconds = 0;
            for (const TestReport& test : exercise.tests) {
                cases += junit_case(chapter, exercise, test);
                seconds += test.seconds;
                if (is_neutral(test)) {
                    ++skipped;
                } else if (is_failure(test.status)) {
                    ++failed;
                } else if (test.status != TestStatus::passed) {
                    ++broken;
                }
            }
            all.text += fmt::format(
                "  <testsuite name=\"{}{} {}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
                "time=\"{:.3f}\">\n{}  </testsuite>\n",
                xml(prefix), xml(exercise.id), xml(exercise.title), exercise.tests.size(), failed, broken, skipped,
                seconds, cases);
            all.tests += static_cast<int>(exercise.tests.size());
            all.failures += failed;
            all.errors += broken;
        }
    }
    return all;
}

std::string junit_text(const Report& report) {
    const JunitSuites all = junit_suites(report, "");
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" "
        "errors=\"{}\">\n{}</testsuites>\n",
        xml(report.submission), all.tests, all.failures, all.errors, all.text);
}

void write_report_files(const Report& report, const ReportFiles& files) {
    for (const auto* file : {&files.json, &files.gradescope, &files.junit, &files.classroom}) {
        if (file->has_parent_path() && !std::filesystem::is_directory(file->parent_path())) {
            throw FileError("cannot write " + file->string() + ": there is no folder " + file->parent_path().string());
        }
    }
    if (!files.json.empty()) write_atomically(files.json, text_of(to_json(report)));
    if (!files.gradescope.empty()) write_atomically(files.gradescope, gradescope_text(report));
    if (!files.classroom.empty()) write_atomically(files.classroom, classroom_text(report));
    if (!files.junit.empty()) write_atomically(files.junit, junit_text(report));
}

}  // namespace wb::grader
