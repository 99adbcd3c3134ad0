/// @file
/// Recorded output of `nvcc -Xptxas -v` as a table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nvcc/ptxas_report.hpp"

namespace wb::nvcc {
namespace {

using testing::HasSubstr;

// nvcc 13.0.88
constexpr const char* nvcc_13 = R"(ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function '_ZN2wb22fused_attention_kernelILi64EEEvNS_18FusedAttentionArgsE' for 'sm_80'
ptxas info    : Function properties for _ZN2wb22fused_attention_kernelILi64EEEvNS_18FusedAttentionArgsE
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 76 registers, used 1 barriers, 30720 bytes smem, 416 bytes cmem[0]
ptxas info    : Compile time = 68.125 ms
)";

// nvcc 11.8, a kernel squeezed by --maxrregcount=32
constexpr const char* spilling = R"(ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function '_Z3addPKfPfi' for 'sm_90'
ptxas info    : Function properties for _Z3addPKfPfi
    256 bytes stack frame, 444 bytes spill stores, 528 bytes spill loads
ptxas info    : Used 32 registers, 372 bytes cmem[0]
)";

TEST(PtxasTable, EachKernelIsRead) {
    const auto kernels = read_ptxas(nvcc_13);
    ASSERT_EQ(kernels.size(), 1u);
    EXPECT_EQ(kernels[0].name, "wb::fused_attention_kernel<64>");
    EXPECT_EQ(kernels[0].gpu, "sm_80");
    EXPECT_EQ(kernels[0].registers, 76);
    EXPECT_EQ(kernels[0].shared, 30720);
    EXPECT_EQ(kernels[0].stack, 0);
    EXPECT_FALSE(has_fault(kernels));
}

TEST(PtxasTable, SpillsAreAFaultAndMarked) {
    const auto kernels = read_ptxas(std::string(nvcc_13) + spilling);
    ASSERT_EQ(kernels.size(), 2u);
    EXPECT_EQ(kernels[1].name, "add");
    EXPECT_EQ(kernels[1].spill_stores, 444);
    EXPECT_EQ(kernels[1].spill_loads, 528);
    EXPECT_EQ(kernels[1].stack, 256);
    EXPECT_EQ(kernels[1].shared, 0);
    EXPECT_TRUE(has_fault(kernels));
    EXPECT_THAT(table(kernels), HasSubstr("972       0  <- registers spill to memory"));
}

TEST(PtxasTable, AKernelWithoutItsRegistersIsAFault) {
    EXPECT_TRUE(has_fault(read_ptxas("ptxas info    : Compiling entry function '_Z1kv' for 'sm_80'\n")));
}

TEST(PtxasTable, OtherTextIsPassedOver) {
    EXPECT_TRUE(read_ptxas("nvcc warning : something\nUsed 3 registers\n' for '\n").empty());
    EXPECT_TRUE(read_ptxas("").empty());
}

}  // namespace
}  // namespace wb::nvcc
