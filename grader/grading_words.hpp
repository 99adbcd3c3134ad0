/// @file
/// The words of ./workbook check, grade and similar, for main.cpp.
#pragma once

#include <optional>

#include "words.hpp"

namespace wb::grader {

/// What the words of these commands are read into.
struct GradingWords {
    CheckOptions check;
    GradeOptions grade;
    GradeClassOptions of_class;
    GradeChunkOptions chunk;
    SimilarOptions similar;

    std::optional<std::uint64_t> seed;
    std::optional<int> jobs, chunk_size;
    std::optional<double> seconds;
    std::string executor = "local";
};

/// Adds check.
/// @param words  is filled; must outlive the application
void add_check(CLI::App& app, GradingWords& words, const OnCommand& on);
/// Adds grade, what a task of grade --executor slurm runs, and similar.
/// @param words  is filled; must outlive the application
void add_grade(CLI::App& app, GradingWords& words, const OnCommand& on);

}  // namespace wb::grader
