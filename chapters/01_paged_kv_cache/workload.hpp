/// @file
/// Exercise 1.8, first part: the requests that a server gets. The paper publishes the mean lengths of its two data sets
/// (ShareGPT: conversations; Alpaca: short instructions) and histograms with a long tail, but no lengths; arrivals are a Poisson
/// process. So lengths are drawn here from log-normal distributions with these means and a width of our own choice, the same
/// for both data sets: sigma 1.3 for prompts and 0.85 for outputs. No result was tuned by them; the handout says where that
/// shows.
/// Source: Kwon et al., SOSP 2023, section 6.1 and figure 11.
#pragma once

#include <tuple>
#include <vector>

#include "wb/random.hpp"

namespace wb {

/// One request of a trace.
struct TraceRequest {
    double arrival = 0;  ///< in steps of the model, >= 0, not necessarily whole
    int prompt_len = 1;  ///< tokens, >= 1
    int output_len = 1;  ///< tokens that it will generate, >= 1. The simulator knows them; a real server does not
    bool operator==(const TraceRequest&) const = default;
};

/// The members, in wire order.
inline auto fields(TraceRequest& request) {
    return std::tie(request.arrival, request.prompt_len, request.output_len);
}

/// Two log-normal distributions, and the context that both have to fit in.
struct LengthModel {
    double prompt_mean = 1;      ///< of the distribution before it is cut at max_len
    double output_mean = 1;      ///< tokens of an output
    double prompt_sigma = 1.3;   ///< standard deviation of the logarithm
    double output_sigma = 0.85;  ///< likewise
    int max_len = 2048;          ///< of prompt and output together
};

/// The members, in wire order.
inline auto fields(LengthModel& m) {
    return std::tie(m.prompt_mean, m.output_mean, m.prompt_sigma, m.output_sigma, m.max_len);
}

/// Chosen so that the requests that pass the cut have the means of figure 11: 161.31 and 337.99 tokens for ShareGPT, where the cut
/// takes away the longest, and 19.31 and 58.45 for Alpaca, where it takes away next to nothing.
inline constexpr LengthModel sharegpt_like{189.0, 359.3};
inline constexpr LengthModel alpaca_like{19.31, 58.45};  ///< The same of Alpaca's.

/// The length that a standard normal number stands for: exp(mu + sigma z) with the mu that gives the distribution the mean `mean_len`.
/// The mean of exp(mu + sigma z) is exp(mu + sigma^2 / 2).
/// @param mean_len  > 0    @param sigma  >= 0
/// @return rounded to the nearest whole number, but at least 1 and at most 2^31 - 1
int log_normal_length(double mean_len, double sigma, double z);

/// Draws requests, all with arrival 0 (a saturated server: they wait from the start). Each takes one normal() for its prompt and
/// then one for its output; while the two lengths together exceed max_len, both are drawn again, in this order.
/// @throws std::invalid_argument, naming the number, for a negative count, or a max_len below 2, which no request fits
std::vector<TraceRequest> draw_requests(const LengthModel& model, int count, Random& random);

/// Gives the requests, in order, the arrivals of a Poisson process from time 0: the gaps are independent and exponential, each
/// -ln(1 - uniform()) / rate, one uniform() a request.
/// @param rate  requests a step, > 0    @throws std::invalid_argument otherwise, NaN included; nothing has changed
void draw_arrivals(std::vector<TraceRequest>& requests, double rate, Random& random);

}  // namespace wb
