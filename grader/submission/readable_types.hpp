/// @file
/// The types' names as the contracts write them, in what compilers and linkers say.
#pragma once

#include <string>

namespace wb::grader {

/// `text` with Tensor<4> for what a linker spells in 120 letters, Tensor<4, double>, and std::string.
std::string readable_types(std::string text);

}  // namespace wb::grader
