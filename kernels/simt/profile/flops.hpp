/// @file
/// Floating-point operations of basic blocks, read from the program's own machine code by binutils' objdump: additions, subtractions,
/// multiplications, divisions and square roots of float and double count 1, fused ones 2, as in Nsight Compute's FLOP metrics.
/// What a library function does (expf) is not seen.
#pragma once

#include <cstdint>
#include <vector>

namespace wb::simt::profile {

/// An instruction that computes.
struct FloatInstruction {
    std::uintptr_t address;
    unsigned flops;  ///< of one lane
};

/// The instructions of a basic block.
/// @param block  the return address of its hook
/// @return null where objdump is not there, or the machine is no x86-64
const std::vector<FloatInstruction>* float_instructions(std::uintptr_t block);

/// Reads the code around these blocks, those that are not known yet, before they are asked for one by one.
void read_code(const std::vector<std::uintptr_t>& blocks);

}  // namespace wb::simt::profile
