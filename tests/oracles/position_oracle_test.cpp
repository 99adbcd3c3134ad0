/// @file
/// The oracle of chapter 5 against PyTorch's goldens and against numbers by hand.
#include "position_oracle.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>

#include "wb/safetensors.hpp"

namespace wb {
namespace {

TEST(PositionOracle, AgreesWithPyTorch) {
    for (const char* name : {"5.3_hidden32", "5.3_hidden6"}) {
        const SafeTensors file =
            read_safetensors(std::filesystem::path(WB_GOLDENS) / "05_pig_latin" / (std::string(name) + ".safetensors"));
        const Tensor<2, double> expected = file.get<2, double>("expected.positions");
        std::vector<std::size_t> places(expected.shape(0));
        std::iota(places.begin(), places.end(), std::size_t{0});
        const Tensor<2, double> got = oracle::positions(places, expected.shape(1));
        for (std::size_t n = 0; n < got.size(); ++n)
            ASSERT_NEAR(got.data()[n], expected.data()[n], 1e-13) << name << ", element " << n;
    }
}

TEST(PositionOracle, KeepsItsDigitsAtFarPlaces) {
    const Tensor<2, double> far = oracle::positions({1'000'000}, 4);
    EXPECT_NEAR(far(0, 0), -0.34999350217129294, 1e-13) << "sin(10^6)";
    EXPECT_NEAR(far(0, 2), std::sin(10000.0), 1e-13) << "the second pair is 100 times slower";
}

TEST(PositionOracle, EveryFlawChangesSomething) {
    using oracle::PositionFlaws;
    const Tensor<2, double> right = oracle::positions({0, 1, 2}, 6);
    for (const PositionFlaws& flaw : {PositionFlaws{.halves = true}, PositionFlaws{.cosine_first = true},
                                      PositionFlaws{.counts_channels = true}, PositionFlaws{.whole_number_ratio = true},
                                      PositionFlaws{.starts_at_one = true}, PositionFlaws{.cosine_of_next = true}}) {
        EXPECT_NE(oracle::positions({0, 1, 2}, 6, flaw), right);
    }
}

}  // namespace
}  // namespace wb
