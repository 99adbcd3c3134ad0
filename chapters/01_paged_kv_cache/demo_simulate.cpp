/// @file
/// `./workbook run kv-simulate [--trace FILE] [--seed N] [--requests N] [--out FOLDER]`: four memory managers on the same
/// requests, as a table beside the paper's numbers and as one picture, kv_simulate.png.

#include "demo_simulate.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <limits>

#include "block_share.hpp"
#include "wb/demo.hpp"
#include "wb/errors.hpp"

namespace wb::demo {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// A number in a cell of `width`, with the paper's behind it in brackets.
std::string cell(double value, double paper, int digits) {
    char text[64];
    if (std::isnan(value)) return "       -        ";
    if (std::isnan(paper)) {
        std::snprintf(text, sizeof text, "%8.*f        ", digits, value);
    } else {
        std::snprintf(text, sizeof text, "%8.*f (%5.*f)", digits, value, digits, paper);
    }
    return text;
}

void print_systems(const Figures& f, const PaperFigures* paper, bool has_slots) {
    std::printf("\n%s: mean prompt %.1f, mean output %.1f tokens%s\n", f.name.c_str(), f.mean_prompt, f.mean_output,
                paper != nullptr ? "; in brackets the paper's figures" : "");
    std::printf("%-12s%16s%16s%16s%16s%16s%14s%13s\n", "", "tokens %", "reserved %", "internal %", "external %",
                "batch", "requests/step", "preemptions");
    for (std::size_t s = 0; s < systems.size(); ++s) {
        const auto& [totals, requests_per_step, preemptions, seconds] = f.systems[s];
        const std::int64_t slots[] = {totals.slots.tokens, totals.slots.reserved, totals.slots.internal,
                                      totals.slots.external};
        std::printf("%-12s", system_names[s]);
        for (std::size_t kind = 0; kind < 4; ++kind) {
            std::cout << cell(100 * totals.share(slots[kind]), has_slots ? paper_slots[s][kind] : none, 1);
        }
        std::cout << cell(totals.mean_batch(), paper != nullptr ? paper->batch[s] : none, 2);
        std::printf("%14.4f%13.2f\n", requests_per_step, preemptions);
    }
}

void print_shares(const Figures& f, const PaperFigures* paper) {
    std::printf("%-28s%16s%16s%16s\n", "blocks saved by sharing, %", "2", "4", "6");
    const auto row = [&](const char* what, const std::array<double, 3>& ours, const std::array<double, 3>* theirs) {
        std::printf("  %-26s", what);
        for (std::size_t n = 0; n < 3; ++n) std::cout << cell(ours[n], theirs != nullptr ? (*theirs)[n] : none, 1);
        std::printf("\n");
    };
    row("samples", f.sampling_saved, paper != nullptr ? &paper->sampling_saved : nullptr);
    row("beams", f.beams_saved, paper != nullptr ? &paper->beams_saved : nullptr);
    std::printf("slots with a token, %%, in blocks of");
    for (std::size_t n = 0; n < block_sizes.size(); ++n) std::printf("   %d: %.1f", block_sizes[n], f.token_share[n]);
    std::printf("\n");
}

}  // namespace

const PaperFigures paper_sharegpt{{7.00, 9.81, 13.62, 30.42}, {16.2, none, 30.5}, {44.3, none, 66.3}};
const PaperFigures paper_alpaca{{7.00, 43.24, 72.75, 132.44}, {6.09, 8.53, 9.79}, {37.56, 53.13, 55.16}};
const std::array<std::array<double, 4>, 4> paper_slots{
    {{20.4, 13.3, 57.3, 8.9}, {26.8, 17.9, 13.6, 41.6}, {38.2, 25.2, 0.0, 36.6}, {96.3, none, none, none}}};

