/// @file
/// gnuplot as a child process: a script in, a picture out. No shell, no temporary files; used by picture.cpp only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wb::detail {

/// Runs a script and returns what it drew (its standard output).
/// @throws Error when gnuplot is missing, fails or draws nothing
std::vector<std::byte> run_gnuplot(std::string_view script);

/// A text as a gnuplot string that means just this text: in double quotes, all but letters, digits and spaces as octal
/// numbers. (Single quotes do not do: gnuplot 5.4 takes the apostrophe at the start of '''a' for the end.)
/// Control characters become spaces.
std::string gnuplot_string(std::string_view text);

}  // namespace wb::detail
