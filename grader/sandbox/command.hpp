/// @file
/// The command line of bubblewrap for a SandboxSpec: namespaces, what is visible, what is writable.
#pragma once

#include <string>
#include <vector>

#include "sandbox/spec.hpp"

namespace wb::grader {

/// Where the launcher leaves what bubblewrap needs; a program's own descriptors come first: 0, 1, 2 and a judge's channel.
inline constexpr int info_descriptor = 4;    ///< bubblewrap writes the number of its child there, and closes it
inline constexpr int filter_descriptor = 5;  ///< it reads the seccomp filter from there, and closes it

/// @param argv   program and arguments, as they are called inside
/// @param shown  spec.shown, or where the launcher has put it
/// @return       bwrap's path and arguments. Inside: the system's libraries, what is shown, /proc and /dev of its own, and /tmp, the only
///               place that can be written to. `prlimit` sets the limits of each process last: RLIMIT_NPROC is counted in the new user
///               namespace, not together with whatever else this user runs.
/// @throws Error  when bubblewrap or prlimit is not installed
std::vector<std::string> sandbox_command(const SandboxSpec& spec, const std::vector<Shown>& shown,
                                         const std::vector<std::string>& argv);

/// The program's absolute path, from PATH and the folders where a system keeps its programs; empty when it is not there.
std::string find_program(const std::string& name);

}  // namespace wb::grader
