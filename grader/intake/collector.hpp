/// @file
/// What is kept of a submission while it is read, and what is not, with the reason. Everything stays in memory, within limits that are
/// held against each piece as it comes, until the whole submission has been read: nothing of a broken one is ever on the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "intake/place.hpp"

namespace wb::grader {

/// How much a submission may hold. All exercises of the course together are half a megabyte.
struct IntakeLimits {
    std::uint64_t archive_bytes = 64 << 20;    ///< of the archive itself
    std::uint64_t unpacked_bytes = 512 << 20;  ///< that come out of it, whether they are wanted or not
    std::size_t entries = 20'000;
    std::size_t file_bytes = 1 << 20;    ///< of one file that an exercise owns
    std::size_t total_bytes = 16 << 20;  ///< of all of them
};

/// A file that was not taken.
struct LeftOut {
    std::string path;    ///< as a message may show it
    std::string reason;  ///< in words for whoever grades
};

/// A submission in memory.
struct Intake {
    std::map<std::string, std::string> files;  ///< place ("02_attention/attention.cpp") to bytes
    std::vector<LeftOut> left_out;
};

class Collector {
 public:
    /// @param name  what messages call the submission; `course` and `limits` must outlive the collector
    Collector(const Course& course, const IntakeLimits& limits, std::string name);

    [[nodiscard]] const IntakeLimits& limits() const { return limits_; }
    [[nodiscard]] const Places& places() const { return places_; }
    [[nodiscard]] const std::string& name() const { return name_; }

    /// To be called for each file, folder and whatever else there is. @throws FileError beyond the limit
    void count_entry();
    /// To be called for all bytes that come out of an archive. @throws FileError beyond the limit
    void count_unpacked(std::uint64_t bytes);

    void take(std::string_view path, Claim claim, std::string bytes);  ///< @throws FileError beyond the limit
    void leave_out(std::string_view path, std::string reason);
    void leave_out_as_too_large(std::string_view path);

    /// Where several folders hold chapters, the one nearest to the top is meant. Two different files for one place: neither is taken,
    /// since it would be a guess.
    [[nodiscard]] Intake finish();

 private:
    struct Taken {
        std::string path;
        Claim claim;
        std::string bytes;
    };
    [[noreturn]] void refuse(const std::string& what) const;

    const IntakeLimits& limits_;
    Places places_;
    std::string name_;
    std::size_t entries_ = 0, total_ = 0;
    std::uint64_t unpacked_ = 0;
    std::vector<Taken> taken_;
    Intake intake_;
};

/// "512 MiB", "1 MiB", "300 bytes".
std::string limit_in_words(std::uint64_t bytes);

}  // namespace wb::grader
