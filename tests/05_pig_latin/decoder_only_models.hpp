/// @file
/// Decoder-only models for the tests of exercise 5.8: random ones, and one whose every answer can be read from a table.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "judge/draw.hpp"
#include "judge/judge.hpp"
#include "translator_oracle.hpp"
#include "variant_probes.hpp"

namespace wb {

/// Parameters drawn from [-0.7, 0.7), large enough for attention to prefer some places to others.
probes::DecoderOnlyModel random_model(Draw& draw, std::size_t hidden, std::size_t layers);

/// A model without layers that has hidden 30 and writes by a table: after token `first` comes `second`. Token k's embedding is 100
/// in channel k, beside which positions, at most 1, do not count. Tokens that are not in the table are followed by 'z'.
probes::DecoderOnlyModel table_model(const std::vector<std::pair<int, int>>& next);

/// The judge's own model with the same parameters.
oracle::DecoderOnly trusted(const probes::DecoderOnlyModel& model);

/// Rows of equal lengths as a tensor.
Tensor<2, int> token_rows(const std::vector<std::vector<int>>& rows);

/// The logits of the last place after one row of tokens, by the judge's own model.
Tensor<1, double> trusted_last(const probes::DecoderOnlyModel& model, const std::vector<int>& tokens);

/// Logits go through at most three layers of sums of some ten products in float, each with an error of 6e-8 of its terms: some
/// hundred roundings in a row, which partly cancel, stay below 2e-5 of the largest logit.
inline constexpr Tolerance float_logits{.of_largest = 2e-5};

}  // namespace wb
