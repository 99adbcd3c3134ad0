/// Results on their way from a task to the submitter: written whole, sealed, and read with suspicion.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cluster/order.hpp"
#include "files/files.hpp"
#include "grade/judge_run.hpp"
#include "sandbox/spec.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::uintmax_t most_bytes = 64U << 20U;  ///< of a file: 80 exercises with 20 messages of 16 KB are 26 MB

/// Only who knows the key can make it. Twice, so that nothing can be added to a sealed text.
std::string seal_of(const std::string& key, const std::string& text) {
    return sha256(key + sha256(key + text));
}

std::string text_of(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json json_of(const GradingCost& cost) {
    const auto& [builds, judge_seconds, judge_cpu_seconds, workers, grader] = cost;
    return {{"build_steps", builds.steps},
            {"build_seconds", builds.seconds},
            {"build_cpu_seconds", builds.cpu_seconds},
            {"made_bytes", builds.made_bytes},
            {"judge_seconds", judge_seconds},
            {"judge_cpu_seconds", judge_cpu_seconds},
            {"worker_starts", workers.starts},
            {"worker_seconds", workers.seconds},
            {"worker_cpu_seconds", workers.cpu_seconds},
            {"questions", workers.questions},
            {"question_bytes", workers.bytes},
            {"seconds", grader.seconds},
            {"ended_at", grader.ended_at},
            {"grader_kib", grader.grader_kib}};
}

/// Finds what is wrong with a result, in words.
class Reader {
 public:
    explicit Reader(const fs::path& file) : file_(file) {}

    [[noreturn]] void fail(const std::string& what) const {
        throw FileError(file_.filename().string() + " is no result of this class: " + clean_text(what, 300));
    }

    AttemptResult read(const std::string& key, const std::vector<Selection>& selection) const {
        std::error_code error;
        if (const auto size = fs::file_size(file_, error); error || size > most_bytes)
            fail(error ? error.message() : "it has " + std::to_string(size) + " bytes");
        try {
            const json file = json::parse(read_text(file_));
            const json& body = file.at("result");
            if (file.at("seal") != seal_of(key, text_of(body))) fail("its seal is not that of this folder's key");
            AttemptResult result{body.at("attempt"),
                                 body.at("round"),
                                 body.at("hash"),
                                 clean_text(body.at("host").get<std::string>(), 100),
                                 {},
                                 body.at("done"),
                                 clean_text(body.at("fault").get<std::string>())};
            for (const json& exercise : body.at("exercises")) {
                result.exercises.push_back(checked(exercise, asked_for(exercise.at("id"), selection)));
                const auto& all = result.exercises;
                if (std::any_of(all.begin(), all.end() - 1, [&](const auto& one) { return one.id == all.back().id; }))
                    fail("it has exercise " + all.back().id + " twice");
            }
            return result;
        } catch (const json::exception& what) {
            fail(what.what());
        }
    }

 private:
    /// The exercise as nothing of it is graded, with every test.
    ExerciseReport asked_for(const std::string& id, const std::vector<Selection>& selection) const {
        for (const Selection& part : selection) {
            for (const Exercise* exercise : part.exercises) {
                if (exercise->id == id) return refused(*exercise, TestStatus::skipped, "");
            }
        }
        fail("the course has no exercise \"" + id + "\"");
    }

    ExerciseReport checked(const json& exercise, ExerciseReport report) const {
        const json& tests = exercise.at("tests");
        if (tests.size() != report.tests.size())
            fail("exercise " + report.id + " has " + std::to_string(report.tests.size()) + " tests, and this " +
                 std::to_string(tests.size()));
        for (std::size_t i = 0; i < report.tests.size(); ++i) {
            TestReport& test = report.tests[i];
            const json& got = tests.at(i);
            if (got.at("name") != test.name) fail("a test of exercise " + report.id + " is not " + test.name);
            const std::string status = got.at("status");
            test.status = status_from_name(status);
            if (name_of(test.status) != status) fail("there is no status \"" + status + "\"");
            // A test that was skipped may cost nothing; for all else the course says what it gives.
            const double most = got.at("max_score");
            if (test.status == TestStatus::skipped && most == 0) test.max_score = 0;
            test.score = test.status == TestStatus::passed ? test.max_score : 0;
            if (got.at("score") != test.score || most != test.max_score)
                fail("test " + test.name + " has other points than the course gives for it");
            const double seconds = got.at("seconds");
            test.seconds = std::isfinite(seconds) && seconds > 0 ? seconds : 0;
            test.message = cleaned(got.at("message").get<std::string>());
        }
        report.sandbox = exercise.at("sandbox").get<std::string>();
        if (report.sandbox != "none, on purpose" && !sandbox_level(report.sandbox))
            fail("there is no sandbox \"" + report.sandbox + "\"");
        report.cost = cost_of(exercise.at("cost"));
        return report;
    }

    /// Costs decide nothing, but sums of them are shown: what cannot be is not believed.
    GradingCost cost_of(const json& cost) const {
        const auto number = [&](const char* key, double most) {
            const double value = cost.at(key);
            if (!(value >= 0 && value <= most))
                fail(std::string("a cost, \"") + key + "\", is not between 0 and what can be");
            return value;
        };
        constexpr double seconds = 1e7, bytes = 1e15, count = 1e9;
        const auto whole = [&](const char* key) { return static_cast<int>(number(key, count)); };
        const auto size = [&](const char* key) { return static_cast<std::uint64_t>(number(key, bytes)); };
        return {{whole("build_steps"), number("build_seconds", seconds), number("build_cpu_seconds", seconds),
                 size("made_bytes")},
                number("judge_seconds", seconds),
                number("judge_cpu_seconds", seconds),
                {whole("worker_starts"), number("worker_seconds", seconds), number("worker_cpu_seconds", seconds),
                 whole("questions"), size("question_bytes")},
                {number("seconds", seconds), number("ended_at", 1e11),
                 static_cast<std::int64_t>(number("grader_kib", bytes))}};
    }

    /// Clean already, unless somebody else wrote it: then it comes back as it was, spaces at its end included.
    static std::string cleaned(const std::string& message) {
        std::string text = clean_text(message + "|", 64 * 1024);
        if (text.ends_with("|")) text.pop_back();
        return text;
    }

    const fs::path& file_;
};

}  // namespace

void write_result(const ClusterFolder& folder, const std::string& key, const AttemptResult& result) {
    json exercises = json::array();
    for (const ExerciseReport& exercise : result.exercises) {
        json tests = json::array();
        for (const TestReport& test : exercise.tests)
            tests.push_back({{"name", test.name},
                             {"status", name_of(test.status)},
                             {"score", test.score},
                             {"max_score", test.max_score},
                             {"seconds", test.seconds},
                             {"message", test.message}});
        exercises.push_back(
            {{"id", exercise.id}, {"tests", tests}, {"sandbox", exercise.sandbox}, {"cost", json_of(exercise.cost)}});
    }
    const json body{{"attempt", result.attempt}, {"round", result.round}, {"hash", result.hash},  {"host", result.host},
                    {"exercises", exercises},    {"done", result.done},   {"fault", result.fault}};
    const json file{{"seal", seal_of(key, text_of(body))}, {"result", body}};
    write_atomically(folder.result(result.attempt, result.round), text_of(file) + "\n");
}

AttemptResult read_result(const fs::path& file, const std::string& key, const std::vector<Selection>& selection) {
    return Reader(file).read(key, selection);
}

}  // namespace wb::grader
