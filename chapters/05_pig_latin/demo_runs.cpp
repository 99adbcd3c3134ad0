/// @file
/// `./workbook run four-runs`: the table of exercise 5.11, by your own code.
#include <CLI/CLI.hpp>
#include <iostream>

#include "demo_runs_table.hpp"
#include "wb/demo.hpp"

namespace wb::demo {
namespace {

std::vector<WordPair> pairs_of(const std::string& path) {
    const WordPairFile file = read_word_pairs(path);
    if (file.odd.count > 0) std::cerr << path << ": " << file.odd.count << " odd lines skipped\n";
    return file.pairs;
}

}  // namespace
}  // namespace wb::demo

int main(int argc, char** argv) {
    CLI::App app{"Chapter 5: what capacity and data do for the translator."};
    std::uint64_t seeds = 5;
    bool controlled = false;
    std::string small, large;
    std::filesystem::path out = "build/pictures";
    app.add_option("--seeds", seeds, "runs of each row (default 5)")->check(CLI::Range(1, 1000));
    app.add_flag("--controlled", controlled, "the same layers, batch and epochs in every row");
    auto* small_option = app.add_option("--small", small, "a file of pairs instead of the workbook's small set");
    app.add_option("--large", large, "and one instead of the large set")->needs(small_option);
    small_option->needs("--large");
    app.add_option("--out", out, "folder of the table (CSV)");
    return wb::run_demo(app, argc, argv, [&] {
        using namespace wb::demo;
        const RunSets sets = small.empty() ? own_sets() : RunSets{pairs_of(small), pairs_of(large)};
        std::filesystem::create_directories(out);
        print_runs(std::cout, controlled ? controlled_runs() : source_runs(), sets, seeds,
                   out / (controlled ? "four_runs_controlled.csv" : "four_runs.csv"));
        return true;
    });
}
