/// @file
/// Takes one submission of a class in: its files, their sum, its written answers, or why there is nothing to grade.
#pragma once

#include <filesystem>
#include <vector>

#include "course/course.hpp"
#include "gradebook/gradebook.hpp"
#include "intake/class_list.hpp"
#include "intake/submission_source.hpp"

namespace wb::grader {

/// Never throws for what a submission is: that it cannot be taken in is part of the answer.
/// @param folder  where its files are put, as NN_name/file; is there and empty
/// @throws Error  when this machine cannot read it, whatever it is
HandedIn hand_in(const Course& course, const std::vector<Selection>& selection, const ClassMember& member,
                 const ArchiveReader& read_archive, const std::filesystem::path& folder);

}  // namespace wb::grader
