/// @file
/// A submission's results as one page for the student: points, failed tests with their messages, answers with marks. Of tests whose
/// visibility is not "visible" it has only the sum of points; nothing of other submissions, of the course's faults or of the seed.
/// What the submission says does not become markup.
#pragma once

#include <string>
#include <string_view>

#include "gradebook/standing.hpp"

namespace wb::grader {

std::string student_page(const Standing& standing);

/// Whether a file's text is what student_page() makes, of whatever submission. A submission cannot make it look so, or not so.
bool is_student_page(std::string_view html);

/// "ann.html"; "-index.html" for the id "index", as index.html is the class's, and no id begins with a minus.
/// @throws FileError  for what is no id (see why_no_id)
std::string page_file_of(const std::string& id);

}  // namespace wb::grader
