/// @file
/// The roofline (Williams, Waterman and Patterson, CACM 2009): of the time to move a kernel's bytes and the time to do its FLOPs, both at
/// a GPU's peak, the longer one is the least that the kernel can take. An estimate from data sheets, never a time that was measured.
#pragma once

#include <cstdint>
#include <string>

#include "profile/gpus.hpp"
#include "wb_kernels/profile_counts.hpp"

namespace wb::grader {

struct Roofline {
    double memory_seconds = 0;      ///< bytes behind the L2 (its model's), over the peak of memory
    double arithmetic_seconds = 0;  ///< FLOPs over the peak of arithmetic; 0 where they are not known
    double intensity = 0;  ///< FLOPs per byte behind the L2; infinite without bytes, 0 where FLOPs are not known
    bool flops_known = false;
    std::uint64_t blocks = 0;     ///< of a launch, on the average, rounded up
    double busy_sms_seconds = 0;  ///< as arithmetic_seconds, on no more SMs than a launch has blocks

    [[nodiscard]] bool memory_binds() const { return memory_seconds >= arithmetic_seconds; }
    /// Of all launches together.
    [[nodiscard]] double seconds_at_best() const { return memory_binds() ? memory_seconds : arithmetic_seconds; }
};

Roofline roofline(const kernels::KernelProfile& kernel, const Gpu& gpu);

/// "at best 1.3 us: memory binds (0.9 FLOP per byte; arithmetic would from 9.6 on)"
std::string roofline_text(const Roofline& estimate, const kernels::KernelProfile& kernel, const Gpu& gpu);

/// "but 8 blocks keep at most 8 of 108 SMs busy, so it takes longer"; empty where a launch has a block for every SM.
std::string idle_sms_text(const Roofline& estimate, const Gpu& gpu);

/// "1.3 us": few digits, for more would promise what a data sheet cannot keep.
std::string time_text(double seconds);

}  // namespace wb::grader
