/// @file
/// What a line's counters mean, in words: what the threads of a warp do there, and the cure.
#pragma once

#include <string>
#include <vector>

#include "wb_kernels/profile_counts.hpp"

namespace wb::grader {

/// What advice may be about.
enum class Advice { all, sectors, conflicts, atomics, lanes };

/// Sentences about this line of a kernel; none when there is nothing to mend. It is spoken of when it moves a quarter more sectors than its
/// bytes need, takes a tenth more wavefronts than without conflicts, lets a lane in four wait at an atomic, or leaves a quarter of the
/// lanes idle; and only if that is at least a fiftieth of what the whole kernel does of the kind, of its steps a tenth.
std::vector<std::string> advice(const kernels::LineProfile& line, const kernels::LineCounters& kernel,
                                Advice about = Advice::all);

}  // namespace wb::grader
