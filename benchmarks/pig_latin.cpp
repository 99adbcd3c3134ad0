/// @file
/// Chapter 5 in figures: a training step against PyTorch's, and the table of the four runs (exercise 5.11).
///
///     pig-latin [--rounds R] [--seeds S] [--controlled] [--small FILE --large FILE]
///
/// The two take turns on the same model and batch, and each counts with its fastest step: neighbours on a shared machine only
/// ever slow one down. Goals: 1/4 of PyTorch's time at batch 64, 2/5 at batch 512, 1.7 times as fast on two threads as on one.
#include <fmt/format.h>
#include <omp.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "demo_runs_table.hpp"
#include "pig_latin_step.hpp"
#include "wb/demo.hpp"

namespace {

using namespace wb;

void print_steps(int rounds) {
    const int threads = omp_get_max_threads();
    std::cout << fmt::format("A training step, lengths {} -> {}, {} threads, milliseconds\n", bench::source_length,
                             bench::target_length, threads)
              << fmt::format("{:<24}{:>11}{:>10}{:>8}{:>9}{:>8}{:>9}{:>7}{:>8}\n", "", "parameters", "1 thread", "all",
                             "scaling", "MiB", "PyTorch", "MiB", "ratio");
    struct Row {
        std::size_t hidden, layers, batch;
    };
    std::string rival_is = "PyTorch did not run (Debian: python3-torch), so there is no ratio";
    for (const Row& row : {Row{32, 4, 64}, Row{64, 3, 64}, Row{32, 3, 512}, Row{64, 3, 512}}) {
        const TranslatorOptions model{.hidden = row.hidden, .layers = row.layers};
        bench::StepCost ours = bench::our_step(model, row.batch, threads, rounds);
        const auto rival = bench::rival_step(WB_PIG_LATIN_RIVAL, model, row.batch, threads);
        const bench::StepCost again = bench::our_step(model, row.batch, threads, rounds);
        ours.one_thread = std::min(ours.one_thread, again.one_thread);
        ours.all_threads = std::min(ours.all_threads, again.all_threads);
        std::cout << fmt::format("hidden {}, {} layers, {:<4}{:>11}{:>10.2f}{:>8.2f}{:>9.2f}{:>8.1f}", row.hidden,
                                 row.layers, row.batch, ours.parameters, ours.one_thread * 1e3, ours.all_threads * 1e3,
                                 ours.one_thread / ours.all_threads, ours.peak_mib);
        if (rival) {
            std::cout << fmt::format("{:>9.2f}{:>7.1f}{:>8.2f}", rival->seconds * 1e3, rival->peak_mib,
                                     ours.all_threads / rival->seconds);
            rival_is = "PyTorch " + rival->version + ", its best setting: " + rival->setting;
        }
        std::cout << std::endl;
    }
    std::cout << rival_is << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Chapter 5: a training step against PyTorch's, and the four runs.", "pig-latin"};
    int rounds = 3;
    std::uint64_t seeds = 5;
    bool controlled = false;
    std::string small, large;
    app.add_option("--rounds", rounds, "of 30 steps each (default 3)")->check(CLI::Range(1, 1000));
    app.add_option("--seeds", seeds, "of each of the four runs (default 5); 0: only the steps")
        ->check(CLI::Range(0, 100));
    app.add_flag("--controlled", controlled, "the four runs with the same layers, batch and epochs as well");
    app.add_option("--small", small, "a file of pairs in place of the small set");
    app.add_option("--large", large, "and one in place of the large set");
    return run_demo(app, argc, argv, [&] {
        print_steps(rounds);
        if (seeds == 0) return true;
        demo::RunSets sets = demo::own_sets();
        if (!small.empty()) sets.small = read_word_pairs(small).pairs;
        if (!large.empty()) sets.large = read_word_pairs(large).pairs;
        const std::filesystem::path folder = std::filesystem::temp_directory_path();
        std::cout << fmt::format("\nThe four runs, {} seeds: median (lowest to highest)\n", seeds);
        demo::print_runs(std::cout, demo::source_runs(), sets, seeds, folder / "four_runs.csv");
        if (!controlled) return true;
        std::cout << "\nThe same, with one number of layers, batch and epochs\n";
        demo::print_runs(std::cout, demo::controlled_runs(), sets, seeds, folder / "four_runs_controlled.csv");
        return true;
    });
}
