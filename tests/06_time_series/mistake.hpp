/// @file
/// Known mistakes of this chapter's cases, written only where they can be told from the right answer: one that hardly differs would be
/// named to a student who has rounded otherwise.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "judge/case.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// Adds what a known wrong solution answers, where a number of it differs by more than 1e-3.
template <std::size_t N>
void mistake(grader::CaseWriter& writer, const std::string& words, const std::string& key,
             const Tensor<N, double>& wrong, const Tensor<N, double>& right) {
    double largest = 0;
    for (std::size_t n = 0; n < wrong.size(); ++n)
        largest = std::max(largest, std::abs(wrong.data()[n] - right.data()[n]));
    if (largest > 1e-3) writer.mistake(words, key, wrong);
}

}  // namespace wb
