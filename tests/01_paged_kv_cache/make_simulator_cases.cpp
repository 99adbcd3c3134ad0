/// @file
/// Writes the cases of exercise 1.8's simulator: small traces, walked token by token.
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "simulator_case.hpp"
#include "simulator_oracle.hpp"

namespace wb {
namespace {

using oracle::SimulatorFlaws;

const std::vector<std::pair<std::string, SimulatorFlaws>> mistakes = {
    {"a run in which later requests pass a head of the queue that does not fit", {.overtakes = true}},
    {"a run whose admissions leave no watermark free", {.no_watermark = true}},
    {"a run whose appends leave the watermark free, which is for admissions", {.watermark_on_append = true}},
    {"a run that preempts the earliest arrival", {.preempts_the_earliest = true}},
    {"a run that sends a preempted request to the end of the queue", {.preempted_to_the_back = true}},
    {"a run in which a preempted request loses what it had generated", {.preempted_starts_over = true}},
    {"a run whose k-th step counts prompt_len + k - 1 tokens", {.first_token_later = true}},
    {"a run in which a request joins the queue before it arrives", {.arrives_a_step_early = true}},
    {"a run in which the later index of equal arrivals goes first", {.latest_of_equals_first = true}},
    {"a split that takes the rounding of a chunk for internal waste", {.chunk_is_internal = true}},
    {"a run in which a request keeps its memory for a step after its last", {.one_step_longer = true}},
};

void write(const std::string& family, const std::string& name, const SimulatorOptions& options,
           const std::vector<TraceRequest>& requests) {
    CaseWriter writer("1.8/" + family, name);
    put_options(writer, options);
    const SimulationResult right = oracle::simulate(options, requests);
    writer.in("requests", table_of(requests)).expected("totals", totals_of(right)).expected("times", times_of(right));
    writer.expected("preemptions", preemptions_of(right));
    for (const auto& [words, flaws] : mistakes) {
        const SimulationResult wrong = oracle::simulate(options, requests, flaws);
        writer.mistake(words, "totals", totals_of(wrong)).mistake(words, "times", times_of(wrong));
    }
}

/// Requests that fit a context; arrivals all at once, or scattered so that some steps are idle.
std::vector<TraceRequest> draw_requests(std::size_t count, int max_len, double gap, Draw& draw) {
    std::vector<TraceRequest> requests(count);
    for (TraceRequest& request : requests) {
        const auto total = 2 + draw.below(static_cast<std::size_t>(max_len) - 1);
        request.prompt_len = 1 + static_cast<int>(draw.below(total - 1));
        request.output_len = static_cast<int>(total) - request.prompt_len;
        request.arrival = gap * static_cast<double>(draw.below(4 * count)) / 4;  // in any order, some of them equal
    }
    return requests;
}

}  // namespace

WB_CASES(simulator) {
    Draw draw(seed + 180);
    const std::pair<std::string, double> loads[] = {{"saturated", 0}, {"loaded", 2.5}, {"idle", 30}};
    const std::pair<std::string, KvSystem> rivals[] = {
        {"max", KvSystem::orca_max}, {"pow2", KvSystem::orca_pow2}, {"oracle", KvSystem::orca_oracle}};
    for (const auto& [load, gap] : loads) {
        for (const auto& [rival, system] : rivals) {
            const int num_slots = 64 + static_cast<int>(draw.below(100));  // 64 at least, so that 32 fit at once
            write("contiguous", rival + "_" + load, {system, num_slots, 32, 16, 0.01},
                  draw_requests(24, 32, gap, draw));
        }
        for (const int block_size : {1, 4, 5}) {
            const int num_slots = 60 + static_cast<int>(draw.below(60));
            write("paged", "blocks_of_" + std::to_string(block_size) + "_" + load,
                  {KvSystem::paged, num_slots, 32, block_size, 0.1}, draw_requests(24, 32, gap, draw));
        }
        write("paged", "no_watermark_" + load, {KvSystem::paged, 70, 40, 4, 0}, draw_requests(24, 40, gap, draw));
    }
}

}  // namespace wb
