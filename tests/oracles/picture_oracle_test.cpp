/// @file
/// The picture oracle against Pillow's answers, and against what can be counted by hand.
#include "picture_oracle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "wb/safetensors.hpp"

namespace wb::oracle {
namespace {

TEST(PictureOracle, LiesWithinOneLevelOfPillow) {
    std::size_t pictures = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(WB_GOLDENS) + "/04_vit")) {
        if (entry.path().extension() != ".safetensors") continue;
        const SafeTensors golden = read_safetensors(entry.path());
        if (!golden.contains("expected.picture")) continue;
        const auto pillow = golden.get<3, double>("expected.picture");
        const Tensor<3, double> got =
            resized(golden.get<3, std::uint8_t>("in.picture"), pillow.shape(0), pillow.shape(1));
        double largest = 0;
        for (std::size_t n = 0; n < got.size(); ++n)
            largest = std::max(largest, std::abs(got.data()[n] - pillow.data()[n]));
        EXPECT_LE(largest, 1.01) << entry.path();
        ++pictures;
    }
    EXPECT_EQ(pictures, 11);
}

TEST(PictureOracle, FourPixelsBecomeTwoByHand) {
    Tensor<3, std::uint8_t> row(std::array<std::size_t, 3>{1, 4, 1});
    const std::uint8_t levels[] = {0, 80, 160, 240};
    std::copy(std::begin(levels), std::end(levels), row.data());
    EXPECT_NEAR(resized(row, 1, 2)(0, 0, 0), (3.0 * 80 + 160) / 7, 1e-9) << "weights 3 3 1 of 0 80 160";
    EXPECT_NEAR(resized(row, 1, 2, ResizeWay::not_wider)(0, 0, 0), 40, 1e-9);
}

}  // namespace
}  // namespace wb::oracle
