/// @file
/// Grades a class into a gradebook: submissions side by side, the exercises of one after another. What one submission does, or is, ends
/// in its own row.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "gradebook/gradebook.hpp"
#include "gradebook/standing.hpp"
#include "intake/class_list.hpp"
#include "sandbox/spec.hpp"
#include "submission/toolchain.hpp"

namespace wb::grader {

struct ClassOptions {
    std::uint64_t seed = 1;
    double seconds = 0;                       ///< time limit of every test; 0: as chapter.toml says
    int jobs = 1;                             ///< submissions at once. Verdicts do not depend on it
    std::optional<SandboxSpec> sandbox = {};  ///< in which workers run; none: they run as we do
};

/// What became of one member.
struct MemberOutcome {
    enum class Kind { graded, as_before, refused, anothers, faulty };
    const ClassMember& member;
    Kind kind;
    std::string words;  ///< why it was refused, who has it, or the fault
};

/// @param selection  whole chapters, those that the book is dedicated to
/// @param on_member  gets each outcome as it comes, never by two threads at once
void grade_class(const Course& course, const Toolchain& toolchain, const std::vector<Selection>& selection,
                 const std::vector<ClassMember>& members, Gradebook& book, const ClassOptions& options,
                 const std::function<void(const MemberOutcome&)>& on_member);

/// Removes what killed graders have left in the build folder. @return how many folders
int sweep_after_the_dead(const Toolchain& toolchain);

}  // namespace wb::grader
