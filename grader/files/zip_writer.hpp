/// @file
/// Writes a .zip: plain files only, all with the same time in them, so that the same files make the same archive.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

struct archive;

namespace wb::grader {

class ZipWriter {
 public:
    /// Begins a file beside `path`, which is put in its place by finish().
    /// @throws FileError  when it cannot be written
    explicit ZipWriter(const std::filesystem::path& path);
    /// Without finish() nothing is left.
    ~ZipWriter();
    ZipWriter(const ZipWriter&) = delete;
    ZipWriter& operator=(const ZipWriter&) = delete;

    /// @param name  below the archive's root, with "/" between folders
    /// @throws FileError  when the disk is full
    void add(const std::string& name, std::string_view bytes, bool executable = false);
    /// @throws FileError  when the disk is full
    void finish();

 private:
    [[noreturn]] void fail() const;

    std::filesystem::path path_, begun_;
    ::archive* archive_;
};

}  // namespace wb::grader
