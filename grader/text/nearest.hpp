/// @file
/// "Did you mean ...?": the nearest name by edits of one letter.
#pragma once

#include <string>
#include <vector>

namespace wb::grader {

/// The name that takes the fewest insertions, deletions, substitutions and swaps of neighbours, letter case aside;
/// empty when none is near (more than half of the letters would change).
std::string nearest(const std::string& got, const std::vector<std::string>& names);

/// " Did you mean \"x\"?", or nothing when no name is near.
std::string did_you_mean(const std::string& got, const std::vector<std::string>& names);

/// "a, b and c"; `last` is the word before the last one.
std::string listed(const std::vector<std::string>& names, const std::string& last = "and");

}  // namespace wb::grader
