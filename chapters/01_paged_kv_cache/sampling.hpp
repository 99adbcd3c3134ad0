/// @file
/// How the next token is chosen from logits: the likeliest, or a drawn one. A draw depends on the request, the sequence and
/// the token's position alone, never on how many draws were made before: so a sequence that was preempted and computed again
/// goes on as if nothing had happened.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// How a request's tokens are chosen.
struct Sampling {
    double temperature = 0;  ///< 0: the likeliest token (greedy); above: drawn from softmax(logits / temperature)
    std::uint64_t seed = 0;  ///< of all draws
};

/// A token, and by how much it won.
struct Choice {
    int token = 0;  ///< its number in the vocabulary
    double margin =
        0;  ///< greedy: logits to the runner-up; drawn: probability to the nearest other token. Below what rounding
            ///< does to logits, two correct programs may choose differently
};

/// The number in [0, 1) that decides a draw: splitmix64 (Steele et al. 2014), chained over what names the draw.
inline double draw_of(std::uint64_t seed, std::int64_t request, int sequence, int position) {
    std::uint64_t bits = seed;
    for (const std::uint64_t part : {static_cast<std::uint64_t>(request), static_cast<std::uint64_t>(sequence),
                                     static_cast<std::uint64_t>(position)}) {
        bits = (bits ^ part) + 0x9e3779b97f4a7c15U;
        bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
        bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
        bits ^= bits >> 31U;
    }
    return static_cast<double>(bits >> 11U) * 0x1p-53;
}

/// Logits as log-probabilities, row by row.
/// @param logits  [rows, vocabulary]
inline Tensor<2> log_softmax(Tensor<2> logits) {
    for (std::size_t r = 0; r < logits.shape(0); ++r) {
        const std::span<float> row(&logits(r, 0), logits.shape(1));
        const double largest = *std::ranges::max_element(row);
        double total = 0;
        for (const float logit : row) total += std::exp(logit - largest);
        for (float& logit : row) logit = static_cast<float>(logit - largest - std::log(total));
    }
    return logits;
}

/// Chooses the token at `position` of a sequence.
/// @param logits    [vocabulary], as the model gave them for the token at position - 1
/// @param request   its id
/// @param sequence  which of the request's samples
/// @param position  in tokens from the start of the prompt
/// @throws std::invalid_argument for logits that hold NaN: then attention has read a slot that nobody has written
inline Choice choose_token(std::span<const float> logits, const Sampling& sampling, std::int64_t request, int sequence,
                           int position) {
    for (const float logit : logits) {
        if (std::isnan(logit)) {
            throw std::invalid_argument("the logits for position " + std::to_string(position) + " of request " +
                                        std::to_string(request) + ", sequence " + std::to_string(sequence) +
                                        ", hold NaN: attention has read a slot that nobody has written");
        }
    }
    const auto best = std::ranges::max_element(logits);
    if (sampling.temperature <= 0) {
        double runner_up = -std::numeric_limits<double>::infinity();
        for (auto it = logits.begin(); it != logits.end(); ++it) {
            if (it != best) runner_up = std::max<double>(runner_up, *it);
        }
        return {static_cast<int>(best - logits.begin()), *best - runner_up};
    }
    std::vector<double> upto;  // cumulative, not yet normalised
    double total = 0;
    for (const float logit : logits) upto.push_back(total += std::exp((logit - *best) / sampling.temperature));
    const double drawn = total * draw_of(sampling.seed, request, sequence, position);
    const auto above = std::min(std::ranges::upper_bound(upto, drawn), upto.end() - 1);
    const double from = above == upto.begin() ? -total : *(above - 1);  // below the first token there is no other
    const double to = above == upto.end() - 1 ? 2 * total : *above;
    return {static_cast<int>(above - upto.begin()), std::min(drawn - from, to - drawn) / total};
}

}  // namespace wb
