/// @file
/// Headers as Doxygen reads them. It gives a comment behind `float m, l;  ///< of a row` to the last name alone: here each name gets it. And what
/// is left to the compiler needs no comment of its own. Friends are left out.
#pragma once

#include <string>
#include <string_view>

namespace wb::grader {

/// The header, with a declaration for each name of a line that declares several and ends in a comment, and a comment behind `= default`.
/// No line moves.
std::string with_every_comment(std::string_view header);

}  // namespace wb::grader
