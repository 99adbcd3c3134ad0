/// @file
/// Where a file of a submission belongs, told from its path alone. Everything is left out but what an exercise of the course owns:
/// NN_chapter/file, which may lie in starter/, in one folder of any name, or in starter/ in such a folder.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "course/course.hpp"

namespace wb::grader {

/// What a path comes to.
struct Claim {
    std::string place;   ///< "02_attention/attention.cpp"; empty when the file is to be left out
    std::string base;    ///< what came before the place: "", "starter/", "ann/" or "ann/starter/"
    int rank = 0;        ///< of the base, in the order above: where several hold chapters, the first is meant
    std::string reason;  ///< why it is left out, for "left out: <path>: <reason>"
};

/// The places of a course. Reads nothing: paths are text here, and hostile.
class Places {
 public:
    explicit Places(const Course& course);

    [[nodiscard]] Claim claim(std::string_view path) const;
    /// Whether a folder at `depth` (0: the submission's own) can lead to a place.
    [[nodiscard]] bool leads_on(std::string_view folder, int depth) const;
    /// A place of the course, for messages.
    [[nodiscard]] std::string example() const;

    static constexpr std::size_t longest_path = 1000;  ///< in bytes

 private:
    [[nodiscard]] std::string why_none(const std::vector<std::string_view>& parts) const;

    std::map<std::string, std::vector<std::string>, std::less<>> chapters_;  ///< id to the files that its exercises own
};

}  // namespace wb::grader
