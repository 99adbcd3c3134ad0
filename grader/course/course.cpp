#include "course/course.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace wb::grader {

double Exercise::max_points() const {
    double sum = 0;
    for (const TestSpec& test : tests) sum += test.points;
    for (const Question& question : questions) sum += question.points;
    return sum;
}

bool Exercise::has_kernels() const {
    return std::any_of(files.begin(), files.end(), [](const std::string& file) { return file.ends_with(".cu"); });
}

const Exercise* Chapter::find(const std::string& exercise_id) const {
    for (const Exercise& exercise : exercises) {
        if (exercise.id == exercise_id) return &exercise;
    }
    return nullptr;
}

const Exercise* Chapter::owner_of_test(const std::string& test_name) const {
    for (const Exercise& exercise : exercises) {
        for (const TestSpec& test : exercise.tests) {
            if (test.name == test_name) return &exercise;
        }
    }
    return nullptr;
}

std::vector<const Exercise*> Chapter::needs_of(const Exercise& exercise) const {
    std::set<std::string> reached;
    const std::function<void(const Exercise&)> visit = [&](const Exercise& from) {
        for (const std::string& name : from.needs) {
            const Exercise* need = find(name);
            if (need && reached.insert(name).second) visit(*need);
        }
    };
    visit(exercise);
    reached.erase(exercise.id);
    std::vector<const Exercise*> result;
    for (const Exercise& candidate : exercises) {
        if (reached.contains(candidate.id)) result.push_back(&candidate);
    }
    return result;
}

double Chapter::max_points() const {
    double sum = 0;
    for (const Exercise& exercise : exercises) sum += exercise.max_points();
    return sum;
}

std::vector<std::string> Chapter::files() const {
    std::vector<std::string> result;
    for (const Exercise& exercise : exercises) {
        for (const std::string& file : exercise.files) {
            if (std::find(result.begin(), result.end(), file) == result.end()) result.push_back(file);
        }
    }
    return result;
}

const Chapter* Course::find_chapter(const std::string& id) const {
    for (const Chapter& chapter : chapters) {
        if (chapter.id == id) return &chapter;
    }
    return nullptr;
}

bool is_edition(const Course& course) {
    return !std::filesystem::is_directory(course.root / "solutions");
}

const std::vector<std::string>& full_workbook_commands() {
    static const std::vector<std::string> commands{"alternates",   "autograder",  "bench",  "export", "mutants",
                                                   "new-exercise", "new-chapter", "sample", "starter"};
    return commands;
}

void refuse_in_edition(const std::string& command) {
    const std::vector<std::string>& refused = full_workbook_commands();
    if (std::find(refused.begin(), refused.end(), command) != refused.end())
        throw UsageError(command +
                         ": this is a student edition, which holds nothing that this could be made from. "
                         "Ask whoever teaches the course, who has the full workbook");
}

}  // namespace wb::grader
