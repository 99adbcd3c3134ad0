/// @file
/// What made-up students write: whole submissions in memory, made from solutions, starter, alternates, mutants and attacks.
/// The course's texts are read once; the same random numbers give the same bytes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "mutants/mutant.hpp"
#include "wb/random.hpp"

namespace wb::grader {

/// Place ("02_attention/attention.cpp") to bytes.
using SubmissionFiles = std::map<std::string, std::string>;

/// A submission, and what it is.
struct Authored {
    SubmissionFiles files;
    std::string what;  ///< in words without commas, such as "2.1_forgets_the_scale; 2.4_..."
};

class Authors {
 public:
    /// @param scratch  a folder for patches to be applied in
    /// @throws FileError, CourseFileError  when the course has no solutions, or a broken part
    Authors(const Course& course, const std::vector<Selection>& selection, std::filesystem::path scratch);

    [[nodiscard]] Authored good() const { return {solved_, "the solutions"}; }
    [[nodiscard]] Authored untouched() const { return {starter_, "the starter"}; }
    /// Unusual right answers in place of some solutions.
    [[nodiscard]] Authored alternate(Random& random) const;
    /// Mistakes in up to five exercises of each chapter.
    [[nodiscard]] Authored wrong(Random& random) const;
    /// The first exercises of each chapter; the rest is the starter's.
    [[nodiscard]] Authored half_done(Random& random) const;
    /// Some files do not compile.
    [[nodiscard]] Authored broken(Random& random) const;
    /// A file ends in an attack of tests/attacks/submissions, the `turn`-th of them.
    [[nodiscard]] Authored hostile(Random& random, std::size_t turn) const;

    /// Adds a comment to each source that is not the starter's, so that it is nobody else's, and is compiled for this submission alone.
    void sign(SubmissionFiles& files, const std::string& author) const;

 private:
    [[nodiscard]] std::vector<std::string> places(const Selection& part, const char* ending = "") const;
    bool apply(const Mutant& mutant, SubmissionFiles& files) const;

    const std::vector<Selection>& selection_;
    std::filesystem::path scratch_;
    SubmissionFiles solved_, starter_;
    std::vector<Mutant> mutants_;
    std::vector<Alternate> alternates_;
    std::vector<std::filesystem::path> attacks_;
};

}  // namespace wb::grader
