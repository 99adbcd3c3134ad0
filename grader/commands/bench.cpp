#include <iostream>

#include "commands/commands.hpp"
#include "process/process.hpp"
#include "text/nearest.hpp"

namespace wb::grader {

int bench_command(const Desk& desk, const std::vector<std::string>& names) {
    const auto& all = desk.toolchain.benchmarks;
    if (all.empty())
        throw Error("no benchmark is built. Configure with cmake --preset " + desk.toolchain.preset +
                    " -DWB_BENCHMARKS=ON and build again");
    std::vector<std::string> known, wanted = names;
    for (const auto& [name, program] : all) known.push_back(name);
    if (wanted.empty()) wanted = known;
    for (const std::string& name : wanted) {
        if (!all.contains(name))
            throw UsageError("there is no benchmark \"" + name + "\"." + did_you_mean(name, known) +
                             " Benchmarks: " + listed(known));
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
