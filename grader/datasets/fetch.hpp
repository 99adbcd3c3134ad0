/// @file
/// Downloads of data sets: all or nothing, known by size and SHA-256. The work is done by the programs curl and tar.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "datasets/manifest.hpp"

namespace wb::grader {

/// Puts all files of `data` into `folder`, which must not be there yet; its parent is made where missing.
/// @param from  empty: data.url; a mirror's address (https://..., file:///...), or a folder of this machine, with files of the same
///              names
/// @param say   gets a line at a time about what is going on
/// @throws Error      when curl is missing or fails (says where to get the file by hand), or tar does
/// @throws FileError  when a file is not what the manifest says; then nothing is left behind
void fetch_data(const RemoteData& data, const std::string& from, const std::filesystem::path& folder,
                const std::function<void(const std::string&)>& say);

/// "170 MB", "3 KB", "12 bytes".
std::string size_in_words(std::uint64_t bytes);

}  // namespace wb::grader
