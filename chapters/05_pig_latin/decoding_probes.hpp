/// @file
/// What the tests may ask of exercise 5.7. The decoders get a model that is a table, so that what they should write is known
/// without a translator; next_letter and translate get a translator's parameters.
#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include "decoding.hpp"
#include "probe/probe.hpp"
#include "translator_weights.hpp"

namespace wb::probes {

/// Logits of the next token by the place that it is for and the two tokens before it: [places, vocabulary, vocabulary,
/// vocabulary], place, token before the last, last token, next token. Behind the last place its table goes on. Where there is
/// no token before the last, the start stands for it.
using TableModel = Tensor<4>;

/// What greedy_decode wrote, and how often it asked.
struct GreedyRun {
    std::vector<int> tokens;
    std::size_t calls = 0;
};
inline auto fields(GreedyRun& run) {
    return std::tie(run.tokens, run.calls);
}

/// model, limits -> tokens. A prefix that does not begin with the start token, or holds a number that is no token, is an error
/// of the driver's (std::logic_error).
inline const Probe<GreedyRun(TableModel, DecodingLimits)> greedy_decode{"5.7/greedy_decode"};

/// model, width and length penalty, limits -> hypotheses
inline const Probe<std::vector<Hypothesis>(TableModel, BeamOptions, DecodingLimits)> beam_search{"5.7/beam_search"};

/// model, word, prefixes -> logits after each. Once next_letter has returned, the driver spoils the memory that held the word and
/// the encoder's parameters; then it calls a copy of the function.
inline const Probe<std::vector<std::vector<float>>(TranslatorWeights, std::string, std::vector<std::vector<int>>)>
    next_letter{"5.7/next_letter"};

/// model, words -> translate of each
inline const Probe<std::vector<std::string>(TranslatorWeights, std::vector<std::string>)> translate{"5.7/translate"};

/// model, words -> translations
inline const Probe<std::vector<std::string>(TranslatorWeights, std::vector<std::string>)> translate_all{
    "5.7/translate_all"};

}  // namespace wb::probes
