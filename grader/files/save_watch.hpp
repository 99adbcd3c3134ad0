/// @file
/// Tells when a student saves a file.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <vector>

namespace wb::grader {

/// What was saved together, and when the first of it was.
struct Saved {
    std::vector<std::filesystem::path> files;
    std::chrono::steady_clock::time_point at;
};

/// Waits for files of the watched folders to be saved. Those that no build reads (an editor's swap files) do not count.
class SaveWatch {
 public:
    /// @throws Error  when the system reports no changes of files
    SaveWatch();
    ~SaveWatch();
    SaveWatch(const SaveWatch&) = delete;
    SaveWatch& operator=(const SaveWatch&) = delete;

    /// @throws Error  naming a folder that cannot be watched
    void add(const std::filesystem::path& folder);
    /// Waits for a save, and for the editor to be done with it. Nothing when a signal came instead, as when the window changed its size.
    std::optional<Saved> wait();

 private:
    enum class Came { save, nothing, signal };
    Came wait_for_events(int milliseconds, std::vector<std::filesystem::path>& files);
    void read_events(std::vector<std::filesystem::path>& files);

    int fd_;
    std::map<int, std::filesystem::path> folders_;  ///< by watch descriptor
};

}  // namespace wb::grader
