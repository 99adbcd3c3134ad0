/// @file
/// Archives are read in a process of their own: what unpacks strangers' bytes is where a hole would be. The child is this
/// program, called with `read-archive`. It gets the archive and a description of what is wanted, has no files, no network and no
/// rights where there is a sandbox, limits on processor time and memory everywhere, and answers on one descriptor. What it answers is read
/// as if the archive had taken it over: only places of the course come through, within the limits, and words without escapes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "intake/submission_source.hpp"
#include "sandbox/spec.hpp"

namespace wb::grader {

/// The word that makes main() a child.
inline constexpr const char* read_archive_word = "read-archive";

/// @param sandbox  none: limits only
/// @param program  workbook-cli; empty: the program that runs
/// @return         a reader. It throws FileError with read_archive's own words, or that reading was stopped and why; Error when the child
///                 could not be started, which is no fault of the archive
ArchiveReader reader_in_a_child(std::optional<SandboxSpec> sandbox, std::filesystem::path program = {});

/// What the child does: reads the archive from descriptor 0 or the file that the request names, writes the answer to descriptor 3 or
/// another such file. @return the exit status
int read_archive_as_a_child(const std::string& request);

}  // namespace wb::grader
