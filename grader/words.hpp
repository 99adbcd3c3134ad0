/// @file
/// What words of the command line come to, for main.cpp and the files beside it.
#pragma once

#include <charconv>
#include <string>
#include <system_error>

#include "text/nearest.hpp"

namespace wb::grader {

/// A whole number within limits, or one line that says what was got and what would do.
/// @throws UsageError
template <class Number>
Number whole_number(const std::string& option, const std::string& text, Number least, const std::string& example) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty() || value < least) {
        throw UsageError(option + ": expected a whole number >= " + std::to_string(least) + ", got \"" + text +
                         "\". Try: " + example);
    }
    return value;
}

}  // namespace wb::grader
