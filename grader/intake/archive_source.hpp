/// @file
/// Reads a .zip, .tar.gz or .tar.xz that an enemy may have made. Which it is, its first bytes say, whatever its name is.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "intake/collector.hpp"

namespace wb::grader {

/// Reads the whole archive; keeps the files that exercises of the course own.
/// @param name  what messages call it
/// @throws FileError  naming the archive and what is wrong: no such archive, damaged, or beyond a limit
Intake read_archive(std::span<const std::byte> bytes, const std::string& name, const Course& course,
                    const IntakeLimits& limits);

}  // namespace wb::grader
