/// @file
/// Writes archives as students hand them in. The same files give the same bytes: no time of this day is in them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace wb::grader {

/// One entry of an archive.
struct ArchiveEntry {
    std::string path, bytes;
    std::size_t zeros = 0;     ///< that many zeros after the bytes, never in memory together
    std::string link_to = {};  ///< not empty: a symbolic link, without bytes
};

/// Writes `file`: .zip, .tar.gz or .tar.xz by its ending.
/// @throws FileError  with libarchive's words
void write_archive(const std::filesystem::path& file, const std::vector<ArchiveEntry>& entries);

}  // namespace wb::grader
