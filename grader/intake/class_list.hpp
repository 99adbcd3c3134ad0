/// @file
/// Who is in a class, and where their submissions are: a folder with one folder or archive for each, or a CSV file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/collector.hpp"

namespace wb::grader {

struct ClassMember {
    std::string id;                                 ///< no two alike; names files, so it is plain (see why_no_id)
    std::string name;                               ///< for people; empty when it is not known
    std::filesystem::path source;                   ///< what take_in() reads
    std::optional<std::int64_t> submitted_at = {};  ///< seconds since 1970-01-01 UTC; none when it is not known
    bool is_timed = false;  ///< the class says when: then no submitted_at means that a time said before was wrong
};

struct ClassList {
    std::vector<ClassMember> members;  ///< of a folder: sorted by id; of a CSV file: in its order
    std::vector<LeftOut> left_out;     ///< what lies in the folder and is no submission
    std::vector<std::string> absent;   ///< who is on a roster and has handed in nothing, as a line may show it
};

/// Reads a class.
/// A folder: each folder and archive in it is a submission, whose id is its name without the archive's ending.
/// A CSV file: a first line with the columns id, name and path, in any order and among others, then a line for each submission. A path is
/// relative to the CSV file's folder. Neither two ids nor two paths may be the same. A column submitted_at, if there is one, says when
/// ("2026-11-30 23:59", UTC unless a zone follows; see time_of); a cell of it may be empty.
/// @throws FileError  naming the file and, in a CSV file, line and column: not there, no submission in it, an id or a path twice
ClassList read_class(const std::filesystem::path& folder_or_csv);

/// Why a text cannot be an id, which becomes part of the names of files: it is empty, longer than 100 bytes, not UTF-8, begins with a dot or
/// a minus, or holds a slash, a backslash or a control character. Empty when it can.
std::string why_no_id(std::string_view id);

}  // namespace wb::grader
