/// @file
/// What a child that reads an archive is asked, and what it answers: a line of JSON, and behind the answer's line the bytes of the files.
#pragma once

#include <string>
#include <string_view>

#include "intake/collector.hpp"

namespace wb::grader {

/// As JSON, on one line: which places there are, the limits, what messages call the archive, and files instead of descriptors 0 and 3.
struct ArchiveRequest {
    std::map<std::string, std::vector<std::string>> places;  ///< chapter to its exercises' files
    IntakeLimits limits;
    std::string name;
    std::string in = {}, out = {};
};
std::string to_text(const ArchiveRequest& request);
/// @throws nlohmann::json::exception
ArchiveRequest archive_request_of(const std::string& text);

/// The answer for what was read.
std::string answer_of(const Intake& intake);
/// The answer for a FileError.
std::string refusal_of(std::string_view message);

/// Reads an answer, whoever wrote it.
/// @throws FileError  the refusal that it is; or that it is none of ours: a place that is not asked for, more than the limits allow
Intake intake_of(std::string_view answer, const ArchiveRequest& request);

}  // namespace wb::grader
