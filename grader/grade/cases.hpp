/// @file
/// The case files of a chapter: made by its case maker once for each seed, kept in build/<preset>/cases/<chapter>/<seed>.
#pragma once

#include <cstdint>
#include <filesystem>

#include "submission/toolchain.hpp"

namespace wb::grader {

/// The folder of the cases; runs the case maker when there is none yet, or when the maker has changed since.
/// @return empty when the chapter has no case maker
/// @throws Error  with the maker's own words when it fails
std::filesystem::path prepare_cases(const Toolchain& toolchain, const Chapter& chapter, std::uint64_t seed);

}  // namespace wb::grader
