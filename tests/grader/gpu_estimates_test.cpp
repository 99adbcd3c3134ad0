// What `./workbook profile` says of a GPU: how it finds a launched kernel among ptxas's, and what it says where something is missing.
// nvcc is a script here that repeats what nvcc 13 once printed.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "files/files.hpp"
#include "profile/gpu_estimates.hpp"
#include "profile/occupancy.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using kernels::KernelProfile;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* of_tile = R"(ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function '_ZN2wb4tileILi64EEEvPf' for 'sm_80'
ptxas info    : Function properties for _ZN2wb4tileILi64EEEvPf
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 76 registers, used 1 barriers, 30720 bytes smem, 416 bytes cmem[0]
ptxas info    : Compiling entry function '_ZN2wb4tileILi32EEEvPf' for 'sm_80'
ptxas info    : Function properties for _ZN2wb4tileILi32EEEvPf
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 40 registers, used 1 barriers, 18432 bytes smem, 416 bytes cmem[0]
ptxas info    : Compiling entry function '_ZN2wb3addEPf' for 'sm_80'
ptxas info    : Used 10 registers, 416 bytes cmem[0]
ptxas info    : Compiling entry function '_ZN2wb4tileILi64EEEvPf' for 'sm_90'
ptxas info    : Used 62 registers, used 1 barriers, 30720 bytes smem
)";

KernelProfile launched(const std::string& kernel, const std::string& symbol) {
    KernelProfile profile;
    profile.kernel = kernel;
    profile.symbol = symbol;
    profile.launches = 1;
    profile.blocks = 500;
    profile.threads = 500 * 128;
    profile.flops_known = true;
    profile.l2.bytes_read = 2'039'000;
    return profile;
}

PtxasReport report() {
    return {nvcc::read_ptxas(of_tile), ""};
}

int registers_of(const KernelProfile& kernel, const std::string& arch) {
    const PtxasReport all = report();
    const Instance instance = instance_of(kernel, all, arch);
    return instance.use == nullptr ? 0 : instance.use->registers;
}

TEST(PtxasInstance, IsFoundByTheLinkersName) {
    // The source says kernel<n>: only the symbol tells which one.
    EXPECT_EQ(registers_of(launched("kernel<n>", "_ZN2wb4tileILi32EEEvPf"), "sm_80"), 40);
    EXPECT_EQ(registers_of(launched("kernel<n>", "_ZN2wb4tileILi64EEEvPf"), "sm_80"), 76);
    EXPECT_EQ(registers_of(launched("kernel<n>", "_ZN2wb4tileILi64EEEvPf"), "sm_90"), 62);
    // Of the two compilers' names for an anonymous namespace, and for parameters, nothing is left.
    EXPECT_EQ(registers_of(launched("add", "_ZN2wb12_GLOBAL__N_13addEPKf"), "sm_80"), 10);
}

TEST(PtxasInstance, IsFoundByWhatTheLaunchSaysWhereTheSymbolIsNotKnown) {
    EXPECT_EQ(registers_of(launched("tile<64>", ""), "sm_80"), 76);
    EXPECT_EQ(registers_of(launched("wb::tile< 32 >", ""), "sm_80"), 40);
    EXPECT_EQ(registers_of(launched("add", ""), "sm_80"), 10);
    EXPECT_EQ(registers_of(launched("tile", ""), "sm_90"), 62) << "there is but one";
}

TEST(PtxasInstance, IsNotGuessed) {
    const PtxasReport all = report();
    EXPECT_EQ(instance_of(launched("tile", ""), all, "sm_80").use, nullptr);
    EXPECT_EQ(instance_of(launched("tile", ""), all, "sm_80").fault,
              "ptxas compiled 2 instances of tile, and tile<<<..>>> does not say which one runs. Name its template "
              "arguments there");
    EXPECT_EQ(instance_of(launched("add", ""), all, "sm_90").fault, "ptxas reports no kernel of this name for sm_90");
    EXPECT_EQ(instance_of(launched("add", ""), {{}, "nvcc fell ill"}, "sm_80").fault, "nvcc fell ill");
}

/// $NVCC for as long as it lives.
class Nvcc {
 public:
    explicit Nvcc(const fs::path& program) {
        if (const char* const old = std::getenv("NVCC")) before_ = old;
        ::setenv("NVCC", program.c_str(), 1);
    }
    ~Nvcc() {
        if (before_) ::setenv("NVCC", before_->c_str(), 1);
        if (!before_) ::unsetenv("NVCC");
    }
    Nvcc(const Nvcc&) = delete;
    Nvcc& operator=(const Nvcc&) = delete;

 private:
    std::optional<std::string> before_;
};

/// An nvcc that notes its arguments, prints this and ends with this status.
fs::path script(const fs::path& folder, const std::string& output, int status) {
    const fs::path file = folder / "nvcc";
    write_atomically(folder / "said", output);
    write_atomically(file, "#!/bin/sh\n[ \"$1\" != --help ] || { echo c++20; exit 0; }\necho \"$@\" > " +
                               (folder / "arguments").string() + "\ncat " + (folder / "said").string() + "\nexit " +
                               std::to_string(status) + "\n");
    fs::permissions(file, fs::perms::owner_all);
    return file;
}

