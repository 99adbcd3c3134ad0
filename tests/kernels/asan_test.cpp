/// @file
/// Accesses out of bounds stop the asan build with one line that names kernel, thread and buffer, before ASan's own report.
#include "broken/broken.hpp"
#include "diagnosis.hpp"
#include "wb_kernels/device_buffer.hpp"

namespace wb::broken {
namespace {

TEST(AsanDeathTest, ReadsAndWritesPastABuffer) {
    DeviceBuffer<float> x(7), out(1);
    EXPECT_DEATH(diagnosis_of([&] { read_past_the_end(x.data(), out.data(), 7); }),
                 "kernel copy_first .*thread \\(0, 0, 0\\) reads 4 bytes at 0 bytes past the end of device buffer "
                 "[0-9]+ \\(28 bytes\\)"
                 "(.|\n)*AddressSanitizer(.|\n)*memory.cu:7");
    EXPECT_DEATH(diagnosis_of([&] { write_past_the_end(x.data(), 7); }),
                 "thread \\(3, 0, 0\\) writes 4 bytes at 0 bytes past the end");
    EXPECT_DEATH(diagnosis_of([&] { write_before_the_start(x.data()); }), "4 bytes before device buffer");
}

TEST(AsanDeathTest, OverrunsOfStaticSharedMemory) {
    DeviceBuffer<float> out(1);
    EXPECT_DEATH(
        diagnosis_of([&] { overrun_static_shared(out.data(), 8); }),
        "thread \\(3, 0, 0\\) reads 4 bytes at 0 bytes past the end of the __shared__ array eight \\(32 bytes\\)");
    EXPECT_DEATH(diagnosis_of([&] { overrun_static_shared(out.data(), -1); }),
                 "4 bytes before the __shared__ array eight");
    EXPECT_THAT(diagnosis_of([&] { overrun_static_shared(out.data(), 7); }), IsEmpty());
}

TEST(AsanDeathTest, OverrunsOfOneDimension) {
#ifdef __clang__
    GTEST_SKIP() << "the handler of -fsanitize=bounds is for GCC";
#endif
    DeviceBuffer<float> out(1);
    EXPECT_DEATH(diagnosis_of([&] { overrun_inner_dimension(out.data(), 9); }),
                 "index 9 is outside of the array type 'float \\[8\\]'(.|\n)*memory.cu:");
    EXPECT_THAT(diagnosis_of([&] { overrun_inner_dimension(out.data(), 7); }), IsEmpty());
}

TEST(AsanDeathTest, OverrunsOfDynamicSharedMemory) {
    DeviceBuffer<float> out(1);
    EXPECT_DEATH(diagnosis_of([&] { overrun_dynamic_shared(out.data(), 8); }),
                 "0 bytes past the end of the dynamic shared memory \\(32 bytes\\)");
    EXPECT_THAT(diagnosis_of([&] { overrun_dynamic_shared(out.data(), 7); }), IsEmpty());
}

TEST(AsanDeathTest, TheHostMayNotTouchDeviceMemory) {
    DeviceBuffer<float> x(7);
    EXPECT_DEATH(host_reads_device_memory(x.data()), "the host reads 4 bytes at byte 4 of device buffer .*cudaMemcpy");
}

TEST(AsanDeathTest, AnAbandonedLaunchLeavesNoFalseAlarms) {
    for (int round = 0; round < 3; ++round) {
        EXPECT_THAT(diagnosis_of(divergent_barrier), HasSubstr("divergent"));
        DeviceBuffer<int> out(40);
        EXPECT_THAT(diagnosis_of([&] { exited_threads_are_not_waited_for(out.data()); }), IsEmpty());
    }
}

}  // namespace
}  // namespace wb::broken
