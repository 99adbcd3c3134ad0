/// @file
/// The student edition: a copy of the workbook that stands alone and holds nothing that an exercise asks for. What goes in is named here,
/// folder by folder; of a judge, the files that its sources include. What a solution says is looked for in all of it before it is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "submission/toolchain.hpp"

namespace wb::grader {

/// What an edition is made of.
struct EditionPlan {
    std::vector<const Chapter*> chapters;
    std::uint64_t seed = 1;  ///< of the cases that it holds
};

/// One file: its text, or where its bytes lie.
struct EditionFile {
    std::string text;
    std::filesystem::path source = {};  ///< when not empty: copied from there
    bool executable = false;

    [[nodiscard]] std::string bytes() const;
};

/// Name from the edition's root, with "/" between folders; and the file.
using EditionFiles = std::map<std::string, EditionFile>;

/// Gathers the files. Makes the cases when they are not there.
/// @throws Error  naming the file, when a judge's source includes what an edition must not hold, or a hidden test shares a source with one
/// that students see; and what find_solution_lines() finds
EditionFiles edition_files(const Course& course, const Toolchain& toolchain, const EditionPlan& plan);

/// Writes a folder, which must be new or empty, or a .zip, in which all lies below a folder of the archive's name.
/// @throws Error, FileError
void write_edition(const EditionFiles& files, const std::filesystem::path& out);

}  // namespace wb::grader
