/// @file
/// Grades one attempt at a submission of a class, on this machine or on a cluster's node: what is a fault of the course or the machine is no
/// result.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "grade/grading.hpp"
#include "grade/lap.hpp"

namespace wb::grader {

/// What is to be graded of one submission.
struct Attempt {
    std::string id;                      ///< the submission's
    std::filesystem::path folder;        ///< its files, as NN_name/file
    std::vector<std::string> exercises;  ///< ids, of the selection
};

/// Grades exercise after exercise.
/// @param terms   seed, seconds, jobs and sandbox, the same for all of a class
/// @param lap     begun when the submission was opened
/// @param record  gets each exercise that was graded without a fault
/// @return the fault that stopped it, in clean text; nothing when all is graded
std::string grade_attempt(const Course& course, const Toolchain& toolchain, const std::vector<Selection>& selection,
                          const Attempt& attempt, const GradingOptions& terms, Lap& lap,
                          const std::function<void(const ExerciseReport&)>& record);

}  // namespace wb::grader
