#include <algorithm>
#include <iostream>

#include "commands/commands.hpp"
#include "process/process.hpp"
#include "text/nearest.hpp"

namespace wb::grader {

namespace {

/// Those that take up to hours, on a machine without neighbours: only when they are named.
bool takes_hours(const std::string& name) {
    return name == "class" || name == "sandbox" || name == "edit_to_verdict";
}

}  // namespace

int bench_command(const Desk& desk, const std::vector<std::string>& words) {
    const auto& all = desk.toolchain.benchmarks;
    if (all.empty())
        throw Error("no benchmark is built. Configure with cmake --preset " + desk.toolchain.preset +
                    " -DWB_BENCHMARKS=ON and build again");
    const auto first_option =
        std::find_if(words.begin(), words.end(), [](const std::string& word) { return word.starts_with("-"); });
    std::vector<std::string> known, wanted(words.begin(), first_option);
    const std::vector<std::string> arguments(first_option, words.end());
    for (const auto& [name, program] : all) known.push_back(name);
    if (!arguments.empty() && wanted.size() != 1)
        throw UsageError("bench: " + arguments.front() + " is for one benchmark. Try: ./workbook bench " +
                         known.front() + " -- " + arguments.front());
    if (wanted.empty()) {
        for (const std::string& name : known) {
            if (!takes_hours(name)) wanted.push_back(name);
        }
    }
    for (const std::string& name : wanted) {
        if (!all.contains(name))
            throw UsageError("there is no benchmark \"" + name + "\"." + did_you_mean(name, known) +
                             " Benchmarks: " + listed(known));
    }
    if (wanted.size() == 1) {  // as if it had been called itself: its lines come as they are made
        std::vector<std::string> argv{all.at(wanted.front())};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        exec_program(argv);
    }
    bool all_ran = true;
    for (const std::string& name : wanted) {
        ProcessOptions options{.argv = {all.at(name)}, .time_limit = std::chrono::minutes(30), .output_cap = 4 << 20};
        const ProcessResult result = run_process(options);
        std::cout << result.output << std::flush;
        if (!result.ok()) std::cerr << "workbook: benchmark " << name << " " << result.how_it_ended() << "\n";
        all_ran = all_ran && result.ok();
    }
    return all_ran ? 0 : 1;
}

}  // namespace wb::grader