Figures figures_of(const Workload& workload) {
    Figures figures;
    figures.name = workload.name;
    const auto count = static_cast<double>(workload.requests.size());
    for (const TraceRequest& request : workload.requests) {
        figures.mean_prompt += request.prompt_len / count;
        figures.mean_output += request.output_len / count;
    }
    for (std::size_t s = 0; s < systems.size(); ++s) {
        SimulatorOptions options;
        options.system = systems[s];
        const auto start = std::chrono::steady_clock::now();
        const SimulationResult result = simulate(options, workload.requests);
        SystemFigures& out = figures.systems[s];
        out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        const bool waits = workload.saturated && result.saturated.steps > 0;
        out.totals = waits ? result.saturated : result.busy;
        out.requests_per_step = out.totals.mean_batch() / figures.mean_output;
        out.preemptions = static_cast<double>(result.preemptions) / count;
    }
    for (std::size_t n = 0; n < sharers.size(); ++n) {
        figures.sampling_saved[n] = 100 * sampling_saving(workload.requests, sharers[n], 16);
        try {
            figures.beams_saved[n] = beams_saved(workload.requests, sharers[n], 16);
        } catch (const NotImplemented& missing) {
            figures.beams_saved[n] = none;
            if (n == 0) std::cout << "Beams are left out: " << missing.what() << ".\n";
        }
    }
    for (std::size_t n = 0; n < block_sizes.size(); ++n) {
        figures.token_share[n] = 100 * token_share(workload.requests, block_sizes[n]);
    }
    return figures;
}

namespace {

void run(const std::string& trace, double steps_per_second, std::uint64_t seed, int requests,
         const std::filesystem::path& out) {
    std::vector<Workload> workloads;
    if (trace.empty()) {
        for (const auto& [name, model] : {std::pair{"ShareGPT-like", sharegpt_like}, {"Alpaca-like", alpaca_like}}) {
            Random random(seed);
            workloads.push_back({name, draw_requests(model, requests, random), true});
        }
    } else {
        workloads.push_back({std::filesystem::path(trace).filename().string(),
                             read_trace(trace, steps_per_second, SimulatorOptions{}.max_len), false});
    }
    std::vector<Figures> all;
    double seconds = 0;
    for (const Workload& workload : workloads) {
        all.push_back(figures_of(workload));
        const bool drawn = trace.empty();
        const PaperFigures* paper = !drawn ? nullptr : all.size() == 1 ? &paper_sharegpt : &paper_alpaca;
        print_systems(all.back(), paper, drawn && all.size() == 1);
        print_shares(all.back(), paper);
        for (const SystemFigures& system : all.back().systems) seconds += system.seconds;
    }
    std::filesystem::create_directories(out);
    const std::filesystem::path file = out / "kv_simulate.png";
    draw_memory(file, all, trace.empty());
    std::printf("\n%s: a pool of 15,728 slots, %zu requests, %s; simulated in %.2f s\n", file.c_str(),
                workloads.front().requests.size(),
                trace.empty() ? "all waiting from the start (steps in which nobody waits do not count)"
                              : "arriving as the trace says",
                seconds);
}

}  // namespace
}  // namespace wb::demo

int main(int argc, char** argv) {
    CLI::App app{"Chapter 1: four memory managers on the same requests."};
    std::string trace, out = "build/pictures";
    double steps_per_second = 22;  // 45 ms a step
    std::uint64_t seed = 1;
    int requests = 20'000;
    app.add_option("--trace", trace, "CSV file: arrival (seconds), prompt, output (tokens); else requests are drawn");
    app.add_option("--steps-per-second", steps_per_second, "of the model, for a trace's arrivals (default 22)")
        ->check(CLI::Range(1e-3, 1e6));
    app.add_option("--seed", seed, "of the requests that are drawn (default 1)");
    app.add_option("--requests", requests, "how many are drawn (default 20000)")->check(CLI::Range(1, 1'000'000));
    app.add_option("--out", out, "folder of the picture (default build/pictures)");
    return wb::run_demo(app, argc, argv, [&] {
        wb::demo::run(trace, steps_per_second, seed, requests, out);
        return true;
    });
}
