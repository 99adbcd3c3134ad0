/// @file
/// Where the workbook's own data lie: datasets/, whose README.md names each file's provenance and licence.
#pragma once

#include <filesystem>
#include <string>

namespace wb {

/// The path of a file of datasets/, e.g. dataset("char_lm/sense_and_sensibility.safetensors").
/// @throws FileError when there is no such file
std::filesystem::path dataset(const std::string& name);

}  // namespace wb
