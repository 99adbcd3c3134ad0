/// @file
/// The oracle of chapter 4's kernels against PyTorch's goldens, numbers by hand, and differences.
#include "vit_kernel_oracle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "wb/safetensors.hpp"

namespace wb {
namespace {

SafeTensors golden(const std::string& name) {
    return read_safetensors(std::filesystem::path(WB_GOLDENS) / "04_vit" / ("4.11_" + name + ".safetensors"));
}

template <std::size_t N>
void expect_near(const Tensor<N, double>& got, const SafeTensors& file, const std::string& name) {
    const auto expected = file.get<N, double>("expected." + name);
    ASSERT_EQ(got.shape(), expected.shape()) << name;
    for (std::size_t n = 0; n < got.size(); ++n)
        ASSERT_NEAR(got.data()[n], expected.data()[n], 1e-13) << name << ", element " << n;
}

TEST(VitKernelOracle, AgreesWithPyTorch) {
    const SafeTensors patchify = golden("patchify"), norm = golden("layer_norm"), gelu = golden("gelu");
    expect_near(oracle::patchify_rows(patchify.get<4>("in.pixels"), 4), patchify, "patches");
    expect_near(oracle::layer_norm_rows(norm.get<2>("in.x"), norm.get<1>("in.weight"), norm.get<1>("in.bias"), 1e-5),
                norm, "out");
    const auto x = gelu.get<2>("in.x");
    const auto bias = gelu.get<1>("in.bias");
    expect_near(oracle::bias_gelu(x, bias), gelu, "out");
    const auto gradients = oracle::bias_gelu_backward(x, bias, gelu.get<2>("in.d_out"));
    expect_near(gradients.d_x, gelu, "d_x");
    expect_near(gradients.d_bias, gelu, "d_bias");
}

TEST(VitKernelOracle, PatchesByHand) {
    Tensor<4> pixels({1, 2, 2, 4});  // letters of the picture in patchify_kernel.cu, as numbers
    const std::vector<float> values = {0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15};
    std::copy(values.begin(), values.end(), pixels.begin());
    const Tensor<3, double> patches{{{0, 1, 2, 3, 8, 9, 10, 11}, {4, 5, 6, 7, 12, 13, 14, 15}}};
    EXPECT_EQ(oracle::patchify_rows(pixels, 2), patches);
}

TEST(VitKernelOracle, LayerNormByHand) {  // mean 3, variance ((2^2 + 0 + 2^2) / 3, and epsilon makes it 4
    const Tensor<2> x{{1, 3, 5}};
    const auto out = oracle::layer_norm_rows(x, {1, 1, 2}, {0, 10, 0}, 4.0 - 8.0 / 3.0);
    EXPECT_NEAR(out(0, 0), -1, 1e-15);
    EXPECT_NEAR(out(0, 1), 10, 1e-15);
    EXPECT_NEAR(out(0, 2), 2, 1e-15);
}

TEST(VitKernelOracle, GeluByTheTable) {  // Phi(1) = .8413447460685429, Phi(2) = .9772498680518208
    const auto out = oracle::bias_gelu({{1, 1}, {-3, 0}}, {0, 1});
    EXPECT_NEAR(out(0, 0), 0.8413447460685429, 1e-15);
    EXPECT_NEAR(out(0, 1), 2 * 0.9772498680518208, 1e-15);
    EXPECT_NEAR(out(1, 0), -3 * 0.0013498980316301, 1e-14);
    EXPECT_NEAR(out(1, 1), 0.8413447460685429, 1e-15);
}

TEST(VitKernelOracle, GeluGradientsAgreeWithDifferences) {
    const Tensor<2> x{{0.5F, -1.25F, 3}, {-4, 0, 0.75F}}, d_out{{1, -2, 0.5F}, {3, 1, -1}};
    const Tensor<1> bias{0.25F, -0.5F, 1};
    const auto loss = [&](const Tensor<2>& at) {
        const auto out = oracle::bias_gelu(at, bias);
        double sum = 0;
        for (std::size_t n = 0; n < out.size(); ++n) sum += out.data()[n] * static_cast<double>(d_out.data()[n]);
        return sum;
    };
    const auto gradients = oracle::bias_gelu_backward(x, bias, d_out);
    constexpr float step = 0x1p-10F;
    for (std::size_t n = 0; n < x.size(); ++n) {
        Tensor<2> above = x, below = x;
        above.data()[n] += step;
        below.data()[n] -= step;
        EXPECT_NEAR(gradients.d_x.data()[n], (loss(above) - loss(below)) / (2 * static_cast<double>(step)), 1e-6) << n;
    }
    for (std::size_t c = 0; c < 3; ++c)
        EXPECT_NEAR(gradients.d_bias(c), gradients.d_x(0, c) + gradients.d_x(1, c), 1e-15);
}

TEST(VitKernelOracle, RolloutByHand) {  // the handout's example
    Tensor<4> weights({2, 1, 2, 2});
    const std::vector<float> values = {0.5F, 0.5F, 0, 1, 0, 1, 0, 0};  // the last row was cut
    std::copy(values.begin(), values.end(), weights.begin());
    // A_1 = [.75 .25; 0 1], A_2 = [.5 .5; 0 1]
    const Tensor<3, double> out{{{0.375, 0.625}, {0, 1}}};
    EXPECT_EQ(oracle::rollout_chain(weights), out);
}

TEST(VitKernelOracle, RolloutOfNoLayersIsTheIdentity) {
    const Tensor<3, double> identity{{{1, 0}, {0, 1}}};
    EXPECT_EQ(oracle::rollout_chain(zeros<4>({0, 1, 2, 2})), identity);
}

}  // namespace
}  // namespace wb
