/// @file
/// Where the workbook's own data lie: datasets/, whose README.md names each file's provenance and licence.
#pragma once

#include <filesystem>
#include <string>

namespace wb {

/// The path of a file of datasets/, e.g. dataset("char_lm/sense_and_sensibility.safetensors").
/// @throws FileError when there is no such file
std::filesystem::path dataset(const std::string& name);

/// The folder that `workbook datasets fetch NAME` has filled, e.g. fetched_dataset("cifar10").
/// @throws FileError naming that command when it is not there
std::filesystem::path fetched_dataset(const std::string& name);

}  // namespace wb
