/// @file
/// What a kernel's counters, and ptxas's, let one say of it on a real GPU: occupancy, the ceiling that binds, the least time. None of it is
/// measured, and the words say so.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "profile/gpus.hpp"
#include "profile/ptxas.hpp"
#include "report/terminal.hpp"
#include "wb_kernels/profile_counts.hpp"

namespace wb::grader {

/// Two entries, occupancy and time, with a line for each GPU.
/// @param ptxas  what it said of the kernel's file; null: occupancy is left out
/// @param width  columns that a line may take
std::string gpu_text(const kernels::KernelProfile& kernel, const std::vector<Gpu>& gpus, const PtxasReport* ptxas,
                     std::size_t width = 120);

/// One run of `./workbook profile`.
class GpuEstimates {
 public:
    /// @param include_dirs  as Ptxas takes them
    /// @throws UsageError  for a GPU that is not known
    GpuEstimates(const std::string& gpu_option, const std::vector<std::string>& include_dirs,
                 const std::filesystem::path& scratch);

    /// To be called for a file of kernels before they run, if there is time; see Ptxas::start.
    void start(const std::filesystem::path& file);
    /// gpu_text of a kernel that was launched from this file.
    std::string text(const kernels::KernelProfile& kernel, const std::filesystem::path& file, const Paint& paint);
    /// What it all rests on, and, in one line, what is missing: to be said once.
    [[nodiscard]] std::string footnote(const Paint& paint) const;

 private:
    std::vector<Gpu> gpus_;
    std::optional<Ptxas> ptxas_;
    std::string missing_;  ///< what occupancy would need; empty where it is all there
};

}  // namespace wb::grader
