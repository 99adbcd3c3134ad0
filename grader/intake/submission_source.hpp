/// @file
/// Takes a submission in: from a folder, a .zip, a .tar.gz or a .tar.xz, made by anybody, to a fresh folder that holds the exercises' own
/// files at NN_chapter/file and nothing else: no build files, tests or headers that would stand in for the course's, no links, no modes.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "intake/collector.hpp"

namespace wb::grader {

/// What came of it.
struct TakenIn {
    std::vector<std::string> files;  ///< places below the fresh folder, sorted
    std::vector<LeftOut> left_out;
};

/// Reads an archive: its file, what messages call it, whose places count, how much it may hold.
/// @throws FileError  naming the archive and what is wrong
using ArchiveReader =
    std::function<Intake(const std::filesystem::path&, const std::string&, const Course&, const IntakeLimits&)>;

/// Reads one in this process. What strangers packed is better read in another: archive_child.hpp.
Intake read_archive_here(const std::filesystem::path& file, const std::string& name, const Course& course,
                         const IntakeLimits& limits);

/// @param destination  is made; when something is thrown, it is as it was
/// @throws FileError  naming the submission and what is wrong: neither folder nor archive, damaged, beyond a limit
/// @throws Error  any other: what was read cannot be kept, as on a full disk, which is not the submission's fault
TakenIn take_in(const Course& course, const std::filesystem::path& source, const std::filesystem::path& destination,
                const ArchiveReader& read_archive, const IntakeLimits& limits = {});

/// Whether the name is that of an archive which take_in() reads; letter case does not count.
bool has_archive_name(const std::filesystem::path& path);

/// The last part of the path without an archive's ending: "ann" of "class/ann.tar.gz". Folders keep their dots.
std::string submission_id(const std::filesystem::path& path);

/// What a person reads about files that were left out, a line for each reason; empty when there are none.
std::string left_out_in_words(const std::string& submission, const std::vector<LeftOut>& left_out);

}  // namespace wb::grader
