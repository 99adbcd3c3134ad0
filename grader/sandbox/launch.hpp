/// @file
/// The moments between fork and bubblewrap: everything is prepared beforehand, so that the child makes system calls only.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sandbox/spec.hpp"

namespace wb::grader {

/// What the child does, in this order.
struct Launch {
    std::vector<int> doors;         ///< of control groups, which it enters
    std::vector<Shown> staged;      ///< when root: bound to where anyone may go, in a mount namespace of its own
    uid_t become = 0;               ///< when root: whom it becomes; 0: it stays who it is
    std::vector<int> descriptors;   ///< become its descriptors 0, 1, 2, ...; -1: stays closed
    std::vector<std::string> argv;  ///< absolute path and arguments
};

/// Where `staged` files are put: a folder that exists everywhere.
inline constexpr const char* stage_folder = "/tmp";

/// Forks, and does it. The child is the leader of a process group of its own and dies with the thread that called.
/// What goes wrong after the fork is said in a line on the new descriptor 2, and ends the child with status 127.
/// @throws Error  when it cannot fork
pid_t launch(const Launch& launch);

}  // namespace wb::grader
