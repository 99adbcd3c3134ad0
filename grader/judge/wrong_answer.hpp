/// @file
/// What may be said of a wrong answer beyond its numbers, by what is known of how it was made: with kernels whose answers start as NaN,
/// or in a build that looks for faults.
#pragma once

#include <string_view>

namespace wb::grader {

/// While it lives, a failed comparison may take NaN for a place that was never written: the drivers of kernels fill answers with it.
class AnswersStartAsNan {
 public:
    AnswersStartAsNan();
    ~AnswersStartAsNan();
    AnswersStartAsNan(const AnswersStartAsNan&) = delete;
    AnswersStartAsNan& operator=(const AnswersStartAsNan&) = delete;

 private:
    bool before_;
};

/// What the current build can say beside wrong numbers: that no data race, or no access outside of a buffer, was found. Empty for other
/// builds.
std::string_view found_no_fault();

}  // namespace wb::grader
