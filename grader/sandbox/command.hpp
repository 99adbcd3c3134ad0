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

/// The sandbox's first program (entry.cpp), which every sandbox is shown.
inline constexpr const char* entry_inside = "/w/entry";
Shown shown_entry();
/// How the entry ends when its descriptor 3 does not take what was made: a full disk, and nobody's fault inside.
inline constexpr int not_handed_over = 125;

/// @param argv   program and arguments, as they are called inside; or "--make" and what entry.cpp says follows it
/// @param shown  spec.shown and shown_entry(), or where the launcher has put them
/// @return       bwrap's path and arguments. Inside: the system's libraries, what is shown, /proc and /dev of its own, and /tmp, the only
///               place that can be written to. The entry sets the limits of each process last: RLIMIT_NPROC is counted in the new user
///               namespace, not together with whatever else this user runs.
/// @throws Error  when bubblewrap is not installed
std::vector<std::string> sandbox_command(const SandboxSpec& spec, const std::vector<Shown>& shown,
                                         const std::vector<std::string>& argv);

/// The program's absolute path, from PATH and the folders where a system keeps its programs; empty when it is not there.
std::string find_program(const std::string& name);

}  // namespace wb::grader
