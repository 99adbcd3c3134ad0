#include "grade/judge_run.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "files/files.hpp"
#include "process/process.hpp"

namespace wb::grader {
using nlohmann::json;

void JudgeLog::line(std::string_view text) {
    const json result = json::parse(text, nullptr, false);
    if (!result.is_object()) return;
    const auto word = [&](const char* key) {
        const auto found = result.find(key);
        return found != result.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const auto number = [&](const char* key) {
        const auto found = result.find(key);
        return found != result.end() && found->is_number() ? found->get<double>() : 0.0;
    };
    const std::string event = word("event");
    if (event == "start") started.push_back(word("test"));
    if (event == "metric" && std::isfinite(number("value"))) metrics[clean_text(word("name"), 100)] = number("value");
    if (event == "cost") {
        workers = {static_cast<int>(number("workers")), number("seconds"), number("cpu_seconds"),
                   static_cast<int>(number("questions")), static_cast<std::uint64_t>(number("bytes"))};
    }
    if (event != "end") return;
    const TestEnd end{status_from_name(word("status")), std::max(0.0, number("seconds")), clean_text(word("message"))};
    const auto [place, fresh] = ends.emplace(word("test"), end);
    if (!fresh && place->second.status == TestStatus::passed) place->second = end;
}

JudgeLog run_judge(const JudgeRun& run) {
    json workers = json::object(), tests = json::array();
    for (const Build build : cpu_builds) {
        const auto found = run.workers.find(build);
        workers[name_of(build)] = found == run.workers.end() ? "" : found->second.string();
    }
    workers[name_of(Build::cuda)] = "";
    double seconds = 0;
    for (const TestSpec& test : run.tests) {
        tests.push_back({{"name", test.name}, {"seconds", test.seconds}, {"limits", test.limits}});
        seconds += test.seconds + 2;  // a test may take its limit and then start a fresh worker
    }
    const std::map<std::string, std::string> threads{{"OMP_NUM_THREADS", std::to_string(run.threads)},
                                                     {"OPENBLAS_NUM_THREADS", "1"}};
    json plan{{"workers", workers},
              {"exercise", run.exercise},
              {"cases", run.cases.string()},
              {"failures", run.failures.string()},
              {"tests", tests}};
    if (run.sandbox) {
        SandboxSpec spec = *run.sandbox;
        spec.environment.insert(threads.begin(), threads.end());
        plan["sandbox"] = spec;
    }
    const ScratchFolder scratch(run.scratch, "judge");
    write_atomically(scratch.path() / "plan.json", plan.dump(1));

    JudgeLog log;
    ProcessOptions options;
    options.argv = {run.judge.string(), "--plan", (scratch.path() / "plan.json").string()};
    options.directory = scratch.path();
    options.environment = threads;
    options.time_limit = std::chrono::milliseconds(static_cast<long long>(1000 * (seconds + 30)));
    options.on_result = [&](std::string_view text) { log.line(text); };
    const ProcessResult result = run_process(options);
    log.how_the_judge_ended = result.how_it_ended();
    log.judge_output = clean_text(result.output, 1000);
    log.seconds = result.seconds;
    log.cpu_seconds = result.cpu_seconds;
    return log;
}

namespace {

TestReport scored_test(const TestSpec& test, const JudgeLog& log) {
    TestReport report{test.name, TestStatus::crashed, 0, test.points, test.visibility, 0, ""};
    const auto end = log.ends.find(test.name);
    if (end == log.ends.end()) {
        const bool started = std::find(log.started.begin(), log.started.end(), test.name) != log.started.end();
        report.message = started ? "the judge stopped in the middle of this test: it " + log.how_the_judge_ended
                                 : "the judge did not come to this test: it " + log.how_the_judge_ended;
        if (!log.judge_output.empty()) report.message += "\n" + log.judge_output;
        return report;
    }
    report.status = end->second.status;
    report.seconds = end->second.seconds;
    report.message = end->second.message;
    if (report.status == TestStatus::passed) report.score = test.points;
    if (report.status == TestStatus::skipped) report.max_score = 0;
    return report;
}

}  // namespace

ExerciseReport scored(const Exercise& exercise, const std::vector<TestSpec>& tests, const JudgeLog& log,
                      const std::string& note) {
    ExerciseReport report{exercise.id, exercise.title, {}};
    report.cost.judge_seconds = log.seconds;
    // A worker in a sandbox is no child of the judge's when it dies; the judge has its time from the control group.
    report.cost.judge_cpu_seconds = log.cpu_seconds + log.workers.cpu_seconds;
    report.cost.workers = log.workers;
    for (const TestSpec& test : tests) {
        report.tests.push_back(scored_test(test, log));
        TestReport& last = report.tests.back();
        if (!note.empty() && last.status != TestStatus::passed)
            last.message += (last.message.empty() ? "" : "\n") + note;
    }
    return report;
}

ExerciseReport refused(const Exercise& exercise, TestStatus status, const std::string& message) {
    ExerciseReport report{exercise.id, exercise.title, {}};
    const std::string text = clean_text(message);
    for (const TestSpec& test : exercise.tests)
        report.tests.push_back({test.name, status, 0, test.points, test.visibility, 0, text});
    for (const Question& question : exercise.questions)
        report.tests.push_back({question.id, status, 0, question.points, "visible", 0, text});
    return report;
}

}  // namespace wb::grader
