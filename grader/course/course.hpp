/// @file
/// The course as its chapter.toml files describe it: chapters, exercises, tests with points, theory questions, hints.
/// Invariant of a loaded course: ids are unique, every `needs` names an exercise of the same chapter and the needs have
/// no cycle, every exercise names at least one file and has tests or questions, points are finite and >= 0. Plain
/// values, read once.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "probe/build.hpp"
#include "wb/errors.hpp"

namespace wb::grader {

/// The command was asked for something that does not exist or makes no sense: exit status 2, one line.
class UsageError : public Error {
 public:
    using Error::Error;
};

/// What `limits` may name: see Efficiency in judge/efficiency.hpp.
inline constexpr std::string_view limit_names[] = {"sectors", "bank_conflicts", "traffic", "idle_lanes"};

/// One GoogleTest test that the judge of the chapter runs.
struct TestSpec {
    std::string name;  ///< "Suite.Test"
    double points = 0;
    double seconds = 10;                 ///< time limit
    std::string visibility = "visible";  ///< as Gradescope knows it: visible, hidden, after_due_date, after_published
    std::vector<Build> builds;           ///< the workers it asks; empty: the usual ones that the exercise can have
    std::map<std::string, double> limits =
        {};  ///< of a test of efficiency: what kernels may count (judge/efficiency.hpp)
};

/// One question on paper, answered in answers.toml.
struct Question {
    enum class Kind { numeric, choice, order, text };
    std::string id;
    Kind kind = Kind::choice;
    std::string text;
    std::vector<std::string> options;  ///< of a choice or an order
    double points = 0;                 ///< judged by the grader
    double manual_points = 0;          ///< of a text: given by a person, not in the automatic maximum
};

struct Exercise {
    std::string id;  ///< "2.1"
    std::string title;
    std::vector<std::string> files;  ///< in the submission's chapter folder, no folders in between
    std::vector<std::string> needs;  ///< ids of exercises whose code this one calls
    /// Headers of the given code that do what this exercise asks for, e.g. "wb/autograd/attention.hpp": a file of it that includes
    /// one, directly or not, is a compile_error. The submission's precompiled header must not hold them (cmake/Toolchain.cmake).
    std::vector<std::string> withheld;
    std::vector<std::string> hints;
    std::vector<TestSpec> tests;
    std::vector<Question> questions;

    [[nodiscard]] bool is_theory() const { return !questions.empty(); }
    [[nodiscard]] double max_points() const;
    [[nodiscard]] bool has_kernels() const;  ///< one of its files is a .cu
};

struct Chapter {
    std::string id;  ///< "02_attention", also the name of its folders
    std::string title;
    std::vector<Exercise> exercises;

    [[nodiscard]] const Exercise* find(const std::string& exercise_id) const;
    [[nodiscard]] const Exercise* owner_of_test(const std::string& test_name) const;
    /// The exercise itself not included: everything it needs, directly or not, in the chapter's order.
    [[nodiscard]] std::vector<const Exercise*> needs_of(const Exercise& exercise) const;
    [[nodiscard]] double max_points() const;
    /// Every file that some exercise names, each once.
    [[nodiscard]] std::vector<std::string> files() const;
};

struct Course {
    std::filesystem::path root;  ///< holds chapters/, solutions/, starter/, tests/
    std::vector<Chapter> chapters;

    [[nodiscard]] const Chapter* find_chapter(const std::string& id) const;
};

/// Whether this is a student edition (./workbook export): there are no solutions, nor what is made from them.
bool is_edition(const Course& course);

/// Commands of ./workbook that only the full workbook has something for. A student edition refuses these, and neither its help nor what a
/// shell completes there names them.
const std::vector<std::string>& full_workbook_commands();

/// @throws UsageError  for one of full_workbook_commands()
void refuse_in_edition(const std::string& command);

/// Reads chapters/*/chapter.toml below `root`, in order of their names. A folder without the file is not a chapter yet.
/// @throws CourseFileError  with file:line and one sentence, for the first thing that is wrong
Course load_course(const std::filesystem::path& root);

/// Some exercises of one chapter, in the chapter's order.
struct Selection {
    const Chapter* chapter = nullptr;
    std::vector<const Exercise*> exercises;
};

/// What the words of a command mean: "2.1" an exercise; "2", "02", "02_attention" a whole chapter; no words,
/// everything.
/// @throws UsageError  for a word that names nothing, with the nearest that does
std::vector<Selection> select(const Course& course, const std::vector<std::string>& words);

/// The same where chapters cannot be named in part.
/// @param who  for the message: "a class is graded"
/// @throws UsageError  as select(), and for a part of a chapter
std::vector<Selection> select_whole_chapters(const Course& course, const std::vector<std::string>& words,
                                             const std::string& who);

/// The one exercise of this id.
/// @throws UsageError  as select()
Selection select_exercise(const Course& course, const std::string& id);

}  // namespace wb::grader
