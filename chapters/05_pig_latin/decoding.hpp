/// @file
/// Exercise 5.7: writing. A model says how likely each next letter is; decoding decides.
///
///     greedy        always the likeliest next token, until EOS
///     beam search   the `width` likeliest beginnings at a time: a second-best first letter may lead to the best word
///
/// Both work for any model: they see a function from the tokens so far to logits.
/// Source: Graves 2012, algorithm 1, by token; length penalty of Wu et al. 2016, equation 14, without coverage.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "translator.hpp"

namespace wb {

/// What a model says of the token after `prefix`: logits, [vocabulary], of which softmax makes probabilities. A logit of -inf is
/// a token that must not come, one of NaN or +inf is a broken model's: below, tokens whose logit is not finite have
/// probability 0, and are never written.
/// @param prefix  tokens so far, the start token first
using NextLogits = std::function<std::vector<float>(std::span<const int> prefix)>;

/// Where writing starts and ends.
struct DecodingLimits {
    int start = sos_token;        ///< the prefix to begin with
    int end = eos_token;          ///< ends a word
    std::size_t max_tokens = 30;  ///< tokens written at most, the end included; the longest word of the sets has 24
};

/// The members, in wire order.
inline auto fields(DecodingLimits& limits) {
    return std::tie(limits.start, limits.end, limits.max_tokens);
}

/// Writes the likeliest token, again and again; asks the model once for each.
/// @return what was written, without the start, with the end if it came within max_tokens. Of equal logits the lowest token
///         counts
/// @throws Error when no logit is finite
std::vector<int> greedy_decode(const NextLogits& next, const DecodingLimits& limits = {});

/// A beginning, or a whole word, of beam search.
struct Hypothesis {
    std::vector<int> tokens;     ///< as greedy_decode returns them
    double log_probability = 0;  ///< sum of the log-probabilities of its tokens, the end included
    double score = 0;            ///< log_probability / ((5 + tokens.size()) / 6)^length_penalty
};

/// The members, in wire order.
inline auto fields(Hypothesis& hypothesis) {
    return std::tie(hypothesis.tokens, hypothesis.log_probability, hypothesis.score);
}

/// How wide a beam is, and what length costs.
struct BeamOptions {
    std::size_t width = 4;      ///< >= 1
    double length_penalty = 0;  ///< alpha of Wu et al.; 0: the score is the log-probability
};

/// The members, in wire order.
inline auto fields(BeamOptions& options) {
    return std::tie(options.width, options.length_penalty);
}

/// Searches for likely words. The beam has `width` places, and begins with one beginning, of no tokens. In each round every
/// beginning is continued with every token that can come; of all these as many are kept as the beam has places, the ones of
/// highest log-probability (of equal ones the earlier beginning's, then the lower token's), in that order. One that ends with
/// the end token is whole: it leaves the beam and takes its place with it, so that the beam has one place fewer. It is over when
/// nothing is left in the beam, or after max_tokens rounds, where what is left counts as if it were whole.
/// Log-probabilities are summed in double.
/// @return at most `width` hypotheses, highest score first (equal ones: in the order in which they became whole). Width 1 finds
///         what greedy_decode finds
/// @throws std::invalid_argument for a width of 0; Error when no logit is finite
std::vector<Hypothesis> beam_search(const NextLogits& next, const BeamOptions& beam, const DecodingLimits& limits = {});

/// A translator about one word: the word is encoded once, before this returns; each call runs the decoder over the prefix and
/// returns the logits of its last place.
/// @param model  not owned: it must outlive the function returned
/// @return       a function that may be copied and called with any prefixes in any order, by one thread at a time
/// @throws std::invalid_argument as encode does, at once
NextLogits next_letter(const Translator& model, std::string_view word);

/// The word in Pig Latin, by greedy decoding.
std::string translate(const Translator& model, std::string_view word);

/// Many words: as translate() of each, but words of one length go through the model together, which is what makes it fast.
/// @return the translations, in the order of the words
/// @throws std::invalid_argument as encode does; Error as greedy_decode does
std::vector<std::string> translate_all(const Translator& model, const std::vector<std::string>& words);

}  // namespace wb
