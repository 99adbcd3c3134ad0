/// @file
/// Hypotheses of a beam as numbers, the way cases and judge of exercise 5.7 compare them.
#pragma once

#include <cstddef>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// Rows: hypotheses, the best first; columns: log-probability, score, number of tokens, tokens, -1 behind the last.
/// @param found  at most `width`, each of at most `max_tokens` tokens
template <class Found>
Tensor<2, double> hypothesis_table(const std::vector<Found>& found, std::size_t width, std::size_t max_tokens) {
    Tensor<2, double> table = full<2, double>({width, 3 + max_tokens}, -1.0);
    for (std::size_t row = 0; row < found.size(); ++row) {
        table(row, 0) = found[row].log_probability;
        table(row, 1) = found[row].score;
        table(row, 2) = static_cast<double>(found[row].tokens.size());
        for (std::size_t t = 0; t < found[row].tokens.size(); ++t) table(row, 3 + t) = found[row].tokens[t];
    }
    return table;
}

}  // namespace wb
