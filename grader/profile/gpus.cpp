#include "profile/gpus.hpp"

#include <fmt/format.h>

#include <cmath>

#include "course/course.hpp"

namespace wb::grader {

const std::vector<Gpu>& known_gpus() {
    // NVIDIA A100 Tensor Core GPU, data sheet, June 2021: FP32 19.5 TFLOPS; 1,555 GB/s (40 GB) and 2,039 GB/s (80 GB SXM).
    // NVIDIA H100 Tensor Core GPU, data sheet, 2023: FP32 67 teraFLOPS and 3.35 TB/s (SXM).
    // SMs: the white papers of the Ampere (2020) and Hopper (2022) architectures, 108 and 132.
    static const std::vector<Gpu> gpus{
        {"a100", "A100", "A100 SXM 80 GB", "sm_80", 108, 19.5e12, 2039e9},
        {"a100-40gb", "A100 40 GB", "A100 SXM 40 GB", "sm_80", 108, 19.5e12, 1555e9},
        {"h100", "H100", "H100 SXM", "sm_90", 132, 67e12, 3350e9},
    };
    return gpus;
}

std::vector<Gpu> gpus_asked_for(const std::string& option) {
    std::vector<Gpu> chosen;
    std::string options;
    for (const Gpu& gpu : known_gpus()) {
        if (option.empty() ? gpu.option == "a100" || gpu.option == "h100" : gpu.option == option) chosen.push_back(gpu);
        options += (options.empty() ? "" : ", ") + gpu.option;
    }
    if (chosen.empty())
        throw UsageError("--gpu: expected one of " + options + ", got \"" + option +
                         "\". Try: ./workbook profile 2.10 --gpu h100");
    return chosen;
}

std::string data_sheet_text(const Gpu& gpu) {
    const long gigabytes = std::lround(gpu.bytes_per_second / 1e9);
    return fmt::format("{}: {:g} TFLOP/s, {},{:03} GB/s, {} SMs", gpu.product, gpu.flops_per_second / 1e12,
                       gigabytes / 1000, gigabytes % 1000, gpu.sms);
}

}  // namespace wb::grader
