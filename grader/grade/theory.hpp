/// @file
/// Theory questions: answers.toml of the submission against tests/NN_name/answer_key.toml.
/// Fail-closed: an answer of the wrong kind is a broken file (compile_error for the exercise, with file:line), never a pass.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "report/report.hpp"

namespace wb::grader {

/// One entry of the key.
struct KeyEntry {
    std::vector<double> answer;        ///< one number, or an order's option numbers
    double tolerance = 0;              ///< of a numeric answer, absolute
    std::string why;                   ///< shown with a wrong answer
    std::string model_answer, rubric;  ///< of a text, for the person who marks it
};

/// Reads and checks the key of one chapter against its questions: each has an entry of its kind.
/// @throws CourseFileError  with file:line
std::map<std::string, KeyEntry> read_answer_key(const Course& course, const Chapter& chapter);

/// False for theory in a student edition, which has no keys: there the answers' form is looked at, and their points do not count.
bool is_judged_here(const Course& course, const Chapter& chapter, const Exercise& exercise);

/// Judges one theory exercise of a submission, by the key or, where there is none, as to the form of its answers.
/// @param folder  the submission's chapter folder
/// @throws CourseFileError  when the key is broken; a broken submission is a report, not an exception
ExerciseReport judge_theory(const Course& course, const Chapter& chapter, const Exercise& exercise,
                            const std::filesystem::path& folder);

}  // namespace wb::grader
