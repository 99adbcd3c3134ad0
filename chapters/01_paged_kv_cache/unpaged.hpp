/// @file
/// Given: text generation without pages, the reference for exercise 1.13. Each sequence owns a contiguous cache of its own, a
/// fork copies it whole, and nobody is ever preempted. Read it first: what it says in a few lines, yours must say with blocks.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "sampling.hpp"
#include "wb/char_model.hpp"

namespace wb {

/// The members, in wire order.
inline auto fields(Sampling& sampling) {
    return std::tie(sampling.temperature, sampling.seed);
}

/// A prompt, and how it shall go on.
struct GenerationRequest {
    std::int64_t id = 0;      ///< unique
    std::vector<int> prompt;  ///< tokens, at least one
    int max_new_tokens = 0;   ///< for each sequence, >= 1
    int num_sequences = 1;    ///< samples of the one prompt, >= 1
    int stop_token = -1;      ///< a sequence ends with this token, if it comes before max_new_tokens; -1: none
    Sampling sampling;        ///< how tokens are chosen
};

/// The members, in wire order.
inline auto fields(GenerationRequest& request) {
    return std::tie(request.id, request.prompt, request.max_new_tokens, request.num_sequences, request.stop_token,
                    request.sampling);
}

/// A continuation found by beam search.
struct Beam {
    std::vector<int> tokens;  ///< the new ones, without the prompt
    double log_prob = 0;      ///< of these, after the prompt; natural logarithm
};

/// The members, in wire order.
inline auto fields(Beam& beam) {
    return std::tie(beam.tokens, beam.log_prob);
}

/// What the reference answers, and how clear its closest decision was (see Choice; for beams: log-probability between the last
/// that survived a step and the first that did not, and between neighbours at the end).
struct UnpagedText {
    std::vector<std::vector<int>> sequences;  ///< [num_sequences]: the new tokens
    double margin =
        0;  ///< the smallest distance between the best and the next token that decided anything: below rounding, texts may differ
};
/// What unpaged_beams finds.
struct UnpagedBeams {
    std::vector<Beam> beams;  ///< the best first
    double margin = 0;        ///< the smallest distance between a beam that was kept and one that was not
};

/// Continues a prompt, one sequence after the other.
UnpagedText generate_unpaged(CharModel& model, const GenerationRequest& request);

/// Beam search: at each of `num_new_tokens` steps the `width` likeliest extensions of all beams survive.
UnpagedBeams beams_unpaged(CharModel& model, const std::vector<int>& prompt, int width, int num_new_tokens);

}  // namespace wb
