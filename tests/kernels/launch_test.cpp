/// @file
/// Sizes that a GPU would refuse are refused at the launch, with CUDA's error and the numbers.
#include <array>

#include "broken/broken.hpp"
#include "diagnosis.hpp"
#include "wb_kernels/device_buffer.hpp"

namespace wb::broken {
namespace {

TEST(Launch, WithinTheLimitsIsAccepted) {
    EXPECT_THAT(diagnosis_of([] { launch(3, 2, 1024, 1, 1, 48 * 1024); }), IsEmpty());
    EXPECT_THAT(diagnosis_of([] { launch(1, 1, 4, 4, 64, 0); }), IsEmpty());
}

TEST(Launch, MoreThan1024ThreadsAreRefused) {
    EXPECT_THAT(diagnosis_of([] { launch(1, 1, 64, 32, 1, 0); }),
                AllOf(HasSubstr("kernel nothing<<<(1, 1, 1), (64, 32, 1)>>> (launched at launches.cu:"),
                      HasSubstr("cudaErrorInvalidConfiguration (invalid configuration argument): 2048 threads per "
                                "block, the limit is 1024")));
}

TEST(Launch, EachExtentHasALimit) {
    EXPECT_THAT(diagnosis_of([] { launch(1, 1, 1, 1, 65, 0); }), HasSubstr("block.z is 65, the limit is 64"));
    EXPECT_THAT(diagnosis_of([] { launch(1, 65536, 1, 1, 1, 0); }), HasSubstr("grid.y is 65536, the limit is 65535"));
    EXPECT_THAT(diagnosis_of([] { launch(0x80000000u, 1, 1, 1, 1, 0); }), HasSubstr("grid.x is 2147483648"));
}

TEST(Launch, EmptyGridsAndBlocksAreRefused) {
    EXPECT_THAT(diagnosis_of([] { launch(0, 1, 32, 1, 1, 0); }),
                AllOf(HasSubstr("cudaErrorInvalidConfiguration"), HasSubstr("grid.x is 0")));
    EXPECT_THAT(diagnosis_of([] { launch(1, 1, 32, 0, 1, 0); }), HasSubstr("block.y is 0"));
}

TEST(Launch, SharedMemoryAbove48KibMustBeAskedFor) {
    EXPECT_THAT(diagnosis_of([] { launch(1, 1, 1, 1, 1, 48 * 1024 + 1); }),
                AllOf(HasSubstr("cudaErrorInvalidValue"), HasSubstr("49153 bytes"), HasSubstr("cudaFuncSetAttribute")));
}

TEST(Launch, SharedMemoryAbove227KibIsRefusedAlways) {
    EXPECT_THAT(diagnosis_of([] { launch(1, 1, 1, 1, 1, 227 * 1024 + 1); }),
                AllOf(HasSubstr("cudaErrorInvalidValue"), HasSubstr("232448")));
}

TEST(Launch, StaticAndDynamicSharedMemoryCountTogether) {
    EXPECT_THAT(diagnosis_of(large_static_and_dynamic_shared),
                AllOf(HasSubstr("most (launches.cu:"), HasSubstr("45056 bytes, beside 204800 dynamic ones"),
                      HasSubstr("232448")));
}

TEST(Launch, ClearingTheErrorHidesNothing) {
    EXPECT_THAT(diagnosis_of(launch_and_clear_the_error), HasSubstr("2048"));
}

TEST(Launch, ARefusedLaunchDoesNotFailTheDevice) {
    EXPECT_THAT(diagnosis_of([] {
                    launch(1, 1, 2048, 1, 1, 0);
                    launch(1, 1, 1, 1, 1, 0);
                }),
                HasSubstr("block.x is 2048"));
    EXPECT_THAT(diagnosis_of([] { launch(1, 1, 1, 1, 1, 0); }), IsEmpty());
}

TEST(Launch, BlocksOfARunAreCounted) {
    EXPECT_THAT(diagnosis_of([] {
                    launch(3, 2, 32, 1, 1, 0);
                    launch(5, 1, 1, 1, 1, 0);
                }),
                IsEmpty());
    EXPECT_EQ(kernels::launched_blocks(), 11U);
    EXPECT_THAT(diagnosis_of([] { launch(0, 1, 32, 1, 1, 0); }), HasSubstr("grid.x is 0"));
    EXPECT_EQ(kernels::launched_blocks(), 0U) << "a refused launch has no blocks";
}

TEST(DeviceMemory, BuffersHoldWhatWasCopied) {
    const std::array<float, 3> values{1, 2, 3};
    DeviceBuffer<float> a{std::span<const float>(values)};
    DeviceBuffer<float> b = std::move(a);
    EXPECT_EQ(b.to_host(), (std::vector<float>{1, 2, 3}));
    EXPECT_EQ(a.size(), 0u);  // NOLINT(bugprone-use-after-move): empty is the promise
    EXPECT_EQ(DeviceBuffer<float>(0).data(), nullptr);
}

TEST(DeviceMemory, CopiesBeyondABufferAreRefused) {
    const std::array<float, 4> values{};
    DeviceBuffer<float> three(3);
    EXPECT_THAT(diagnosis_of([&] { three.copy_from(values); }), HasSubstr("cudaErrorInvalidValue"));
}

TEST(DeviceMemory, MoreThanTheDeviceHasIsRefused) {
    EXPECT_THAT(diagnosis_of([] { DeviceBuffer<char>(std::size_t{1} << 40); }), HasSubstr("cudaErrorMemoryAllocation"));
}

}  // namespace
}  // namespace wb::broken
