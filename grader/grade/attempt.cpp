#include "grade/attempt.hpp"

#include <set>

namespace wb::grader {
namespace {

/// Only these exercises of the selection.
std::vector<Selection> only(const std::vector<Selection>& selection, const std::vector<std::string>& ids) {
    const std::set<std::string> wanted(ids.begin(), ids.end());
    std::vector<Selection> result;
    for (Selection part : selection) {
        std::erase_if(part.exercises, [&](const Exercise* exercise) { return !wanted.contains(exercise->id); });
        if (!part.exercises.empty()) result.push_back(std::move(part));
    }
    return result;
}

}  // namespace

std::string grade_attempt(const Course& course, const Toolchain& toolchain, const std::vector<Selection>& selection,
                          const Attempt& attempt, const GradingOptions& terms, Lap& lap,
                          const std::function<void(const ExerciseReport&)>& record) {
    std::vector<std::string> faults;
    try {
        GradingOptions grading = terms;
        grading.threads = 1;  // however many are graded at once: sums differ in their last bits by threads
        std::size_t faults_before = 0;
        grading.on_exercise = [&](const Report&, const ExerciseReport& exercise) {
            // What the course or the machine is to blame for is no result: it is graded when the book is taken up again.
            if (faults.size() == faults_before) {
                ExerciseReport timed = exercise;
                timed.cost.grader = lap.next();
                record(timed);
            }
            faults_before = faults.size();
        };
        grade(course, toolchain, {attempt.id, attempt.folder, false}, only(selection, attempt.exercises), grading,
              faults);
    } catch (const std::exception& error) {
        faults.emplace_back(error.what());
    }
    return faults.empty() ? "" : clean_text(faults.front());
}

}  // namespace wb::grader
