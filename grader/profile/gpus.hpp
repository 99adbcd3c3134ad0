/// @file
/// The GPUs that `./workbook profile` estimates for, as their data sheets describe them.
#pragma once

#include <string>
#include <vector>

namespace wb::grader {

/// One product. Its architecture's limits on an SM are in occupancy.cpp.
struct Gpu {
    std::string option;           ///< of --gpu: "a100"
    std::string name;             ///< "A100"
    std::string product;          ///< "A100 SXM 80 GB"
    std::string arch;             ///< nvcc's name: "sm_80"
    int sms = 0;                  ///< streaming multiprocessors
    double flops_per_second = 0;  ///< peak of float arithmetic without tensor cores; a fused multiply-add is 2
    double bytes_per_second = 0;  ///< peak of device memory
    [[nodiscard]] double ridge() const { return flops_per_second / bytes_per_second; }  ///< FLOPs per byte
};

/// All that are known, by year.
const std::vector<Gpu>& known_gpus();

/// The one of this option; an A100 and an H100 when it is empty.
/// @throws UsageError  naming those there are
std::vector<Gpu> gpus_asked_for(const std::string& option);

/// "A100 SXM 80 GB: 19.5 TFLOP/s, 2,039 GB/s, 108 SMs": the figures that estimates rest on.
std::string data_sheet_text(const Gpu& gpu);

}  // namespace wb::grader
