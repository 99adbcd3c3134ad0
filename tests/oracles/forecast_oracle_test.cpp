/// @file
/// The forecasters' float64 block against numbers by hand, and against the library's, which shares no code with it and is checked
/// against PyTorch.
#include "forecast_oracle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "encoder_block.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

Tensor<3, double> wide(const Tensor<3>& x) {
    Tensor<3, double> result(x.shape());
    std::copy(x.begin(), x.end(), result.begin());
    return result;
}

struct Block {
    Block()
        : block({.d_model = 12, .heads = 3, .layers = 1, .d_ff = 7, .dropout = 0.5}, random),
          parameters(block),
          x(normal_tensor<3, float>(random, {2, 5, 12})),
          d_out(normal_tensor<3, float>(random, {2, 5, 12})) {
        for (const ParameterPtr<float>& parameter : parameters) {  // norms, too, are to be something
            for (float& number : parameter->value) number += 0.5F * static_cast<float>(random.normal());
        }
        weights = copy_weights(parameters);
    }

    [[nodiscard]] Tensor<3, double> by_oracle(const oracle::Nudge& nudge = {}) const {
        return oracle::encoder_block(oracle::ForecastParameters(weights, nudge), "", 3, wide(x));
    }

    Random random{611};
    EncoderBlock block;
    ParameterList<float> parameters;
    Tensor<3> x, d_out;
    ModelWeights weights;
};

// The library computes in float: some 10 sums of up to 12 terms on the way.
TEST(ForecastOracle, BlockAgreesWithTheLibrarys) {
    const Block b;
    Tape<float> tape(Mode::infer);
    Var<float> weights;
    const Tensor<3> library = b.block(tape.constant(b.x), &weights).tensor<3>();
    const Tensor<4> library_weights = weights.tensor<4>();
    Tensor<4, double> oracle_weights;
    const Tensor<3, double> out =
        oracle::encoder_block(oracle::ForecastParameters(b.weights), "", 3, wide(b.x), &oracle_weights);
    ASSERT_EQ(out.shape(), library.shape());
    for (std::size_t n = 0; n < out.size(); ++n) ASSERT_NEAR(out.data()[n], library.data()[n], 2e-5) << n;
    ASSERT_EQ(oracle_weights.shape(), library_weights.shape());
    for (std::size_t n = 0; n < oracle_weights.size(); ++n)
        ASSERT_NEAR(oracle_weights.data()[n], library_weights.data()[n], 2e-6) << n;
}

TEST(ForecastOracle, SlopesAreTheLibrarysGradients) {
    Block b;
    const EncoderBlock still({.d_model = 12, .heads = 3, .layers = 1, .d_ff = 7, .dropout = 0}, b.random);
    const ParameterList<float> parameters(still);
    set_weights(parameters, b.weights);
    Tape<float> tape;
    tape.backward(sum_all(still(tape.constant(b.x)) * tape.constant(b.d_out)));
    for (const NamedWeights& gradient : copy_gradients(parameters)) {
        NamedWeights direction = gradient;
        double expected = 0;
        for (std::size_t n = 0; n < gradient.values.size(); ++n) {
            direction.values[n] = static_cast<float>(b.random.normal());
            expected += static_cast<double>(gradient.values[n]) * static_cast<double>(direction.values[n]);
        }
        const auto loss = [&](const oracle::Nudge& nudge) {
            return oracle::sum_of_products(b.by_oracle(nudge), b.d_out);
        };
        EXPECT_NEAR(oracle::slope(loss, direction), expected, 1e-4 * std::max(1.0, std::abs(expected)))
            << gradient.name;
    }
}

// One token listens to itself: attention is output(value(x)). All matrices but value's, linear1's and linear2's are 0 or 1.
TEST(ForecastOracle, OneTokenByHand) {
    const std::vector<float> one{1, 0, 0, 1}, none{0, 0, 0, 0}, two{0, 0}, ones{1, 1};
    ModelWeights weights;
    const auto add = [&](const std::string& name, const std::vector<float>& matrix, const std::vector<float>& bias) {
        weights.push_back({name + ".weight", {}, matrix});
        weights.push_back({name + ".bias", {}, bias});
    };
    add("attention.query", none, two);
    add("attention.key", none, two);
    add("attention.value", {0, 2, 0, 0}, {0, 1});  // (a, b) -> (2 b, 1)
    add("attention.output", one, two);
    add("feed_forward.linear1", {1, 0}, {0});     // (a, b) -> a
    add("feed_forward.linear2", {0, 1}, {0, 0});  // h -> (0, h)
    add("norm1", ones, two);
    add("norm2", ones, {0.25F, 0});
    // x (1, 3): + (6, 1) = (7, 4); normalised (1, -1) but for epsilon; GELU(1) = .8413: (1, -.1587); normalised (1, -1), + (.25, 0)
    Tensor<3, double> x = zeros<3, double>({1, 1, 2});
    x(0, 0, 0) = 1;
    x(0, 0, 1) = 3;
    const Tensor<3, double> out = oracle::encoder_block(oracle::ForecastParameters(weights), "", 1, x);
    EXPECT_NEAR(out(0, 0, 0), 1.25, 5e-5);
    EXPECT_NEAR(out(0, 0, 1), -1, 5e-5);
    EXPECT_THROW((void)oracle::encoder_block(oracle::ForecastParameters(weights), "blocks.0.", 1, x),
                 std::out_of_range);
}

}  // namespace
}  // namespace wb
