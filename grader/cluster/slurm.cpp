#include "cluster/slurm.hpp"

#include <charconv>
#include <sstream>

#include "process/process.hpp"
#include "report/report.hpp"
#include "sandbox/command.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace {

/// A command of Slurm's waits for a controller that is busy; one that is gone it gives up after some seconds.
constexpr std::chrono::seconds patience{120};

ProcessResult slurm(std::vector<std::string> argv) {
    if (const std::string program = find_program(argv.front()); !program.empty()) argv.front() = program;
    ProcessOptions options{.argv = std::move(argv), .time_limit = patience, .output_cap = 64 << 20};
    options.environment = {{"LC_ALL", "C"}};
    return run_process(options);
}

/// Its words on one line.
std::string words_of(const ProcessResult& result) {
    std::string words = clean_text(result.output, 500);
    for (char& c : words) {
        if (c == '\n') c = ' ';
    }
    return words.empty() ? result.how_it_ended() : words;
}

std::vector<std::string> fields_of(const std::string& line, std::size_t count) {
    std::vector<std::string> fields;
    std::size_t at = 0;
    while (fields.size() + 1 < count) {
        const std::size_t end = line.find('|', at);
        if (end == std::string::npos) return {};
        fields.push_back(line.substr(at, end - at));
        at = end + 1;
    }
    fields.push_back(line.substr(at));
    return fields;
}

ProcessResult squeue() {
    return slurm({"squeue", "--me", "--all", "--array", "--noheader", "--format=%F|%K|%T|%j"});
}

}  // namespace

void check_slurm() {
    for (const char* program : {"sbatch", "squeue", "scancel"}) {
        if (find_program(program).empty())
            throw Error(std::string("--executor slurm: nothing was graded, as this machine has no ") + program +
                        ". Run it where jobs are submitted from (Debian's package: slurm-client), or leave --executor "
                        "out to grade on this machine");
    }
    if (const ProcessResult result = squeue(); !result.ok())
        throw Error("--executor slurm: nothing was graded, as Slurm's controller does not answer: " + words_of(result) +
                    ". Try: sinfo");
}

std::string submit(const ArrayJob& job) {
    std::string tasks = "0-" + std::to_string(job.tasks - 1);
    if (job.at_once > 0) tasks += "%" + std::to_string(job.at_once);
    // Not to be requeued by Slurm: what is missing is submitted again by us, who count how often.
    const ProcessResult result =
        slurm({"sbatch", "--parsable", "--no-requeue", "--job-name=" + job.name, "--array=" + tasks,
               "--chdir=" + job.directory.string(), "--output=" + job.log.string(), job.script.string()});
    if (!result.ok())
        throw Error("sbatch " + words_of(result) +
                    ". What is graded is in the book; --resume goes on, and finds the jobs that are still there");
    // The number, ";" and the cluster's name where there are several; before it, perhaps a plugin's words.
    std::istringstream lines(result.output);
    std::string line, last;
    while (std::getline(lines, line)) {
        if (!line.empty()) last = line;
    }
    return clean_text(last.substr(0, last.find(';')), 40);
}

std::set<QueuedTask> tasks_in(const std::string& squeue_lines, const std::string& name_prefix) {
    std::set<QueuedTask> tasks;
    std::istringstream lines(squeue_lines);
    for (std::string line; std::getline(lines, line);) {
        const std::vector<std::string> fields = fields_of(line, 4);
        if (fields.empty() || fields[2] == "COMPLETING" || !fields[3].starts_with(name_prefix)) continue;
        int index = -1;
        const auto [end, error] = std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), index);
        if (error == std::errc() && end == fields[1].data() + fields[1].size()) tasks.insert({fields[3], index});
    }
    return tasks;
}

std::optional<std::set<QueuedTask>> queued_tasks(const std::string& name_prefix) {
    const ProcessResult result = squeue();
    if (!result.ok() || result.output_cut) return std::nullopt;
    return tasks_in(result.output, name_prefix);
}

void cancel_jobs(const std::set<std::string>& names) {
    for (const std::string& name : names) slurm({"scancel", "--quiet", "--name=" + name});
}

}  // namespace wb::grader
