/// @file
/// Solution to starter, one file at a time, by the markers that the solutions carry:
///     // SOLUTION BEGIN 2.1          the lines up to the END become  throw wb::NotImplemented("2.1");
///     // SOLUTION BEGIN 2.1 removed  they become nothing (helpers, includes, kernel bodies)
///     // SOLUTION END
/// In a .toml the markers start with # and the lines become  answer = "".  The lines outside, TODOs included, stay as they are.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "wb/errors.hpp"

namespace wb::grader {

/// A marker that does not fit: "solutions/02_attention/attention.cpp:31: ...".
class MarkerError : public Error {
 public:
    using Error::Error;
};

/// What the student gets in place of `solution`.
/// @param shown   the file's name, with which errors start; its ending decides between // and #
/// @param owns    says whether this exercise id names the file (a marker for another exercise is a slip); may be empty
/// @throws MarkerError  for a BEGIN within a BEGIN, a BEGIN without END, an END without BEGIN, an unknown id or word
std::string starter_text(std::string_view solution, const std::string& shown,
                         const std::function<bool(const std::string& exercise)>& owns = {});

}  // namespace wb::grader
