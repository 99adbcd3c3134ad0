/// @file
/// Mutants: small patches against solutions/, each a mistake that a student could make. A header says what, why plausible, which
/// tests must not pass and which must, or "all others" of the exercise (style.md 2.9); a unified diff follows. And alternates: whole files that are different but
/// right, and must get full marks.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "submission/toolchain.hpp"

namespace wb::grader {

struct Mutant {
    std::filesystem::path patch;
    std::string name;  ///< "2.1_forgets_the_scale": the patch's file name without .patch
    std::string what, plausible;
    std::vector<std::string> killed_by;  ///< at least one
    std::vector<std::string> spares;
    const Chapter* chapter = nullptr;
    std::string exercise;  ///< "2.1", by the file name
};

/// Reads the header of tests/mutants/<chapter>/<exercise>_<slug>.patch.
/// @throws CourseFileError  with file:line: a part of the header is missing, or names a test that the chapter does not have
Mutant read_mutant(const Course& course, const Chapter& chapter, const std::filesystem::path& patch);

/// All mutants of the selected exercises, by file name.
std::vector<Mutant> read_mutants(const Course& course, const std::vector<Selection>& selection);

/// Makes the mistake in a folder that holds the chapter's folder.
/// @return nothing when it is made; else what patch says, and the files are not to be used
std::optional<std::string> apply_patch(const Mutant& mutant, const std::filesystem::path& folder);

/// What became of one mutant or alternate.
struct MutantVerdict {
    bool good = false;         ///< killed by what it names, spared by what it names; for an alternate: full marks
    std::string outcome = {};  ///< "killed", "SURVIVES", "does not apply" ...
    std::string details = {};  ///< when not good: why, over several lines
    std::string told = {};     ///< of a mutant: what the student reads of the first test that caught it
    bool named = false;        ///< whether one of the tests knows the mistake by its numbers, and says which it is
};

/// Patches a copy of the solutions, builds with the quick flags and runs the tests that the header names.
MutantVerdict try_mutant(const Course& course, const Toolchain& toolchain, const Mutant& mutant);

struct Alternate {
    const Chapter* chapter = nullptr;
    std::string name;                        ///< folder below tests/alternates/<chapter>
    std::filesystem::path folder;            ///< holds only the files that differ from solutions/
    std::vector<const Exercise*> exercises;  ///< those whose files it has
};

/// All alternates of the selected exercises.
/// @throws CourseFileError  when an alternate holds no file of an exercise
std::vector<Alternate> read_alternates(const Course& course, const std::vector<Selection>& selection);

/// Lays the alternate over a copy of the solutions and grades its exercises.
MutantVerdict try_alternate(const Course& course, const Toolchain& toolchain, const Alternate& alternate);

}  // namespace wb::grader
