/// @file
/// What this machine can hold a submission with, found by trying: a program is started in a sandbox of each level.
#pragma once

#include <string>
#include <vector>

#include "sandbox/spec.hpp"

namespace wb::grader {

struct Machine {
    SandboxLevel level = SandboxLevel::none;  ///< the strongest that works
    uid_t uid = SandboxSpec{}.uid;            ///< whom root can become here
    std::vector<std::string> sentences;  ///< what works and what does not, one plain sentence each, with what to do
};

/// Tries, which takes a few tenths of a second. Never throws: what fails is a sentence.
Machine probe_machine();

/// A spec that works here: the level and the user of `machine`, nothing shown, and limits as they are by default.
SandboxSpec spec_for(const Machine& machine);

}  // namespace wb::grader
