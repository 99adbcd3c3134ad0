/// @file
/// Writes the cases of exercise 1.8 that need no simulator: lengths, arrivals, shares; and the workloads of the figures.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "simulator_case.hpp"
#include "workload_oracle.hpp"

namespace wb {
namespace {

using oracle::ShareFlaws;
using oracle::WorkloadFlaws;

const std::vector<std::pair<std::string, WorkloadFlaws>> length_mistakes = {
    {"lengths with the mean taken for the median: mu = ln(mean)", {.mean_is_median = true}},
    {"lengths rounded down", {.rounds_down = true}},
    {"the first normal taken for the output, the second for the prompt", {.output_first = true}},
    {"outputs cut at max_len, where both lengths are drawn again", {.cuts_the_output = true}},
    {"the output alone drawn again, where both lengths are", {.keeps_the_prompt = true}},
};

void write_requests(const std::string& name, const LengthModel& model, int count, std::uint64_t seed) {
    CaseWriter writer("1.8/requests", name);
    writer.number("prompt_mean", model.prompt_mean).number("output_mean", model.output_mean);
    writer.number("prompt_sigma", model.prompt_sigma).number("output_sigma", model.output_sigma);
    writer.number("max_len", model.max_len).number("count", count).number("seed", static_cast<double>(seed));
    writer.expected("requests", table_of(oracle::requests(model, count, seed)));
    for (const auto& [words, flaws] : length_mistakes) {
        writer.mistake(words, "requests", table_of(oracle::requests(model, count, seed, flaws)));
    }
}

Tensor<1, double> times(int count, double rate, std::uint64_t seed, const WorkloadFlaws& flaws) {
    const std::vector<double> all = oracle::arrivals(count, rate, seed, flaws);
    Tensor<1, double> tensor = zeros<1, double>({all.size()});
    std::copy(all.begin(), all.end(), tensor.begin());
    return tensor;
}

void write_arrivals(const std::string& name, double rate, std::uint64_t seed) {
    constexpr int count = 40;
    CaseWriter writer("1.8/arrivals", name);
    writer.number("count", count).number("rate", rate).number("seed", static_cast<double>(seed));
    writer.expected("arrivals", times(count, rate, seed, {}));
    const std::pair<std::string, WorkloadFlaws> mistakes[] = {
        {"gaps between arrivals, not their running sum", {.gaps_are_arrivals = true}},
        {"gaps whose mean is the rate, not its inverse", {.rate_is_mean_gap = true}},
        {"gaps from ln(uniform()), where the contract says ln(1 - uniform())", {.logarithm_of_draw = true}},
    };
    for (const auto& [words, flaws] : mistakes) writer.mistake(words, "arrivals", times(count, rate, seed, flaws));
}

constexpr int block_sizes[] = {1, 4, 8, 16, 100};

Tensor<1, double> shares(const std::vector<TraceRequest>& requests, const ShareFlaws& flaws) {
    Tensor<1, double> all = zeros<1, double>({std::size(block_sizes)});
    for (std::size_t n = 0; n < all.size(); ++n) all(n) = oracle::token_share(requests, block_sizes[n], flaws);
    return all;
}

/// [block sizes, samples 1 .. 4]
Tensor<2, double> savings(const std::vector<TraceRequest>& requests, const ShareFlaws& flaws) {
    Tensor<2, double> all = zeros<2, double>({std::size(block_sizes), 4});
    for (std::size_t n = 0; n < std::size(block_sizes); ++n) {
        for (int samples = 1; samples <= 4; ++samples) {
            all(n, static_cast<std::size_t>(samples - 1)) =
                oracle::sampling_saving(requests, samples, block_sizes[n], flaws);
        }
    }
    return all;
}

void write_shares(const std::string& name, const std::vector<TraceRequest>& requests) {
    CaseWriter writer("1.8/shares", name);
    writer.in("requests", table_of(requests)).expected("shares", shares(requests, {}));
    writer.expected("savings", savings(requests, {}));
    const std::pair<std::string, ShareFlaws> mistakes[] = {
        {"the mean of the requests' ratios: long requests weigh no more than short ones", {.mean_of_ratios = true}},
        {"a look at the end of each request, not the sum over its steps", {.last_step_only = true}},
        {"steps that hold prompt_len + k - 1 tokens", {.prompt_only_first = true}},
        {"samples that share the prompt's last block after they have written to it", {.shares_the_last_block = true}},
        {"an original of the last block that nobody holds any more", {.one_original_left = true}},
        {"blocks saved over blocks with sharing", {.saved_over_physical = true}},
    };
    for (const auto& [words, flaws] : mistakes) {
        writer.mistake(words, "shares", shares(requests, flaws)).mistake(words, "savings", savings(requests, flaws));
    }
}

std::vector<TraceRequest> short_requests(std::size_t count, Draw& draw) {
    std::vector<TraceRequest> requests(count);
    for (TraceRequest& request : requests) {
        request.prompt_len = 1 + static_cast<int>(draw.below(60));
        request.output_len = 1 + static_cast<int>(draw.below(40));
    }
    return requests;
}

}  // namespace

WB_CASES(workload) {
    Draw draw(seed + 18);
    write_requests("short", {12, 8, 1.3, 0.85, 40}, 60, seed + 1);
    write_requests("sharegpt_like", sharegpt_like, 60, seed + 2);
    write_requests("narrow", {30, 30, 0.3, 0.2, 64}, 60, seed + 3);
    for (const double rate : {0.02, 1.0, 7.5}) write_arrivals("rate_" + std::to_string(rate).substr(0, 4), rate, seed);

    Tensor<2, double> lengths = zeros<2, double>({30, 3});
    Tensor<1, double> sums = zeros<1, double>({30});
    for (std::size_t n = 0; n < sums.size(); ++n) {
        const auto size = [&](std::size_t end) { return static_cast<int>(draw.below(end)); };
        const int prompt_len = size(70), output_len = size(50), block_size = 1 + size(20);
        lengths(n, 0) = prompt_len;
        lengths(n, 1) = output_len;
        lengths(n, 2) = block_size;
        sums(n) = static_cast<double>(oracle::block_steps(prompt_len, output_len, block_size));
    }
    CaseWriter("1.8/block_steps", "random").in("lengths", lengths).expected("sums", sums);

    write_shares("one_request", {{0, 20, 5}});
    write_shares("whole_blocks", {{0, 32, 16}, {0, 16, 40}});
    write_shares("random", short_requests(12, draw));

    CaseWriter("1.8/figures", "alpaca_like").in("requests", table_of(oracle::requests(alpaca_like, 5000, seed)));
    CaseWriter("1.8/figures", "sharegpt_like").in("requests", table_of(oracle::requests(sharegpt_like, 5000, seed)));
}

}  // namespace wb
