/// @file
/// The case files of a chapter: made by its case maker once for each seed, kept in build/<preset>/cases/<chapter>/<seed>. A student
/// edition, which has no case makers, holds those of one seed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "submission/toolchain.hpp"

namespace wb::grader {

/// The folder of the cases; runs the case maker when there is none yet, or when the maker has changed since.
/// @return empty when the chapter has no cases
/// @throws Error  with the maker's own words when it fails; in a student edition, for a seed other than its own
std::filesystem::path prepare_cases(const Toolchain& toolchain, const Chapter& chapter, std::uint64_t seed);

/// The seed of a student's desk: as asked for, or 1, the public one, or that of the cases which a student edition holds.
/// @throws UsageError  when an edition is asked for another
std::uint64_t desk_seed(const Toolchain& toolchain, std::optional<std::uint64_t> asked = {});

}  // namespace wb::grader
