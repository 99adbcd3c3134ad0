/// @file
/// Decoder-only models for the tests of exercise 5.8: random ones, and one whose every answer can be read from a table; and prompts.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "judge/draw.hpp"
#include "judge/judge.hpp"
#include "variant_probes.hpp"
#include "word_draw.hpp"

namespace wb {

/// Parameters drawn from [-0.7, 0.7), large enough for attention to prefer some places to others.
probes::DecoderOnlyModel random_model(Draw& draw, std::size_t hidden, std::size_t layers);

/// A model without layers that has hidden 30 and writes by a table: after token `first` comes `second`. Token k's embedding is 100
/// in channel k, beside which positions, at most 1, do not count. Tokens that are not in the table are followed by 'z'.
probes::DecoderOnlyModel table_model(const std::vector<std::pair<int, int>>& next);

/// Rows of equal lengths as a tensor.
Tensor<2, int> token_rows(const std::vector<std::vector<int>>& rows);

/// SOS word EOP translation.
std::vector<int> prompt_row(const std::string& source, const std::string& target);

/// Nothing for SOS and the word, then from EOP on the translation and EOS.
std::vector<int> asked_row(const std::string& source, const std::string& target);

/// A row for each pair, by one of these.
Tensor<2, int> rows_of(const Pairs& pairs, std::vector<int> (*row)(const std::string&, const std::string&));

/// Two prompts of random letters, as long as `source_size` and `target_size` say.
PromptBatch random_prompts(Draw& draw, std::size_t source_size, std::size_t target_size);

/// Logits go through at most three layers of sums of some ten products in float, each with an error of 6e-8 of its terms: some
/// hundred roundings in a row, which partly cancel, stay below 2e-5 of the largest logit.
inline constexpr Tolerance float_logits{.of_largest = 2e-5};

}  // namespace wb
