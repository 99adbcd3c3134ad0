/// @file
/// Which submissions are suspiciously alike: a list for a person to look at, never a verdict. Two students may have one idea; small
/// exercises leave little room for two.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "similarity/fingerprints.hpp"

namespace wb::grader {

/// One file of one submission.
struct SourceFile {
    std::string submission;
    std::string place;  ///< "02_attention/attention.cpp"
    std::string text;
};

struct LineRange {
    int first = 0, last = 0;
};

/// Two submissions' files of one place.
struct AlikePair {
    std::string place, first, second;  ///< submissions, in order of their names
    double share = 0;                  ///< of the shorter one's fingerprints, that are in the other: 0 to 1
    std::size_t fingerprints = 0;      ///< how many that are
    std::vector<std::pair<LineRange, LineRange>> where;  ///< stretches of the first, and where they stand in the second
};

struct AlikeOptions {
    Winnowing winnowing = {};
    double least_share = 0.5;
    std::size_t least_fingerprints = 5;  ///< fewer are chance
    /// What so many share of a class of six or more is how one writes it, not copied.
    double common_share = 0.34;
};

/// Compares every place's files with one another. Pairs that share most come first.
/// @param given  by place: what all were handed out (the starter), whose fingerprints do not count
std::vector<AlikePair> find_alike(const std::vector<SourceFile>& files, const std::map<std::string, std::string>& given,
                                  const AlikeOptions& options = {});

}  // namespace wb::grader
