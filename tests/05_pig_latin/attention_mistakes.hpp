/// @file
/// Mistakes that every part of the model with an attention in it may make: words, and how the trusted model makes them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "translator_oracle.hpp"

namespace wb {

using Mistakes = std::vector<std::pair<std::string, oracle::TranslatorFlaws>>;

inline const Mistakes attention_mistakes = {
    {"the result without 1/sqrt(hidden)", {.unscaled = true}},
    {"the result with 1/hidden in place of 1/sqrt(hidden)", {.scaled_by_hidden = true}},
    {"the result with keys and values swapped", {.swaps_key_and_value = true}},
};

}  // namespace wb
