// Occupancy against NVIDIA's published examples and a table by hand, and the roofline against a pocket calculator.
#include <gmock/gmock.h>

#include "course/course.hpp"
#include "profile/gpus.hpp"
#include "profile/occupancy.hpp"
#include "profile/roofline.hpp"

namespace wb::grader {
namespace {

using kernels::KernelProfile;
using testing::ElementsAre;
using testing::HasSubstr;
using Limit = Occupancy::Limit;

constexpr std::size_t kib = 1024;

/// Skipped where the workbook was configured without the CUDA toolkit's calculator.
class OccupancyTable : public testing::Test {
 protected:
    void SetUp() override {
        if (!occupancy_is_known()) GTEST_SKIP() << "no cuda_occupancy.h";
    }
    static Occupancy on(const char* arch, const BlockNeeds& block) {
        const auto found = occupancy(arch, block);
        EXPECT_TRUE(found.has_value());
        return found.value_or(Occupancy{});
    }
    /// The same on both GPUs, which have alike registers, warps and blocks.
    static void expect_on_both(const BlockNeeds& block, int blocks, int warps, const std::vector<Limit>& limits) {
        for (const char* arch : {"sm_80", "sm_90"}) {
            const Occupancy found = on(arch, block);
            EXPECT_EQ(found.blocks, blocks) << arch;
            EXPECT_EQ(found.warps, warps) << arch;
            EXPECT_EQ(found.limits, limits) << arch;
            EXPECT_EQ(found.most_warps, 64) << arch;
        }
    }
};

// CUDA C++ Best Practices Guide, "Calculating Occupancy": with 37 registers a thread, blocks of 128 threads give 75 % (12 blocks), blocks of
// 320 threads 63 % (4 blocks). It speaks of compute capability 7.0, which has the 65,536 registers and 64 warps of 8.0 and 9.0.
// By hand: a warp takes 37 x 32 = 1,184 registers, rounded up to 256s 1,280. Each quarter of an SM has 16,384: 12 warps, 48 in all.
// 48 / 4 = 12 blocks; 48 / 10 = 4 blocks of 10 warps, which is 40 of 64.
TEST_F(OccupancyTable, TheBestPracticesGuidesExample) {
    expect_on_both({.threads = 128, .registers = 37}, 12, 48, {Limit::registers});
    expect_on_both({.threads = 320, .registers = 37}, 4, 40, {Limit::registers});
}

// CUDA C++ Programming Guide, "Multiprocessor Level": blocks of 512 threads with 64 registers each: two fill the 65,536 registers exactly;
// with one register more there is room for one only.
TEST_F(OccupancyTable, TheProgrammingGuidesExample) {
    expect_on_both({.threads = 512, .registers = 64}, 2, 32, {Limit::registers});
    expect_on_both({.threads = 512, .registers = 65}, 1, 16, {Limit::registers});
}

// 32 blocks an SM, whatever their size (Programming Guide, "Technical Specifications per Compute Capability").
TEST_F(OccupancyTable, SmallBlocksStopAt32) {
    expect_on_both({.threads = 32, .registers = 32}, 32, 32, {Limit::blocks});
    expect_on_both({.threads = 33, .registers = 32}, 32, 64, {Limit::warps, Limit::registers, Limit::blocks});
}

TEST_F(OccupancyTable, ThirtyTwoRegistersAreTheMostThatFillAnSm) {
    expect_on_both({.threads = 256, .registers = 16}, 8, 64, {Limit::warps});
    expect_on_both({.threads = 256, .registers = 32}, 8, 64, {Limit::warps, Limit::registers});
    expect_on_both({.threads = 256, .registers = 33}, 6, 48, {Limit::registers});  // 1,280 a warp: 12 a quarter
}

// A block's shared memory is what it asks for and 1 KiB of CUDA's own. 164 KiB (8.0) and 228 KiB (9.0) are shared out.
TEST_F(OccupancyTable, SharedMemoryLimitsWithAKibibyteOfCudasOwn) {
    // Chapter 2's fused attention: 30,720 + 1,024 = 31,744 bytes. 167,936 / 31,744 = 5.3; 233,472 / 31,744 = 7.4.
    const BlockNeeds fused_80{.threads = 128, .registers = 76, .static_shared = 30720},
        fused_90{.threads = 128, .registers = 62, .static_shared = 30720};
    EXPECT_EQ(on("sm_80", fused_80).blocks, 5);
    EXPECT_EQ(on("sm_80", fused_80).warps, 20);
    EXPECT_THAT(on("sm_80", fused_80).limits, ElementsAre(Limit::shared_memory));
    EXPECT_EQ(on("sm_90", fused_90).blocks, 7);
    EXPECT_EQ(on("sm_90", fused_90).warps, 28);
    EXPECT_THAT(on("sm_90", fused_90).limits, ElementsAre(Limit::shared_memory));
    // 228 / 12 = 19 would fit, were it not for that KiB: 228 / 13 = 17.5.
    EXPECT_EQ(on("sm_90", {.threads = 32, .registers = 8, .dynamic_shared = 12 * kib}).blocks, 17);
    EXPECT_EQ(on("sm_80", {.threads = 32, .registers = 8, .dynamic_shared = 12 * kib}).blocks, 12);
}

TEST_F(OccupancyTable, StaticAndDynamicSharedMemoryAddUp) {
    // 8 + 8 + 1 = 17 KiB: 164 / 17 = 9.6, 228 / 17 = 13.4
    const BlockNeeds block{.threads = 64, .registers = 32, .static_shared = 8 * kib, .dynamic_shared = 8 * kib};
    EXPECT_EQ(on("sm_80", block).blocks, 9);
    EXPECT_EQ(on("sm_90", block).blocks, 13);
}

TEST_F(OccupancyTable, OneBlockTakesAtMost163And227KiB) {  // Ampere and Hopper Tuning Guides
    EXPECT_EQ(on("sm_80", {.threads = 32, .registers = 32, .dynamic_shared = 163 * kib}).blocks, 1);
    EXPECT_EQ(on("sm_80", {.threads = 32, .registers = 32, .dynamic_shared = 163 * kib + 1}).blocks, 0);
    EXPECT_EQ(on("sm_90", {.threads = 32, .registers = 32, .dynamic_shared = 227 * kib}).blocks, 1);
    EXPECT_EQ(on("sm_90", {.threads = 32, .registers = 32, .dynamic_shared = 227 * kib + 1}).blocks, 0);
}

TEST_F(OccupancyTable, TwoLimitsAtOnceAreBothNamed) {
    // 64 registers: 32 warps, 4 blocks of 8. 40 + 1 KiB: 164 / 41 = 4 exactly, 228 / 41 = 5.6.
    const BlockNeeds block{.threads = 256, .registers = 64, .static_shared = 40 * kib};
    EXPECT_THAT(on("sm_80", block).limits, ElementsAre(Limit::registers, Limit::shared_memory));
    EXPECT_THAT(on("sm_90", block).limits, ElementsAre(Limit::registers));
}

TEST_F(OccupancyTable, ABlockThatDoesNotFitSaysWhy) {
    // 72 x 32 x 32 warps = 73,728 registers, of 65,536
    const BlockNeeds block{.threads = 1024, .registers = 72};
    const Occupancy found = on("sm_80", block);
    EXPECT_EQ(found.blocks, 0);
    EXPECT_EQ(occupancy_text(found, block), "not one block fits into an SM: too much of registers (72 a thread)");
}

TEST_F(OccupancyTable, UnknownGpusAndEmptyBlocksHaveNoAnswer) {
    EXPECT_FALSE(occupancy("sm_75", {.threads = 32, .registers = 32}).has_value());
    EXPECT_FALSE(occupancy("sm_80", {.threads = 0, .registers = 32}).has_value());
}

TEST(OccupancyText, NamesWhatLimits) {
    const BlockNeeds block{.threads = 128, .registers = 76, .static_shared = 30000, .dynamic_shared = 720};
    EXPECT_EQ(occupancy_text({5, 20, 64, {Limit::shared_memory}}, block),
              "5 blocks, 20 of 64 warps an SM (31 %), limited by shared memory (30,720 bytes a block)");
    EXPECT_EQ(occupancy_text({1, 4, 64, {Limit::registers, Limit::blocks}}, block),
              "1 block, 4 of 64 warps an SM (6 %), limited by registers (76 a thread) and the number of blocks");
    EXPECT_EQ(occupancy_text({16, 64, 64, {Limit::warps}}, block), "16 blocks, 64 of 64 warps an SM (100 %)")
        << "a full SM lacks nothing";
}

Gpu gpu(const std::string& option) {
    return gpus_asked_for(option).at(0);
}

/// One launch of enough blocks for any GPU.
KernelProfile work(std::uint64_t bytes_read, std::uint64_t bytes_written, std::uint64_t flops) {
    KernelProfile kernel;
    kernel.launches = 1;
    kernel.blocks = 1000;
    kernel.flops_known = true;
    kernel.total.flops = flops;
    kernel.l2.bytes_read = bytes_read;
    kernel.l2.bytes_written = bytes_written;
    return kernel;
}

std::string said_of(const KernelProfile& kernel, const Gpu& on) {
    return roofline_text(roofline(kernel, on), kernel, on);
}

TEST(Gpus, AnA100AndAnH100UnlessAsked) {
    const auto both = gpus_asked_for("");
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(data_sheet_text(both[0]), "A100 SXM 80 GB: 19.5 TFLOP/s, 2,039 GB/s, 108 SMs");
    EXPECT_EQ(data_sheet_text(both[1]), "H100 SXM: 67 TFLOP/s, 3,350 GB/s, 132 SMs");
    EXPECT_EQ(data_sheet_text(gpu("a100-40gb")), "A100 SXM 40 GB: 19.5 TFLOP/s, 1,555 GB/s, 108 SMs");
    try {
        gpus_asked_for("v100");
        FAIL() << "a V100 is not known";
    } catch (const UsageError& error) {
        EXPECT_STREQ(
            error.what(),
            "--gpu: expected one of a100, a100-40gb, h100, got \"v100\". Try: ./workbook profile 2.10 --gpu h100");
    }
}

TEST(RooflineTime, MemoryBindsBelowTheRidge) {
    // 2,039,000 bytes at 2,039 GB/s: 1 us. 1e6 FLOPs at 19.5 TFLOP/s: 51 ns. 1e6 / 2,039,000 = 0.490; 19,500 / 2,039 = 9.56.
    const KernelProfile kernel = work(2'000'000, 39'000, 1'000'000);
    const Roofline estimate = roofline(kernel, gpu("a100"));
    EXPECT_DOUBLE_EQ(estimate.memory_seconds, 1e-6);
    EXPECT_NEAR(estimate.arithmetic_seconds, 51.28e-9, 0.01e-9);
    EXPECT_TRUE(estimate.memory_binds());
    EXPECT_DOUBLE_EQ(estimate.seconds_at_best(), 1e-6);
    EXPECT_EQ(said_of(kernel, gpu("a100")),
              "at best 1 us: memory binds (0.49 FLOP per byte; arithmetic would from 9.6 on)");
    // 2,039,000 / 3,350e9 = 0.609 us; 67,000 / 3,350 = 20
    EXPECT_EQ(said_of(kernel, gpu("h100")),
              "at best 609 ns: memory binds (0.49 FLOP per byte; arithmetic would from 20 on)");
}

TEST(RooflineTime, ArithmeticBindsAboveTheRidge) {
    // 195e6 FLOPs at 19.5 TFLOP/s: 10 us, while the bytes take 1 us. 195e6 / 2,039,000 = 95.6.
    const KernelProfile kernel = work(2'039'000, 0, 195'000'000);
    EXPECT_NEAR(roofline(kernel, gpu("a100")).seconds_at_best(), 10e-6, 1e-12);
    EXPECT_EQ(said_of(kernel, gpu("a100")),
              "at best 10 us: arithmetic binds (96 FLOP per byte; memory would below 9.6)");
}

TEST(RooflineTime, TheCeilingChangesAtTheRidgeItself) {
    const auto binds = [](std::uint64_t flops) {  // 1,555 bytes; 19,500 FLOPs are the ridge of this GPU exactly
        return roofline(work(1555, 0, flops), gpu("a100-40gb")).memory_binds();
    };
    EXPECT_TRUE(binds(19'499));
    EXPECT_FALSE(binds(19'501));
}

TEST(RooflineTime, FewBlocksCannotFillTheGpu) {
    const auto idle = [](const KernelProfile& kernel, const char* on) {
        return idle_sms_text(roofline(kernel, gpu(on)), gpu(on));
    };
    KernelProfile kernel = work(2'039'000, 0, 195'000'000);
    kernel.blocks = 54;  // half of the SMs: twice 10 us
    EXPECT_EQ(idle(kernel, "a100"), "but 54 blocks keep at most 54 of 108 SMs busy, where the FLOPs alone take 20 us");
    kernel = work(2'039'000, 0, 1'000'000);
    kernel.blocks = 107;
    EXPECT_EQ(idle(kernel, "a100"), "but 107 blocks keep at most 107 of 108 SMs busy, so it takes longer");
    kernel.blocks = 108;
    EXPECT_EQ(idle(kernel, "a100"), "");
    EXPECT_THAT(idle(kernel, "h100"), HasSubstr("108 of 132 SMs"));
    kernel.launches = 2;  // of 54 blocks each
    EXPECT_THAT(said_of(kernel, gpu("a100")), HasSubstr("at best 1 us for 2 launches: "));
    EXPECT_THAT(idle(kernel, "a100"), HasSubstr("but 54 blocks keep"));
    kernel.launches = kernel.blocks = 1;
    EXPECT_THAT(idle(kernel, "a100"), HasSubstr("but 1 block keeps at most 1 of 108"));
}

TEST(RooflineTime, WhatIsNotKnownIsNotClaimed) {
    KernelProfile kernel = work(2'039'000, 0, 195'000'000);
    kernel.flops_known = false;
    EXPECT_EQ(said_of(kernel, gpu("a100")),
              "at best 1 us: for the bytes alone; FLOPs could not be read, and arithmetic may bind");
    EXPECT_EQ(said_of(work(0, 0, 195'000'000), gpu("a100")),
              "at best 10 us: arithmetic binds (no byte comes from memory)");
    EXPECT_EQ(said_of(work(0, 0, 0), gpu("a100")), "nothing to move, and no FLOPs");
}

TEST(RooflineTime, HasFewDigits) {
    EXPECT_EQ(time_text(99.6e-9), "100 ns");
    EXPECT_EQ(time_text(0.49e-9), "0.49 ns");
    EXPECT_EQ(time_text(8.16e-9), "8.2 ns");
    EXPECT_EQ(time_text(999.4e-9), "999 ns");
    EXPECT_EQ(time_text(999.6e-9), "1 us");
    EXPECT_EQ(time_text(12.34e-6), "12 us");
    EXPECT_EQ(time_text(1.34e-3), "1.3 ms");
}

}  // namespace
}  // namespace wb::grader
