/// @file
/// A new exercise, or a new chapter with one exercise: everything that a course's author changes into what it is to be. What is made
/// builds and is graded at once: the solution gets full marks, the starter none, and a mutant is caught.
#pragma once

#include <string>

#include "course/course.hpp"
#include "scaffold/draft.hpp"

namespace wb::grader {

/// What an exercise asks for: a function in C++, a CUDA kernel, or answers on paper.
enum class ExerciseKind { function, kernel, theory };

struct NewExercise {
    std::string id;     ///< "2.13"
    std::string title;  ///< one line; no quotes, as it stands in chapter.toml
    std::string name;   ///< of its files and its function, as in C++; empty: from the title
    ExerciseKind kind = ExerciseKind::function;
};

/// "How far back a query looks" is how_far_back_a_query: words in small letters, as many as 24 letters hold.
std::string name_from_title(const std::string& title);

/// Everything that the exercise consists of.
/// @throws UsageError  for an id, a name or a file that is taken, and a file in which there is no place for what belongs there
Draft draft_exercise(const Course& course, const Chapter& chapter, const NewExercise& exercise);

/// A chapter with the exercise N.1, which has all of the chapter's 100 points.
/// @param folder  "07_name"
/// @param first   of its exercise; id is not looked at
/// @throws UsageError  as draft_exercise
Draft draft_chapter(const Course& course, const std::string& folder, const std::string& title, NewExercise first);

}  // namespace wb::grader
