/// @file
/// The oracle of chapter 5's kernels against PyTorch's goldens and finite differences.
#include "training_kernel_oracle.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "wb/safetensors.hpp"

namespace wb {
namespace {

SafeTensors golden(const std::string& name) {
    return read_safetensors(std::filesystem::path(WB_GOLDENS) / "05_pig_latin" / ("5.10_" + name + ".safetensors"));
}

template <std::size_t N>
void expect_near(const Tensor<N, double>& got, const Tensor<N, double>& expected, double tolerance,
                 const std::string& what) {
    ASSERT_EQ(got.shape(), expected.shape()) << what;
    for (std::size_t n = 0; n < got.size(); ++n)
        ASSERT_NEAR(got.data()[n], expected.data()[n], tolerance) << what << ", element " << n;
}

TEST(TrainingKernelOracle, GradientsAgreeWithPyTorch) {
    for (const bool causal : {false, true}) {
        const SafeTensors file = golden(causal ? "attention_causal" : "attention");
        const auto q = file.get<4>("in.q"), k = file.get<4>("in.k"), v = file.get<4>("in.v");
        const auto weights = oracle::short_attention(q, k, v, causal).weights;
        const auto gradients = oracle::short_attention_backward(q, k, v, weights, file.get<4>("in.d_out"));
        expect_near(gradients.dq, file.get<4, double>("expected.dq"), 1e-12, "dq");
        expect_near(gradients.dk, file.get<4, double>("expected.dk"), 1e-12, "dk");
        expect_near(gradients.dv, file.get<4, double>("expected.dv"), 1e-12, "dv");
    }
}

TEST(TrainingKernelOracle, OutputIsWhatTheGradientsBelongTo) {  // d sum(out) / d v by a difference: out is linear in v
    const SafeTensors file = golden("attention_causal");
    const auto q = file.get<4>("in.q"), k = file.get<4>("in.k"), v = file.get<4>("in.v");
    const auto forward = oracle::short_attention(q, k, v, true);
    Tensor<4> ones(q.shape(), 1.0F), moved = v;
    moved(1, 2, 3, 4) += 1.0F;
    const auto difference = oracle::short_attention(q, k, moved, true);
    double change = 0;
    for (std::size_t n = 0; n < forward.out.size(); ++n) change += difference.out.data()[n] - forward.out.data()[n];
    const auto gradients = oracle::short_attention_backward(q, k, v, forward.weights, ones);
    const double step = static_cast<double>(moved(1, 2, 3, 4)) - static_cast<double>(v(1, 2, 3, 4));
    EXPECT_NEAR(change, step * gradients.dv(1, 2, 3, 4), 1e-12);
}

TEST(TrainingKernelOracle, AdamWAgreesWithPyTorch) {
    const SafeTensors file = golden("adamw");
    const auto trace =
        oracle::adamw(file.get<1>("in.parameters"), file.get<1>("in.first"), file.get<1>("in.second"),
                      file.get<2>("in.gradients"), {.learning_rate = 0.01, .weight_decay = 0.1, .gradient_scale = 0.5});
    expect_near(trace.parameters, file.get<2, double>("expected.parameters"), 1e-13, "parameters");
    expect_near(trace.first, file.get<2, double>("expected.first"), 1e-15, "first");
    expect_near(trace.second, file.get<2, double>("expected.second"), 1e-15, "second");
}

TEST(TrainingKernelOracle, EmbeddingsByHand) {
    const Tensor<2> table{{1, 2}, {3, 4}, {5, 6}};
    const Tensor<2, double> rows{{5, 6}, {0, 0}, {1, 2}, {5, 6}};
    EXPECT_EQ(oracle::embedding_gather(table, {2, 3, 0, 2}), rows);
    const Tensor<2> d_out{{1, 10}, {2, 20}, {4, 40}, {8, 80}};
    const Tensor<2, double> sums{{5, 42}, {3, 4}, {14, 96}};
    EXPECT_EQ(oracle::embedding_scatter_add(d_out, {2, -1, 0, 2}, table), sums);
}

}  // namespace
}  // namespace wb
