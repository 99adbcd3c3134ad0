/// @file
/// A server's requests, and what their blocks are worth, from definitions: block tables are counted entry by entry, step by step.
/// Also what known mistakes give; all flaws false: right. Shares no code with solutions/; the stream of random numbers is given.
#pragma once

#include <cstdint>
#include <vector>

#include "workload.hpp"

namespace wb::oracle {

/// Mistakes in drawing requests, one at a time.
struct WorkloadFlaws {
    bool mean_is_median = false;     ///< mu = ln(mean)
    bool rounds_down = false;        ///< a length is cut, not rounded
    bool output_first = false;       ///< the two normals change places
    bool cuts_the_output = false;    ///< max_len is kept by shortening the output
    bool keeps_the_prompt = false;   ///< only the output is drawn again
    bool gaps_are_arrivals = false;  ///< the gaps are not summed up
    bool rate_is_mean_gap = false;   ///< times rate, not divided by it
    bool logarithm_of_draw = false;  ///< ln(uniform()), not ln(1 - uniform())
};

int length(double mean, double sigma, double z, const WorkloadFlaws& flaws = {});
std::vector<TraceRequest> requests(const LengthModel& model, int count, std::uint64_t seed,
                                   const WorkloadFlaws& flaws = {});
std::vector<double> arrivals(int count, double rate, std::uint64_t seed, const WorkloadFlaws& flaws = {});

/// Mistakes in shares, one at a time.
struct ShareFlaws {
    bool mean_of_ratios = false;         ///< each request weighs the same
    bool last_step_only = false;         ///< a look at each request's end
    bool prompt_only_first = false;      ///< step k has prompt_len + k - 1 tokens
    bool shares_the_last_block = false;  ///< a block with room is not copied
    bool one_original_left = false;      ///< each sample copies, and the original stays
    bool saved_over_physical = false;    ///< 1 - 1 / ratio taken the other way round
};

std::int64_t block_steps(int prompt_len, int output_len, int block_size);
double token_share(const std::vector<TraceRequest>& requests, int block_size, const ShareFlaws& flaws = {});
double sampling_saving(const std::vector<TraceRequest>& requests, int num_samples, int block_size,
                       const ShareFlaws& flaws = {});

}  // namespace wb::oracle
