/// @file
/// Text without the blanks around it.
#pragma once

#include <string>

namespace wb::grader {

inline std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace wb::grader
