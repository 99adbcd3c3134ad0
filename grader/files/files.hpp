/// @file
/// Whole files in and out, and their SHA-256. Small on purpose: everything the grader reads is a source, a table or a
/// report.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace wb::grader {

/// The bytes of a regular file.
/// @throws FileError  naming the file and the system's reason
std::string read_text(const std::filesystem::path& path);

/// Writes through a temporary file in the same folder and a rename: a reader sees the old bytes or the new, never half.
/// Folders that are missing are made.
/// @throws FileError  naming the file and the system's reason
void write_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Lower-case hexadecimal SHA-256 of the bytes: 64 characters.
std::string sha256(std::string_view bytes);

/// A folder of its own under `parent`, removed with all it holds when the guard goes.
class ScratchFolder {
 public:
    /// @throws FileError  when the folder cannot be made
    explicit ScratchFolder(const std::filesystem::path& parent, std::string_view name);
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
    std::filesystem::path path_;
};

}  // namespace wb::grader
