/// @file
/// What the profile build counts while kernels run on the CPU engine. Only that build has these functions.
///
/// How lanes make a request: each thread notes what it comes past, the starts of basic blocks and the accesses to global and shared memory.
/// From that the steps of a warp are worked out, as if its 32 lanes ran together: of all places where lanes stand, the one deepest in
/// calls and then lowest in the program goes first, and what the lanes there do is one instruction of the warp. So lanes that
/// part at a branch are together again where it ends, and after a loop (Collange, "Stack-less SIMT reconvergence at low cost",
/// 2011). Lanes that wait at a barrier, or in a warp function, hold nobody up.
///
/// What is counted is what g++ -O1 leaves of the source: a value that it keeps in a register is not read twice, as with nvcc; but
/// nvcc may join, unroll or predicate more. Local variables and arrays, kernel arguments and __constant__ variables are
/// not counted. FLOPs are read from the program's machine code, where objdump can (profile/flops.hpp). Counts are exact for that
/// program, and the same in every run.
#pragma once

#include <cstddef>
#include <vector>

#include "wb_kernels/profile_counts.hpp"

namespace wb::kernels {

/// What was counted since the last call, in the order of first launches. Forgets it.
std::vector<KernelProfile> take_profiles();

/// The size of the L2 model; 40 MiB (an A100's) unless set.
void set_l2_bytes(std::size_t bytes);

}  // namespace wb::kernels
