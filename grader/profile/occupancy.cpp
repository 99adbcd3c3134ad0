#include "profile/occupancy.hpp"

#include <fmt/format.h>

#include "text/grouped.hpp"

#ifdef WB_HAS_CUDA_OCCUPANCY
#include <cuda_occupancy.h>
#endif

namespace wb::grader {
namespace {

using Limit = Occupancy::Limit;

std::string limit_text(Limit limit, const BlockNeeds& block) {
    switch (limit) {
        case Limit::warps:
            return fmt::format("warps ({} a block)", (block.threads + 31) / 32);
        case Limit::registers:
            return fmt::format("registers ({} a thread)", block.registers);
        case Limit::shared_memory:
            return fmt::format("shared memory ({} bytes a block)", grouped(block.shared()));
        case Limit::blocks:
            return "the number of blocks";
    }
    return "";
}

}  // namespace

#ifdef WB_HAS_CUDA_OCCUPANCY

namespace {

/// What cudaGetDeviceProperties says of such a GPU. CUDA C++ Programming Guide, "Technical Specifications per Compute Capability";
/// 1 KiB of shared memory a block is CUDA's own: Ampere and Hopper Tuning Guides, "Unified Shared Memory/L1/Texture Cache".
std::optional<cudaOccDeviceProp> properties_of(const std::string& arch) {
    cudaOccDeviceProp gpu;
    gpu.maxThreadsPerBlock = 1024;
    gpu.maxThreadsPerMultiprocessor = 2048;
    gpu.regsPerBlock = gpu.regsPerMultiprocessor = 65536;
    gpu.warpSize = 32;
    gpu.sharedMemPerBlock = 48 * 1024;
    gpu.reservedSharedMemPerBlock = 1024;
    if (arch == "sm_80") {
        gpu.computeMajor = 8;
        gpu.numSms = 108;
        gpu.sharedMemPerMultiprocessor = 164 * 1024;
    } else if (arch == "sm_90") {
        gpu.computeMajor = 9;
        gpu.numSms = 132;
        gpu.sharedMemPerMultiprocessor = 228 * 1024;
    } else {
        return std::nullopt;
    }
    gpu.sharedMemPerBlockOptin = gpu.sharedMemPerMultiprocessor - gpu.reservedSharedMemPerBlock;
    return gpu;
}

}  // namespace

bool occupancy_is_known() {
    return true;
}

std::optional<Occupancy> occupancy(const std::string& arch, const BlockNeeds& block) {
    const std::optional<cudaOccDeviceProp> gpu = properties_of(arch);
    cudaOccFuncAttributes kernel;
    kernel.maxThreadsPerBlock = 1024;
    kernel.numRegs = block.registers;
    kernel.sharedSizeBytes = block.static_shared;
    kernel.shmemLimitConfig = FUNC_SHMEM_LIMIT_OPTIN;
    kernel.maxDynamicSharedSizeBytes = block.dynamic_shared;
    kernel.numBlockBarriers = 1;
    const cudaOccDeviceState state;
    cudaOccResult result{};
    if (!gpu || cudaOccMaxActiveBlocksPerMultiprocessor(&result, &*gpu, &kernel, &state, block.threads,
                                                        block.dynamic_shared) != CUDA_OCC_SUCCESS)
        return std::nullopt;
    Occupancy found;
    found.blocks = result.activeBlocksPerMultiprocessor;
    found.warps = found.blocks * ((block.threads + gpu->warpSize - 1) / gpu->warpSize);
    found.most_warps = gpu->maxThreadsPerMultiprocessor / gpu->warpSize;
    for (const auto& [flag, limit] :
         {std::pair{OCC_LIMIT_WARPS, Limit::warps}, std::pair{OCC_LIMIT_REGISTERS, Limit::registers},
          std::pair{OCC_LIMIT_SHARED_MEMORY, Limit::shared_memory}, std::pair{OCC_LIMIT_BLOCKS, Limit::blocks}}) {
        if ((result.limitingFactors & flag) != 0) found.limits.push_back(limit);
    }
    return found;
}

#else

bool occupancy_is_known() {
    return false;
}

std::optional<Occupancy> occupancy(const std::string&, const BlockNeeds&) {
    return std::nullopt;
}

#endif

std::string occupancy_text(const Occupancy& occupancy, const BlockNeeds& block) {
    std::string limits;
    for (std::size_t i = 0; i < occupancy.limits.size(); ++i)
        limits += (i == 0 ? "" : " and ") + limit_text(occupancy.limits[i], block);
    if (occupancy.blocks == 0) return "not one block fits into an SM: too much of " + limits;
    std::string text = fmt::format("{} {}, {} of {} warps an SM ({:.0f} %)", occupancy.blocks,
                                   occupancy.blocks == 1 ? "block" : "blocks", occupancy.warps, occupancy.most_warps,
                                   100.0 * occupancy.warps / occupancy.most_warps);
    if (occupancy.warps < occupancy.most_warps && !limits.empty()) text += ", limited by " + limits;
    return text;
}

}  // namespace wb::grader
