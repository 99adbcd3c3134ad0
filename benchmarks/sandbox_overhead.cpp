/// @file
/// What walls cost: the same submissions graded in the sandbox and without, by turns, each time with files that were never compiled before.
///
///     sandbox [--submissions N] [--rounds R] [--chapters LIST] [--jobs N]
///
/// Overhead is what grading would not take if a submission were a function in the judge's own program, compiled without walls:
///     base = (seconds without sandbox) - (worker starts) * (start without sandbox) - (questions) * (a question's way there and back)
///     overhead = (seconds in the sandbox - base) / (seconds in the sandbox)
/// Only for a quiet machine: the scheduler shares processors among control groups, so that beside other programs what is in a sandbox wins.
/// Starts are those of the dearest build, from the program to its first answer and its end, so the overhead is rather too large.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>

#include "class_bench.hpp"
#include "judge/worker_host.hpp"
#include "measuring.hpp"
#include "process/process.hpp"
#include "sandbox/machine.hpp"
#include "submission/toolchain.hpp"
#include "wb/demo.hpp"

namespace {

using namespace wb;
namespace fs = std::filesystem;

double median(std::vector<double> values) {
    return grader::percentile(std::move(values), 0.5);
}

/// A question that no worker knows: it is answered at once.
grader::Bytes unknown_question() {
    grader::Writer frame;
    frame.put(std::string("nobody/knows"));
    frame.put(grader::Bytes{});
    return frame.take();
}

struct WorkerTimes {
    double start = 0;     ///< until the first answer, and the end
    double question = 0;  ///< there and back
};

WorkerTimes time_worker(const std::string& program, const std::optional<grader::SandboxSpec>& sandbox) {
    std::vector<double> starts, questions;
    const grader::Bytes question = unknown_question();
    for (int n = 0; n < 40; ++n) {
        const auto deadline = grader::WorkerHost::Clock::now() + std::chrono::seconds(60);
        const auto begin = std::chrono::steady_clock::now();
        auto host = sandbox ? std::make_unique<grader::WorkerHost>(program, *sandbox)
                            : std::make_unique<grader::WorkerHost>(program);
        host->exchange(question, deadline);
        const double first = bench::seconds_since(begin);
        const auto asked = std::chrono::steady_clock::now();
        for (int i = 0; i < 50; ++i) host->exchange(question, deadline);
        questions.push_back(bench::seconds_since(asked) / 50);
        const auto end = std::chrono::steady_clock::now();
        host.reset();
        starts.push_back(first + bench::seconds_since(end));
    }
    return {median(starts), median(questions)};
}

/// The newest worker of each build: whose, does not matter.
std::map<std::string, std::string> some_workers(const fs::path& folder) {
    std::map<std::string, std::string> newest;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (!entry.is_regular_file() || name.find('-') == std::string::npos) continue;
        std::string& known = newest[name.substr(name.rfind('-') + 1)];
        if (known.empty() || fs::last_write_time(known) < entry.last_write_time()) known = entry.path().string();
    }
    return newest;
}

/// Prints a line for each build. @return the dearest without a sandbox
WorkerTimes print_workers() {
    WorkerTimes dearest;
    grader::SandboxSpec spec = grader::spec_for(grader::probe_machine());
    std::cout << "\n| a worker | start and end, ms: without | with sandbox | a question, ms |\n|---|---|---|---|\n";
    for (const auto& [build, program] : some_workers(grader::read_toolchain(WB_TOOLCHAIN).build_dir / "workers")) {
        spec.limits.limit_address_space = build != "asan";
        const WorkerTimes free = time_worker(program, std::nullopt), held = time_worker(program, spec);
        std::cout << fmt::format("| {} | {:.1f} | {:.1f} | {:.3f} |\n", build, free.start * 1e3, held.start * 1e3,
                                 held.question * 1e3);
        dearest = {std::max(dearest.start, free.start), std::max(dearest.question, held.question)};
    }
    return dearest;
}

struct Round {
    grader::ClassCosts held, free;
};

double total_of(const grader::ClassCosts& costs, double (*value)(const grader::SubmissionCost&)) {
    double total = 0;
    for (const grader::SubmissionCost& one : costs.submissions) total += value(one);
    return total;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"What sandbox and worker cost, of the time of grading.", "sandbox"};
    bench::ClassSetting setting{.submissions = 8, .honest = true};
    int rounds = 3, jobs = 1;
    app.add_option("--submissions", setting.submissions, "in each class (default 8)")->check(CLI::Range(1, 10'000));
    app.add_option("--rounds", rounds, "each with a class in the sandbox and one without (default 3)")
        ->check(CLI::Range(1, 1000));
    app.add_option("--chapters", setting.chapters, "such as 01,02 (default 02)");
    app.add_option("--jobs", jobs, "submissions at once (default 1)")->check(CLI::Range(1, 1000));
    grader::kill_children_when_interrupted();
    return run_demo(app, argc, argv, [&] {
        const fs::path folder = fs::path(WB_TOOLCHAIN).parent_path() / "sandbox-bench";
        const auto graded = [&](int round, bool sandbox) {
            setting.mark = bench::fresh_mark();
            setting.folder = folder / setting.mark;
            bench::make_class(setting);
            const grader::ClassCosts costs = bench::grade_class(setting, jobs, sandbox, false);
            std::cout << fmt::format("round {} {}: {:.1f} s\n", round, sandbox ? "in the sandbox" : "without it",
                                     costs.total_seconds())
                      << std::flush;
            return costs;
        };
        fs::remove_all(folder);
        std::vector<Round> all;
        for (int round = 1; round <= rounds; ++round) {
            Round one;
            for (const bool sandbox : {round % 2 == 1, round % 2 == 0})  // first one first, then the other
                (sandbox ? one.held : one.free) = graded(round, sandbox);
            all.push_back(std::move(one));
        }
        fs::remove_all(folder);
        const WorkerTimes worker = print_workers();

        using Cost = grader::SubmissionCost;
        const auto both = [&](const char* what, double (*value)(const Cost&)) {
            std::vector<double> held, free;
            for (const Round& one : all) {
                held.push_back(total_of(one.held, value) / setting.submissions);
                free.push_back(total_of(one.free, value) / setting.submissions);
            }
            std::cout << fmt::format("| {} | {:.2f} | {:.2f} | {:+.1f} % |\n", what, median(free), median(held),
                                     100 * (median(held) / median(free) - 1));
        };
        std::cout << fmt::format(
            "\n| seconds a submission, median of {} rounds | without sandbox | with | |\n|---|---|---|---|\n", rounds);
        both("all", [](const Cost& one) { return one.seconds; });
        both("building", [](const Cost& one) { return one.grading.builds.seconds; });
        both("tests", [](const Cost& one) { return one.grading.judge_seconds; });
        std::vector<double> overheads;
        for (const Round& one : all) {
            const double workers =
                total_of(one.free, [](const Cost& cost) { return static_cast<double>(cost.grading.workers.starts); }) *
                    worker.start +
                total_of(one.free, [](const Cost& cost) {
                    return static_cast<double>(cost.grading.workers.questions);
                }) * worker.question;
            overheads.push_back(1 - (one.free.total_seconds() - workers) / one.held.total_seconds());
        }
        const double overhead = 100 * median(overheads);
        std::cout << fmt::format(
            "\nSandbox and workers together: {:.1f} % of the time of grading, median of {} rounds ({:.1f} to {:.1f}); "
            "goal: at "
            "most 15 %.\n",
            overhead, rounds, 100 * grader::percentile(overheads, 0.0), 100 * grader::percentile(overheads, 1.0));
        return overhead <= 15;
    });
}
