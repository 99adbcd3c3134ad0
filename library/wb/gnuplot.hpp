/// @file
/// gnuplot as a child process: a script in, a picture out. No shell, no temporary files; used by picture.cpp and photo_sheet.cpp only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wb::detail {

/// Runs a script and returns what it drew (its standard output).
/// @throws Error when gnuplot is missing, fails or draws nothing
std::vector<std::byte> run_gnuplot(std::string_view script);

/// Opens a script: a terminal that takes texts as they are, on white, of so many pixels.
/// @throws std::invalid_argument when the ending is neither .png nor .svg
std::string gnuplot_terminal(const std::filesystem::path& path, std::size_t width, std::size_t height);

/// A text as a gnuplot string that means just this text: in double quotes, all but letters, digits and spaces as octal
/// numbers. (Single quotes do not do: gnuplot 5.4 takes the apostrophe at the start of '''a' for the end.)
/// Control characters become spaces.
std::string gnuplot_string(std::string_view text);

}  // namespace wb::detail
