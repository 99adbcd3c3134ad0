/// @file
/// Questions of exercise 3.7, as the case maker writes them and as the tests ask them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ablation_case.hpp"
#include "judge/case.hpp"

namespace wb {

/// Words as a case keeps them: each ends with a comma.
inline std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += word + ",";
    return text;
}

inline std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words(1);
    for (const char letter : text) {
        if (letter == ',') {
            words.emplace_back();
        } else {
            words.back() += letter;
        }
    }
    words.pop_back();
    return words;
}

/// A row of whole numbers.
template <class Number>
std::vector<Number> row_of(const Tensor<2, double>& numbers, std::size_t row) {
    std::vector<Number> result;
    for (std::size_t n = 0; n < numbers.shape(1); ++n) result.push_back(static_cast<Number>(numbers(row, n)));
    return result;
}

}  // namespace wb
