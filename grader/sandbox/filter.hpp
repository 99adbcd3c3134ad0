/// @file
/// The system calls that a submission has no business to make, as a seccomp filter.
/// A list of what is refused, not of what is allowed: numerical libraries, OpenMP and sanitizers differ in what they need, while what opens
/// a way out is known. What is refused fails with EPERM, which a program can report; clone3 with ENOSYS, so that the C library falls
/// back to clone, whose flags a filter can read. System calls of another architecture (32 bits, x32) end the process.
#pragma once

#include <string>

namespace wb::grader {

/// The filter as the kernel's instructions (an array of sock_filter), for bwrap --seccomp.
/// @throws Error  when libseccomp cannot build it
const std::string& seccomp_filter();

}  // namespace wb::grader