std::string plain(const GpuEstimates& estimates) {
    return estimates.footnote(Paint(TerminalStyle{.width = 200}));
}

TEST(GpuEstimate, HasOccupancyAndTimeOfEachGpu) {
    if (!occupancy_is_known()) GTEST_SKIP() << "no cuda_occupancy.h";
    const fs::path folder = scratch_folder();
    const Nvcc nvcc(script(folder, of_tile, 0));
    GpuEstimates estimates("", {"/contracts"}, folder);
    estimates.start(folder / "tile.cu");
    EXPECT_EQ(estimates.text(launched("tile<64>", ""), folder / "tile.cu", Paint(TerminalStyle{})),
              "  occupancy        A100: 5 blocks, 20 of 64 warps an SM (31 %), limited by shared memory (30,720 bytes "
              "a block)\n"
              "                   H100: 7 blocks, 28 of 64 warps an SM (44 %), limited by shared memory (30,720 bytes "
              "a block)\n"
              "  time, estimated  A100: at best 1 us: memory binds (0 FLOP per byte; arithmetic would from 9.6 on)\n"
              "                   H100: at best 609 ns: memory binds (0 FLOP per byte; arithmetic would from 20 on)\n");
    EXPECT_THAT(read_text(folder / "arguments"),
                StartsWith("-std=c++20 -O3 -Xptxas -v -fatbin -gencode arch=compute_80,code=sm_80 -gencode "
                           "arch=compute_90,code=sm_90 -I/contracts -o "));
    EXPECT_EQ(
        plain(estimates),
        "Times are estimates from data sheets, not measurements (A100 SXM 80 GB: 19.5 TFLOP/s, 2,039 GB/s, 108 SMs; "
        "H100 SXM: 67 TFLOP/s, 3,350 GB/s, 132 SMs). Calls such as expf are not counted.\n");
}

TEST(GpuEstimate, WhatAllGpusHaveAlikeIsSaidOnce) {
    KernelProfile kernel = launched("empty", "");
    kernel.l2.bytes_read = 0;
    EXPECT_EQ(gpu_text(kernel, gpus_asked_for(""), nullptr), "  time, estimated  nothing to move, and no FLOPs\n");
    EXPECT_EQ(gpu_text(kernel, gpus_asked_for("a100"), nullptr),
              "  time, estimated  A100: nothing to move, and no FLOPs\n");
}

TEST(GpuEstimate, IdleSmsHaveALineOfTheirOwn) {
    KernelProfile kernel = launched("tile<64>", "");
    kernel.blocks = 2;
    EXPECT_EQ(gpu_text(kernel, gpus_asked_for("a100"), nullptr),
              "  time, estimated  A100: at best 1 us: memory binds (0 FLOP per byte; arithmetic would from 9.6 on)\n"
              "                     but 2 blocks keep at most 2 of 108 SMs busy, so it takes longer\n");
}

TEST(GpuEstimate, DynamicSharedMemoryCountsToo) {
    if (!occupancy_is_known()) GTEST_SKIP() << "no cuda_occupancy.h";
    const PtxasReport all = report();
    KernelProfile kernel = launched("tile<64>", "");
    kernel.dynamic_shared_bytes = 50'000;  // 30,720 + 50,000 + 1,024: 167,936 / 81,792 = 2.05
    EXPECT_THAT(gpu_text(kernel, gpus_asked_for("a100"), &all),
                HasSubstr("2 blocks, 8 of 64 warps an SM (12 %), limited by shared memory (80,720"));
}

TEST(GpuEstimate, AFileThatNvccRefusesCostsOccupancyOnly) {
    if (!occupancy_is_known()) GTEST_SKIP() << "no cuda_occupancy.h";
    const fs::path folder = scratch_folder();
    const Nvcc nvcc(script(folder, "In file included from x\ntile.cu(3): error: expected a \";\"\n", 1));
    GpuEstimates estimates("h100", {}, folder);
    const std::string text =
        estimates.text(launched("tile<64>", ""), folder / "tile.cu", Paint(TerminalStyle{.width = 200}));
    EXPECT_THAT(text,
                StartsWith("  occupancy        H100: not known: nvcc does not compile tile.cu: tile.cu(3): error: "
                           "expected a \";\".\n"));
    EXPECT_THAT(text, HasSubstr("at best 609 ns"));
}

TEST(GpuEstimate, WithoutNvccOneLineSaysWhatWouldGiveOccupancy) {
    const Nvcc nvcc("/nowhere/nvcc");
    GpuEstimates estimates("a100", {}, scratch_folder());
    estimates.start("tile.cu");
    EXPECT_THAT(estimates.text(launched("tile<64>", ""), "tile.cu", Paint(TerminalStyle{})),
                Not(HasSubstr("occupancy")));
    EXPECT_THAT(plain(estimates), HasSubstr("\nOccupancy is left out: there is no nvcc. Install nvidia-cuda-toolkit "
                                            "(Debian's non-free), then: cmake --preset dev\n"));
}

}  // namespace
}  // namespace wb::grader
