/// @file
/// What a GPU's own compiler makes of a kernel: registers and static shared memory, from `nvcc -Xptxas -v` on the student's file.
/// nvcc runs in the background, so that the kernels can be counted meanwhile.
#pragma once

#include <filesystem>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "nvcc/ptxas_report.hpp"
#include "wb_kernels/profile_counts.hpp"

namespace wb::grader {

/// As kernels/nvcc/compile-kernels looks for it: $NVCC, on the PATH, in $CUDA_HOME/bin, in /usr/local/cuda/bin. Empty: not there.
std::filesystem::path find_nvcc();

/// What ptxas said of a file.
struct PtxasReport {
    std::vector<nvcc::KernelUse> kernels;
    std::string fault;  ///< why there are none: nvcc's first complaint
};

/// A kernel among those that ptxas compiled.
struct Instance {
    const nvcc::KernelUse* use = nullptr;  ///< null: not found
    std::string fault;                     ///< then: why
};

/// The instance of a template (or the kernel) that was launched, for one GPU architecture. By the linker's name where the engine
/// knows it, else by what stands before <<<, if that leaves but one.
Instance instance_of(const kernels::KernelProfile& kernel, const PtxasReport& report, const std::string& arch);

class Ptxas {
 public:
    /// @param archs         "sm_80", ..
    /// @param include_dirs  searched by nvcc; a file's own folder need not be among them
    /// @param scratch       where nvcc's outputs lie until it ends
    Ptxas(std::filesystem::path nvcc, std::vector<std::string> archs, std::vector<std::string> include_dirs,
          std::filesystem::path scratch);
    Ptxas(const Ptxas&) = delete;
    Ptxas& operator=(const Ptxas&) = delete;

    /// Begins to compile this file. The environment must not be changed (setenv) until its report is there.
    void start(const std::filesystem::path& file);
    /// Waits for it, and starts it if need be.
    const PtxasReport& of(const std::filesystem::path& file);

 private:
    [[nodiscard]] PtxasReport compile(const std::filesystem::path& file) const;

    std::filesystem::path nvcc_;
    std::vector<std::string> archs_, include_dirs_;
    std::filesystem::path scratch_;
    std::map<std::filesystem::path, std::shared_future<PtxasReport>> reports_;
};

}  // namespace wb::grader
