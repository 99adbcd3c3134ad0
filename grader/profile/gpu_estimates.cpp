#include "profile/gpu_estimates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <sstream>

#include "profile/occupancy.hpp"
#include "profile/roofline.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

using kernels::KernelProfile;

std::size_t line_width(const Paint& paint) {
    return std::max<std::size_t>(paint.style().width, 120);
}

/// What stands beside one GPU's name, or why nothing does. Of launches of several sizes it is the average block.
std::string occupancy_entry(const KernelProfile& kernel, const Gpu& gpu, const PtxasReport& ptxas) {
    const Instance instance = instance_of(kernel, ptxas, gpu.arch);
    if (instance.use == nullptr) return "not known: " + instance.fault + ".";
    const auto threads = kernel.blocks == 0 ? 0 : (kernel.threads + kernel.blocks - 1) / kernel.blocks;
    const BlockNeeds block{.threads = static_cast<int>(threads),
                           .registers = instance.use->registers,
                           .static_shared = static_cast<std::size_t>(instance.use->shared),
                           .dynamic_shared = kernel.dynamic_shared_bytes};
    const std::optional<Occupancy> found = occupancy(gpu.arch, block);
    return found ? occupancy_text(*found, block) : "not known.";
}

/// Rows of one entry: its name once, then each GPU's lines, or one GPU's where all have the same.
std::string rows(const char* name, const std::vector<Gpu>& gpus, const std::vector<std::string>& entries,
                 std::size_t width) {
    constexpr std::size_t margin = 19;
    const bool alike = entries.size() > 1 &&
                       std::adjacent_find(entries.begin(), entries.end(), std::not_equal_to<>()) == entries.end();
    std::size_t names = 0;
    for (const Gpu& gpu : gpus) names = std::max(names, gpu.name.size());
    std::string text;
    for (std::size_t i = 0; i < (alike ? 1 : entries.size()); ++i) {
        std::istringstream lines((alike ? "" : padded(gpus[i].name + ":", names + 2)) + entries[i]);
        for (std::string line; std::getline(lines, line);) {
            for (const std::string& part : folded(line, width - margin))
                text += padded(text.empty() ? std::string("  ") + name : "", margin) + part + "\n";
        }
    }
    return text;
}

}  // namespace

std::string gpu_text(const KernelProfile& kernel, const std::vector<Gpu>& gpus, const PtxasReport* ptxas,
                     std::size_t width) {
    std::vector<std::string> occupancies, times;
    for (const Gpu& gpu : gpus) {
        if (ptxas != nullptr) occupancies.push_back(occupancy_entry(kernel, gpu, *ptxas));
        const Roofline estimate = roofline(kernel, gpu);
        const std::string idle = idle_sms_text(estimate, gpu);
        times.push_back(roofline_text(estimate, kernel, gpu) + (idle.empty() ? "" : "\n  " + idle));
    }
    return (occupancies.empty() ? "" : rows("occupancy", gpus, occupancies, width)) +
           rows("time, estimated", gpus, times, width);
}

GpuEstimates::GpuEstimates(const std::string& gpu_option, const std::vector<std::string>& include_dirs,
                           const fs::path& scratch)
    : gpus_(gpus_asked_for(gpu_option)) {
    const fs::path nvcc = find_nvcc();
    if (nvcc.empty()) {
        missing_ = "there is no nvcc. Install nvidia-cuda-toolkit (Debian's non-free), then: cmake --preset dev";
    } else if (!occupancy_is_known()) {
        missing_ = "the workbook was configured without the CUDA toolkit's cuda_occupancy.h. Try: cmake --preset dev";
    } else {
        std::vector<std::string> archs;
        for (const Gpu& gpu : gpus_) archs.push_back(gpu.arch);
        ptxas_.emplace(nvcc, archs, include_dirs, scratch);
    }
}

void GpuEstimates::start(const fs::path& file) {
    if (ptxas_) ptxas_->start(file);
}

std::string GpuEstimates::text(const KernelProfile& kernel, const fs::path& file, const Paint& paint) {
    return gpu_text(kernel, gpus_, ptxas_ ? &ptxas_->of(file) : nullptr, line_width(paint));
}

std::string GpuEstimates::footnote(const Paint& paint) const {
    std::string sheets;
    for (const Gpu& gpu : gpus_) sheets += (sheets.empty() ? "" : "; ") + data_sheet_text(gpu);
    std::string text;
    const auto say = [&](const std::string& sentence) {
        for (const std::string& part : folded(sentence, line_width(paint))) text += paint.dim(part) + "\n";
    };
    say("Times are estimates from data sheets, not measurements (" + sheets + "). Calls such as expf are not counted.");
    if (!missing_.empty()) text += paint.dim("Occupancy is left out: " + missing_) + "\n";
    return text;
}

}  // namespace wb::grader
