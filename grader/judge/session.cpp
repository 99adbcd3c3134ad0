#include <fmt/format.h>

#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "judge/judge.hpp"
#include "judge/plan.hpp"
#include "judge/results.hpp"
#include "judge/worker_host.hpp"
#include "judge/wrong_answer.hpp"
#include "report/cost.hpp"

namespace wb::grader {
namespace {

/// The running test: its workers, its deadline and its last question.
struct Session {
    std::string test;
    WorkerHost::Clock::time_point deadline;
    Build build = Build::plain;
    std::map<Build, std::unique_ptr<WorkerHost>> workers;
    std::string last_probe;
    Bytes last_question;
    int answers = 0;
    std::optional<Verdict> verdict;  ///< what the test was ended with; GoogleTest sees only an exception's text
};

Session& session() {
    static Session current;
    return current;
}

/// Of this process, for whoever plans machines.
WorkerCost cost;

/// Adds the time until it goes.
class CostClock {
 public:
    CostClock() = default;
    ~CostClock() { cost.seconds += std::chrono::duration<double>(WorkerHost::Clock::now() - start_).count(); }
    CostClock(const CostClock&) = delete;
    CostClock& operator=(const CostClock&) = delete;

 private:
    WorkerHost::Clock::time_point start_ = WorkerHost::Clock::now();
};

/// Tests of this process that ran out of time. A judge runs one exercise, and after two the others would most likely too.
int timeouts = 0;
constexpr int most_timeouts = 2;

/// Besides the exception, a failure of GoogleTest's own: it alone knows what SCOPED_TRACE says of the question, since an exception
/// has left those scopes when it is seen.
[[noreturn]] void end_test_with(const Verdict& verdict) {
    if (verdict.status() != Status::not_implemented && verdict.status() != Status::skipped)
        ADD_FAILURE() << ending_mark << verdict.what();
    session().verdict = verdict;
    throw verdict;  // NOLINT(misc-throw-by-value-catch-by-reference): a copy is thrown
}

/// Keeps the test's last question, once, so that `./workbook debug` can ask it again.
void keep_question() {
    const Session& now = session();
    if (current_plan().failures.empty() || now.last_probe.empty()) return;
    SafeTensors kept;
    kept.metadata = {{"probe", now.last_probe}, {"test", now.test}, {"build", name_of(now.build)}};
    kept.tensors["question"] = RawTensor{DType::u8, {now.last_question.size()}, now.last_question};
    std::filesystem::create_directories(current_plan().failures);
    write_safetensors(std::filesystem::path(current_plan().failures) / (now.test + ".safetensors"), kept);
}

WorkerHost& worker() {
    Session& now = session();
    auto& host = now.workers[now.build];
    if (host == nullptr) {
        const std::string build = name_of(now.build);
        const auto found = current_plan().workers.find(build);
        if (found == current_plan().workers.end() || found->second.empty()) {
            if (now.build == Build::cuda)
                throw Verdict(Status::skipped, "no GPU here: the kernels ran on the CPU only");
            if (now.build == Build::profile)
                throw Verdict(Status::skipped, "kernels are profiled by g++ only, and another compiler built this one");
            throw Verdict(Status::protocol_error, "no worker was built for the " + build + " build");
        }
        const CostClock starting;
        ++cost.starts;
        if (const auto& sandbox = current_plan().sandbox) {
            SandboxSpec spec = *sandbox;
            if (now.build == Build::asan) spec.limits.limit_address_space = false;
            host = std::make_unique<WorkerHost>(found->second, spec);
        } else {
            host = std::make_unique<WorkerHost>(found->second);
        }
    }
    return *host;
}

}  // namespace

std::string_view status_name(Status status) {
    switch (status) {
        case Status::passed:
            return "passed";
        case Status::failed:
            return "failed";
        case Status::not_implemented:
            return "not_implemented";
        case Status::crashed:
            return "crashed";
        case Status::timed_out:
            return "timed_out";
        case Status::protocol_error:
            return "protocol_error";
        case Status::skipped:
            return "skipped";
    }
    return "failed";
}

OnBuild::OnBuild(Build build) : before_(session().build) {
    session().build = build;
}
OnBuild::~OnBuild() {
    session().build = before_;
}

std::string_view found_no_fault() {
    switch (session().build) {
        case Build::race:
            return "No data race was found on the way to this answer, but it is wrong. Mend that first: only then are "
                   "all cases looked at.";
        case Build::asan:
            return "No access outside of a buffer was found on the way to this answer, but it is wrong. Mend that "
                   "first: only then are all cases looked at.";
        default:
            return {};
    }
}

std::string printed_by_submission() {
    const auto found = session().workers.find(session().build);
    return found == session().workers.end() || found->second == nullptr ? "" : found->second->printed();
}

namespace {

/// Sends a question and waits; the answer as it came, whatever its kind.
Reply ask_worker(std::string_view probe, const Bytes& question) {
    Session& now = session();
    if (timeouts >= most_timeouts) {
        end_test_with(
            {Status::timed_out, fmt::format("not asked: {} tests of this exercise have run out of time already. "
                                            "Mend those first; most often it is the same loop.",
                                            timeouts)});
    }
    Writer frame;
    frame.put(std::string(probe));
    frame.put(question);
    Bytes payload;
    try {
        WorkerHost& host = worker();
        ++cost.questions;
        payload = host.exchange(frame.bytes(), now.deadline);
        cost.bytes += frame.bytes().size() + payload.size();
    } catch (const Verdict& verdict) {
        const std::string what =
            verdict.status() == Status::timed_out
                ? fmt::format("no answer within the test's {:g} s", current_plan().seconds[now.test])
                : verdict.what();
        if (verdict.status() == Status::timed_out) ++timeouts;
        end_test_with({verdict.status(), fmt::format("{}: {}", probe, what)});
    }
    Reply reply;
    try {
        Reader reader(payload);
        reply = reader.get<Reply>();
        reader.finish();
        if (reply.kind > Reply::Kind::threw) throw CodecError("an unknown kind of answer");
    } catch (const CodecError& error) {
        protocol_error(probe, error.what());
    }
    return reply;
}

}  // namespace

Reply ask(std::string_view probe, Bytes question) {
    Session& now = session();
    now.last_probe = probe;
    now.last_question = std::move(question);
    Reply reply = ask_worker(probe, now.last_question);
    ++now.answers;
    if (reply.kind == Reply::Kind::not_implemented) end_test_with({Status::not_implemented, reply.message});
    return reply;
}

std::string take_counters() {
    const Reply reply = ask_worker(counters_probe, {});
    if (reply.kind != Reply::Kind::value) protocol_error(counters_probe, reply.message);
    try {
        Reader reader(reply.value);
        return reader.get<std::string>();
    } catch (const CodecError& error) {
        protocol_error(counters_probe, error.what());
    }
}

void protocol_error(std::string_view probe, std::string_view what) {
    end_test_with({Status::protocol_error, fmt::format("{}: the answer is garbage: {}", probe, what)});
}

void submission_threw(std::string_view probe, const Reply& reply) {
    const std::string type = reply.types.empty() ? "" : reply.types.front() + ": ";
    end_test_with({Status::failed, fmt::format("{} threw {}{}", probe, type, reply.message)});
}

void fail(std::string_view message, const char* file, int line) {
    ADD_FAILURE_AT(file, line) << message;
}

void stop_test(const std::string& message) {
    end_test_with({Status::failed, message});
}

void metric(std::string_view name, double value) {
    write_result({{"event", "metric"}, {"name", name}, {"value", value}});
}

void begin_test(const std::string& name) {
    session() = Session{};
    session().test = name;
    const auto limit = current_plan().seconds.find(name);
    const double seconds = limit == current_plan().seconds.end() ? 10.0 : limit->second;
    session().deadline = WorkerHost::Clock::now() + std::chrono::milliseconds(static_cast<long long>(seconds * 1000));
}

void note_failure() {
    try {
        keep_question();
    } catch (const std::exception&) {
        // A full disk must not change a verdict; the question is only a convenience.
    }
    session().last_probe.clear();  // the first failing question is the one worth asking again
}

std::optional<Verdict> take_verdict() {
    return std::exchange(session().verdict, std::nullopt);
}

int end_test() {
    const int answers = session().answers;
    const CostClock ending;
    for (const auto& [build, host] : session().workers) {
        if (host != nullptr) cost.cpu_seconds += host->end();
    }
    session().workers.clear();
    return answers;
}

void write_cost() {
    write_result({{"event", "cost"},
                  {"workers", cost.starts},
                  {"seconds", cost.seconds},
                  {"cpu_seconds", cost.cpu_seconds},
                  {"questions", cost.questions},
                  {"bytes", cost.bytes}});
}

}  // namespace wb::grader
