/// @file
/// Whole files in and out, and their SHA-256. Small on purpose: everything the grader reads is a source, a table or a
/// report.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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

/// The same of a file of any size, read piece by piece.
/// @throws FileError  naming the file and the system's reason
std::string sha256_of_file(const std::filesystem::path& path);

/// A folder of its own under `parent`, removed with all it holds when the guard goes. It is locked meanwhile, so that
/// sweep_scratch() can tell it from one whose process was killed.
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
    int fd_ = -1;
};

/// Removes the scratch folders in `parent` that killed processes have left. Those of living ones stay, in whatever container they live.
/// @return how many
int sweep_scratch(const std::filesystem::path& parent);

/// Keeps a file locked: of several processes and threads that want it, one goes on and the others wait. Let go when the guard
/// goes, or the process.
class FileLock {
 public:
    /// Waits for the lock; the file and its folder are made when they are missing, and the file stays.
    /// @throws FileError  when the file cannot be opened or locked
    explicit FileLock(const std::filesystem::path& path);
    /// The lock if nobody has it; does not wait.
    /// @throws FileError  when the file cannot be opened
    static std::optional<FileLock> if_free(const std::filesystem::path& path);
    ~FileLock();
    FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

 private:
    explicit FileLock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace wb::grader
