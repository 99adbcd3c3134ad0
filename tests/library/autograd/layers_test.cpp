/// @file
/// What layers draw, and the path that multi-head attention takes when it drops weights.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "wb/autograd/autograd.hpp"
#include "wb/autograd/gradient_check.hpp"
#include "wb/nn/nn.hpp"

namespace wb {
namespace {

double mean_square(const std::vector<float>& values) {
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
    return sum / static_cast<double>(values.size());
}

TEST(Layers, LinearDrawsUniformlyWithinOneOverTheRootOfItsInputs) {
    Random random(1);
    const Linear<float> layer(64, 256, random);
    for (const auto& parameter : {layer.weight, layer.bias}) {
        const auto [low, high] = std::minmax_element(parameter->value.begin(), parameter->value.end());
        EXPECT_GE(*low, -0.125F);
        EXPECT_LE(*high, 0.125F);
    }
    // Uniform in +-a has the mean square a^2 / 3; of 16,384 draws, known to 1 part in 100 (5 deviations are 3.5 %).
    EXPECT_NEAR(mean_square(layer.weight->value), 0.125 * 0.125 / 3, 0.035 * 0.125 * 0.125 / 3);
}

// 1 / sqrt(0) is infinite; such a layer is left where all heads of a module go.
TEST(Layers, LinearWithoutInputsHasABiasOfZeros) {
    Random random(1);
    const Linear<float> layer(0, 5, random);
    EXPECT_TRUE(layer.weight->value.empty());
    EXPECT_EQ(layer.bias->value, std::vector<float>(5, 0));
}

TEST(Layers, EmbeddingDrawsStandardNormals) {
    Random random(1);
    const Embedding<float> layer(128, 128, random);
    EXPECT_NEAR(mean_square(layer.weight->value), 1, 5 * std::sqrt(2.0 / 16384));
    const std::vector<float>& values = layer.weight->value;
    EXPECT_NEAR(std::accumulate(values.begin(), values.end(), 0.0) / 16384, 0, 5 / std::sqrt(16384.0));
}

/// Numbers [2, 3, 8] that are all different.
template <class Real>
Var<Real> some_input(Tape<Real>& tape) {
    std::vector<Real> numbers(48);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<Real>(std::sin(1.7 * static_cast<double>(i)));
    return tape.constant({2, 3, 8}, numbers);
}

TEST(MultiHeadAttention, DropsWeightsInTrainingOnlyAndKeepsTheirMean) {
    Random random(3);
    const MultiHeadAttention<double> layer(8, {.heads = 2, .output_projection = false, .dropout = 0.5}, random);
    const auto output = [&](Mode mode, std::uint64_t seed) {
        Tape<double> tape(mode, seed);
        const Var<double> x = some_input(tape);
        const std::span<const double> value = layer(x, x).value();
        return std::vector<double>(value.begin(), value.end());
    };
    const std::vector<double> whole = output(Mode::evaluate, 1);
    EXPECT_EQ(whole, output(Mode::infer, 2));
    EXPECT_NE(whole, output(Mode::train, 1));
    std::vector<double> mean(whole.size()), square(whole.size());
    constexpr int runs = 2000;
    for (int seed = 0; seed < runs; ++seed) {
        const std::vector<double> dropped = output(Mode::train, static_cast<std::uint64_t>(seed));
        for (std::size_t i = 0; i < mean.size(); ++i) {
            mean[i] += dropped[i] / runs;
            square[i] += dropped[i] * dropped[i] / runs;
        }
    }
    for (std::size_t i = 0; i < mean.size(); ++i) {
        const double deviation = std::sqrt((square[i] - mean[i] * mean[i]) / runs);
        EXPECT_NEAR(mean[i], whole[i], 5 * deviation) << "output " << i;
    }
}

TEST(MultiHeadAttention, GradientsPassThroughDroppedWeights) {
    Random random(4);
    const MultiHeadAttention<double> layer(8, {.heads = 2, .dropout = 0.3}, random);
    const auto loss = [&](Tape<double>& tape) {
        const Var<double> x = some_input(tape), y = layer(x, x, {.causal = true});
        return mean_all(y * y);
    };
    const GradientCheck check = check_gradients(ParameterList<double>(layer), loss, random);
    EXPECT_LT(check.worst, 1e-7) << check.where << ": " << check.gradient << " and " << check.difference;
}

}  // namespace
}  // namespace wb
