/// @file
/// Fresh memory is NaN, in every build and for every block.
#include <cmath>
#include <vector>

#include "broken/broken.hpp"
#include "diagnosis.hpp"
#include "wb_kernels/device_buffer.hpp"

namespace wb::broken {
namespace {

TEST(Memory, FreshDeviceMemoryIsNaN) {
    for (const float x : DeviceBuffer<float>(5).to_host()) EXPECT_TRUE(std::isnan(x));
}

TEST(Memory, EveryBlockFindsFreshSharedMemory) {
    DeviceBuffer<float> out(2);
    EXPECT_THAT(diagnosis_of([&] { read_uninitialised_shared(out.data()); }), IsEmpty());
    EXPECT_TRUE(std::isnan(out.to_host()[0]));
    EXPECT_TRUE(std::isnan(out.to_host()[1])) << "the second block must not find what the first left";
}

}  // namespace
}  // namespace wb::broken
