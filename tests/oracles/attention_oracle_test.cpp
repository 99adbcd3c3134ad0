/// @file
/// The oracles of chapter 2 against PyTorch's goldens, against finite differences of themselves, and against counts by hand.
#include "attention_oracle.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "count_oracle.hpp"
#include "wb/safetensors.hpp"

namespace wb {
namespace {

SafeTensors golden(const std::string& name) {
    return read_safetensors(std::filesystem::path(WB_GOLDENS) / "02_attention" / (name + ".safetensors"));
}

Mask mask_of(const SafeTensors& file) {
    Mask mask;
    mask.causal = file.metadata.at("causal") == "1";
    if (file.contains("in.key_lengths")) {
        for (const std::int64_t length : file.get<1, std::int64_t>("in.key_lengths")) {
            mask.key_lengths.push_back(static_cast<std::size_t>(length));
        }
    }
    return mask;
}

/// Both sides are float64: only the order of summation differs.
template <std::size_t N>
void expect_equal(const Tensor<N, double>& got, const Tensor<N, double>& expected, const std::string& what) {
    ASSERT_EQ(shape_text(got), shape_text(expected)) << what;
    for (std::size_t n = 0; n < got.size(); ++n) {
        ASSERT_NEAR(got.data()[n], expected.data()[n], 1e-12) << what << ", element " << n;
    }
}

TEST(AttentionOracle, AgreesWithPyTorch) {
    for (const char* name : {"2.1_plain", "2.1_causal", "2.1_lengths"}) {
        const SafeTensors file = golden(name);
        const auto input = [&](const char* key) { return oracle::to_double(file.get<4>(std::string("in.") + key)); };
        const oracle::Attention got = oracle::attention(input("q"), input("k"), input("v"), mask_of(file));
        expect_equal(got.output, file.get<4, double>("expected.output"), name);
        expect_equal(got.weights, file.get<4, double>("expected.weights"), name);
    }
}

TEST(AdditiveOracle, AgreesWithPyTorch) {
    for (const char* name : {"2.3_plain", "2.3_lengths"}) {
        const SafeTensors file = golden(name);
        const auto input = [&](const char* key) { return oracle::to_double(file.get<4>(std::string("in.") + key)); };
        const oracle::Attention got = oracle::additive_attention(
            input("q"), input("k"), input("v"), oracle::to_double(file.get<2>("in.score_vectors")), mask_of(file));
        expect_equal(got.output, file.get<4, double>("expected.output"), name);
        expect_equal(got.weights, file.get<4, double>("expected.weights"), name);
    }
}

TEST(MultiHeadOracle, AgreesWithPyTorch) {
    for (const char* name : {"2.2_self", "2.2_cross", "2.2_biased"}) {
        const SafeTensors file = golden(name);
        HybridWeights weights;
        MultiHeadWeights& p = weights.additive.projections;
        p.num_heads = std::stoul(file.metadata.at("num_heads"));
        p.w_query = file.get<2>("in.w_query");
        p.w_key = file.get<2>("in.w_key");
        p.w_value = file.get<2>("in.w_value");
        p.w_output = file.get<2>("in.w_output");
        if (file.contains("in.b_query")) {
            p.biases = MultiHeadBiases{file.get<1>("in.b_query"), file.get<1>("in.b_key"), file.get<1>("in.b_value"),
                                       file.get<1>("in.b_output")};
        }
        const oracle::MultiHead got = oracle::hybrid(weights, file.get<3>("in.query"), file.get<3>("in.key"),
                                                     file.get<3>("in.value"), mask_of(file));
        expect_equal(got.output, file.get<3, double>("expected.output"), name);
        expect_equal(got.weights, file.get<4, double>("expected.weights"), name);
    }
}

TEST(BackwardOracle, AgreesWithPyTorch) {
    for (const char* name : {"2.7_plain", "2.7_causal", "2.7_lengths"}) {
        const SafeTensors file = golden(name);
        const auto input = [&](const char* key) { return file.get<4, double>(std::string("in.") + key); };
        const AttentionGradients got =
            oracle::attention_backward(input("q"), input("k"), input("v"), input("d_output"), mask_of(file));
        expect_equal(got.dq, file.get<4, double>("expected.dq"), name);
        expect_equal(got.dk, file.get<4, double>("expected.dk"), name);
        expect_equal(got.dv, file.get<4, double>("expected.dv"), name);
    }
}

TEST(CountOracle, CountsTheHomeworkCase) {
    const auto sums = [](AttentionKind kind, bool bias) {
        return oracle::count_parameters({kind, 3, 20, 10, 30, 100, 100, 50, 64, bias}).sums;
    };
    EXPECT_EQ(sums(AttentionKind::dot_product, false), (Tensor<1, double>{6000, 18000, 15000, 33000}));
    EXPECT_EQ(sums(AttentionKind::additive, false), (Tensor<1, double>{6100, 18300, 15000, 33300}));
    EXPECT_EQ(sums(AttentionKind::additive, true), (Tensor<1, double>{6400, 19200, 15050, 34250}));
}

TEST(CountOracle, CountsOneQueryAndOneKeyByHand) {  // head_dim 3, hidden 2
    const oracle::CountedCost dot = oracle::count_dot_product({1, 1, 1, 1, 3, 2});
    EXPECT_EQ(dot.names, "scores softmax mix");
    EXPECT_EQ(dot.stages, (Tensor<2, double>{{7, 24, 4}, {5, 4, 4}, {6, 16, 12}}));
    EXPECT_EQ(dot.activations(0), 4);
    const oracle::CountedCost wide = oracle::count_additive({1, 1, 1, 1, 3, 2}, AdditiveMethod::broadcast);
    EXPECT_EQ(wide.names, "project add tanh reduce softmax mix");
    EXPECT_EQ(wide.stages(0, 0), 24) << "two projections of 2 x 3, 2 FLOPs an element";
    EXPECT_EQ(wide.stages(0, 1), 72) << "q, k: 6 numbers; W_q, W_k: 12";
    EXPECT_EQ(wide.activations(0), 28) << "projected q and k 4, tanh 2, weights 1: 7 numbers";
}

}  // namespace
}  // namespace wb
