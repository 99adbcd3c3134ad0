/// @file
/// A translator in a safetensors file: its parameters under their names (translator.hpp). Its sizes are those of its tensors.
#pragma once

#include <filesystem>

#include "translator.hpp"

namespace wb::demo {

/// @throws FileError when the file cannot be read or is no translator's
Translator read_translator(const std::filesystem::path& path);

/// @throws FileError when it cannot be written; then an old file is as it was
void write_translator(const std::filesystem::path& path, const Translator& model);

}  // namespace wb::demo
