/// @file
/// A class of made-up submissions, graded: how many an hour, where the time goes, how large the grader gets, what is left behind, and what that
/// says of larger classes. Can be stopped and started again: it goes on where it was.
///
///     class [--submissions N] [--chapters LIST] [--jobs N] [--seed N] [--folder DIR]
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>

#include "class_bench.hpp"
#include "grade/class_run.hpp"
#include "process/process.hpp"
#include "queue/plan.hpp"
#include "wb/csv.hpp"
#include "wb/demo.hpp"

namespace {

using namespace wb;

/// How long submissions took, by what they are.
void print_kinds(const bench::ClassSetting& setting, const grader::ClassCosts& costs) {
    const CsvTable list = read_csv(setting.folder / "class.csv");
    std::map<std::string, std::string> kind_of;
    for (std::size_t row = 0; row < list.num_rows(); ++row)
        kind_of[std::string(list.text(row, list.column("id")))] = list.text(row, list.column("kind"));
    std::map<std::string, std::vector<double>> seconds;
    for (const grader::SubmissionCost& one : costs.submissions) seconds[kind_of[one.id]].push_back(one.seconds);
    std::cout << "\n| | submissions | seconds: median | worst |\n|---|---|---|---|\n";
    for (const auto& [kind, values] : seconds)
        std::cout << fmt::format("| {} | {} | {:.1f} | {:.1f} |\n", kind, values.size(),
                                 grader::percentile(values, 0.5), grader::percentile(values, 1));
}

/// What is there now and was not before.
int print_strays(const std::vector<std::string>& before) {
    const std::vector<std::string> after = bench::shared_files();
    std::vector<std::string> fresh;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(fresh));
    const int processes = bench::orphans();
    const int folders = grader::sweep_after_the_dead(grader::read_toolchain(WB_TOOLCHAIN));
    std::cout << fmt::format("\nLeft behind: {} processes, {} folders of the grader, {} files in /tmp and /dev/shm.\n",
                             processes, folders, fresh.size());
    for (const std::string& name : fresh) std::cerr << "    " << name << "\n";
    return processes + folders;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"A class of made-up submissions, graded: throughput, costs, and what they say of larger classes.",
                 "class"};
    bench::ClassSetting setting;
    int jobs = 2;
    app.add_option("--submissions", setting.submissions, "how many (default 200)")->check(CLI::Range(1, 100'000));
    app.add_option("--chapters", setting.chapters, "such as 01,02 (default 02)");
    app.add_option("--jobs", jobs, "submissions at once (default 2)")->check(CLI::Range(1, 1000));
    app.add_option("--seed", setting.seed, "of what they write (default 1)");
    app.add_option("--folder", setting.folder, "where class and gradebook are kept, to go on with")->type_name("DIR");
    grader::kill_children_when_interrupted();
    return run_demo(app, argc, argv, [&] {
        if (setting.folder.empty())
            setting.folder = std::filesystem::path(WB_TOOLCHAIN).parent_path() /
                             fmt::format("class-{}-of-{}", setting.submissions, setting.chapters);
        const auto before = bench::shared_files();
        bench::adopt_orphans();
        bench::make_class(setting);
        const grader::ClassCosts costs = bench::grade_class(setting, jobs, true, true);
        std::cout << "\n";
        grader::write_costs(costs, std::cout);
        print_kinds(setting, costs);
        const int strays = print_strays(before);
        std::cout << "\n";
        grader::write_plan(costs, {}, std::cout);
        return strays == 0;
    });
}
