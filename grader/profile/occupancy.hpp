/// @file
/// Occupancy: how many blocks of a kernel, and so how many warps, an SM can hold at once, and what keeps it from more.
/// Reckoned by cuda_occupancy.h, the CUDA toolkit's own calculator, which needs no GPU. Where the workbook was configured without
/// that header, occupancy() has no answer. This header of ours does not need it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace wb::grader {

/// What a block takes of an SM.
struct BlockNeeds {
    int threads = 0;
    int registers = 0;               ///< a thread, by ptxas
    std::size_t static_shared = 0;   ///< bytes of __shared__ arrays, by ptxas
    std::size_t dynamic_shared = 0;  ///< bytes that the launch asks for

    [[nodiscard]] std::size_t shared() const { return static_shared + dynamic_shared; }
};

struct Occupancy {
    enum class Limit { warps, registers, shared_memory, blocks };

    int blocks = 0;             ///< on an SM at once; 0: not even one fits
    int warps = 0;              ///< of these blocks
    int most_warps = 0;         ///< that an SM holds
    std::vector<Limit> limits;  ///< those that allow no more blocks than that; often one, sometimes several
};

/// Whether the calculator was there when the workbook was configured.
bool occupancy_is_known();

/// @param arch  "sm_80" or "sm_90"
/// @return nothing without the calculator, for another architecture, or for a block without threads
/// @note   a kernel is taken to have asked for its dynamic shared memory (cudaFuncSetAttribute), for the engine refuses it otherwise
std::optional<Occupancy> occupancy(const std::string& arch, const BlockNeeds& block);

/// "5 blocks, 20 of 64 warps an SM (31 %): shared memory limits it (30,720 bytes a block)"
std::string occupancy_text(const Occupancy& occupancy, const BlockNeeds& block);

}  // namespace wb::grader
