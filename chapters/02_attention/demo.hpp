/// @file
/// The two pictures that `./workbook run attention` draws with the student's own code.
#pragma once

#include <filesystem>

namespace wb::demo {

/// Four heads, set by hand, on one sentence: what a head can express. Uses exercises 2.1 and 2.2.
void draw_heads(const std::filesystem::path& folder);

/// What both attentions cost, as exercise 2.6 counts and as the clock measures. Uses exercises 2.1, 2.3 and 2.6.
void draw_cost(const std::filesystem::path& folder);

}  // namespace wb::demo
