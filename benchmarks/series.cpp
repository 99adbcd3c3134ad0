/// @file
/// Chapter 6 in figures: a training step of the iTransformer against PyTorch's, and what the models come to on ETTh1 and ETTh2.
///
///     series [--rounds R] [--no-tables] [--model M ..] [--data D ..] [--horizon H ..] [--seeds S]
///
/// For the step the two take turns, and each counts with its fastest: neighbours on a shared machine only ever slow one down. Goal: half
/// of PyTorch's time. The tables' goals are the papers' figures; no model may be worse than repeat-24h.
#include <fmt/format.h>
#include <omp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "series_step.hpp"
#include "series_tables.hpp"
#include "wb/demo.hpp"

namespace {

using namespace wb;

void print_step(std::size_t batch, int rounds) {
    const ITransformerOptions model = bench::etth1_model();
    const int threads = omp_get_max_threads();
    bench::SeriesStepCost ours;
    std::optional<bench::Rival> rival;
    for (int round = 0; round < rounds; ++round) {
        const bench::SeriesStepCost cost = bench::our_series_step(model, batch, threads, 60);
        if (round == 0 || cost.one_thread < ours.one_thread) ours.one_thread = cost.one_thread;
        if (round == 0 || cost.all_threads < ours.all_threads) ours.all_threads = cost.all_threads;
        ours.peak_mib = std::max(ours.peak_mib, cost.peak_mib);
        const auto other = bench::rival_series_step(WB_SERIES_RIVAL, model, batch, threads);
        if (other && (!rival || other->seconds < rival->seconds)) rival = other;
    }
    std::cout << fmt::format(
                     "A training step of the iTransformer ({} -> {}, {} variates, d_model {}, {} layers), batch {}\n",
                     model.lookback, model.horizon, bench::series_variates, model.blocks.d_model, model.blocks.layers,
                     batch)
              << fmt::format("    {:.1f} ms on one thread, {:.1f} on {}, {:.1f} MiB\n", ours.one_thread * 1e3,
                             ours.all_threads * 1e3, threads, ours.peak_mib);
    if (rival) {
        std::cout << fmt::format("    PyTorch {}: {:.1f} ms, {:.1f} MiB ({}); ratio {:.2f}\n", rival->version,
                                 rival->seconds * 1e3, rival->peak_mib, rival->setting,
                                 std::min(ours.one_thread, ours.all_threads) / rival->seconds);
    } else {
        std::cout << "    PyTorch did not run (Debian: python3-torch), so there is no ratio\n";
    }
    std::cout << std::flush;
}

std::vector<std::string> trained_models() {
    std::vector<std::string> names;
    for (const bench::SeriesSetting& setting : bench::series_settings()) {
        if (names.empty() || names.back() != setting.model) names.push_back(setting.model);
    }
    return names;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Chapter 6: a training step against PyTorch's, and the models on ETTh1 and ETTh2.", "series"};
    int rounds = 2;
    bool with_tables = true;
    bench::SeriesTables tables{trained_models(), {"etth1", "etth2"}, {96}, 1, 96};
    app.add_option("--rounds", rounds, "each of the two takes part in (default 2)")->check(CLI::Range(1, 1000));
    app.add_flag("--tables,!--no-tables", with_tables, "train the models (default)");
    app.add_option("--model", tables.models, "which, several if you like (default: all)")
        ->check(CLI::IsMember(trained_models()));
    app.add_option("--data", tables.data, "etth1, etth2 (default: both)")->check(CLI::IsMember({"etth1", "etth2"}));
    app.add_option("--horizon", tables.horizons, "hours to forecast (default 96; the papers' are 96, 192, 336, 720)")
        ->check(CLI::Range(1, 2000));
    app.add_option("--seeds", tables.seeds, "trainings of each model (default 1; the papers' tables have 3 or more)")
        ->check(CLI::Range(1, 100));
    return run_demo(app, argc, argv, [&] {
        print_step(32, rounds);
        if (with_tables) bench::print_series_tables(std::cout, tables);
        return true;
    });
}
