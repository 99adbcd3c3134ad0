/// @file
/// What exercise 5.7's beam search should find in a model that is a table, computed a second time and by another road: the
/// probability of *every* beginning is written down first, as a product, and a beam is then a choice among them.
#pragma once

#include <cstddef>
#include <vector>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// A model by its logits, [places, vocabulary, vocabulary, vocabulary]: as probes::TableModel.
struct BeamQuestion {
    Tensor<4> table;
    int start = 0, end = 0;
    std::size_t width = 1, max_tokens = 1;
    double length_penalty = 0;
};

/// Mistakes that students make, one at a time.
struct BeamFlaws {
    bool logits_summed = false;        ///< logits in place of log-probabilities
    bool whole_take_no_place = false;  ///< `width` beginnings go on in every round, whatever is whole
    bool unfinished_dropped = false;   ///< what is left at max_tokens is forgotten
    bool ends_with_first = false;      ///< the search is over with the first whole word
    bool end_is_free = false;          ///< the end's probability is not counted
    bool one_heir_each = false;        ///< every beginning keeps its best continuation only, but for the first
    bool length_without_end = false;   ///< the penalty counts letters, not tokens
    bool penalty_is_power = false;     ///< length^alpha in place of ((5 + length) / 6)^alpha
    bool penalty_multiplies = false;   ///< log-probability times the penalty
};

/// A beginning or a word.
struct Found {
    std::vector<int> tokens;
    double log_probability = 0, score = 0;
};

/// The words that beam search finds, the best first.
/// @param gap  where not null, is set to the smallest distance between a beginning that was kept and one that was not, and
///             between scores: where it is large, rounding decides nothing
std::vector<Found> beam_search(const BeamQuestion& question, const BeamFlaws& flaws = {}, double* gap = nullptr);

/// All that can be written within max_tokens, in any order, with its log-probability.
std::vector<Found> everything(const BeamQuestion& question);

}  // namespace wb::oracle
