/// @file
/// What is known of a student's work from the last time each exercise was graded: build/progress.json.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "grade/grading.hpp"
#include "report/report.hpp"

namespace wb::grader {

/// The last result of one exercise.
struct Progress {
    double score = 0, max_score = 0;
    std::string outcome;  ///< a status's name
    std::string files;    ///< hash of the exercise's files as they were graded
};

/// By exercise id; empty when nothing is known, or the file is damaged (it is only a memory).
std::map<std::string, Progress> load_progress(const std::filesystem::path& memory, const Submission& submission);
/// Adds the exercises of `report` to what is known.
void save_progress(const std::filesystem::path& memory, const Course& course, const Submission& submission,
                   const Report& report);
/// Forgets what the exercises earned: their files are others now.
void forget_progress(const std::filesystem::path& memory, const Submission& submission,
                     const std::vector<std::string>& exercises);
/// Hash of the files that the exercise has in the submission now.
std::string files_hash(const Submission& submission, const Chapter& chapter, const Exercise& exercise);

}  // namespace wb::grader
