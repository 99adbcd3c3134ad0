/// @file
/// What `./workbook run kv-simulate` is made of. It runs the student's own code: exercises 1.7 and 1.8, and for beams 1.1 to 1.4.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "simulator.hpp"
#include "workload.hpp"

namespace wb::demo {

/// Requests, and which steps of their simulation count.
struct Workload {
    std::string name;
    std::vector<TraceRequest> requests;
    bool saturated = true;  ///< the steps in which somebody waits; otherwise all in which something runs
};

inline constexpr std::array<KvSystem, 4> systems{KvSystem::orca_max, KvSystem::orca_pow2, KvSystem::orca_oracle,
                                                 KvSystem::paged};
inline constexpr std::array<const char*, 4> system_names{"Orca Max", "Orca Pow2", "Orca Oracle", "Paged"};
inline constexpr std::array<int, 3> sharers{2, 4, 6};  ///< samples of a prompt, or beams
inline constexpr std::array<int, 5> block_sizes{8, 16, 32, 64, 128};

/// What one system did with a workload.
struct SystemFigures {
    StepTotals totals;
    double requests_per_step = 0;
    double preemptions = 0;  ///< for each request
    double seconds = 0;      ///< that the simulation took
};

/// What a workload makes of all of them.
struct Figures {
    std::string name;
    double mean_prompt = 0, mean_output = 0;
    std::array<SystemFigures, 4> systems;
    std::array<double, 3> sampling_saved{};  ///< % of blocks, for each of `sharers`
    std::array<double, 3> beams_saved{};     ///< NaN where exercises 1.1 to 1.4 are not implemented
    std::array<double, 5> token_share{};     ///< %, for each of `block_sizes`
};

/// Simulates. @throws NotImplemented naming the exercise
Figures figures_of(const Workload& workload);

/// What the paper measured for a workload; NaN where it gives no number.
struct PaperFigures {
    std::array<double, 4> batch{};
    std::array<double, 3> sampling_saved{};
    std::array<double, 3> beams_saved{};
};
extern const PaperFigures paper_sharegpt, paper_alpaca;

/// Figure 2: tokens, reserved, internal, external and other, in % of the pool. Of pages only the tokens are published.
extern const std::array<std::array<double, 4>, 4> paper_slots;

/// The share of blocks saved when each request is searched with `width` beams, in %: 1 - physical / logical over requests and
/// steps. The tables are the student's own; who survives a step is drawn: each new beam continues one of the old ones, all
/// equally likely. No model of language is in it, and no number to tune.
/// @throws NotImplemented naming the exercise
double beams_saved(const std::vector<TraceRequest>& requests, int width, int block_size);

/// Reads a trace: CSV with the columns arrival (seconds), prompt and output (tokens).
/// @throws FileError naming file, line and column, for what is no such request or does not fit `max_len`
std::vector<TraceRequest> read_trace(const std::filesystem::path& path, double steps_per_second, int max_len);

/// One picture: the slots of figure 2, batches of figure 13, savings of figure 15, and the block-size curve.
void draw_memory(const std::filesystem::path& file, const std::vector<Figures>& all, bool beside_the_paper);

}  // namespace wb::demo
