// Steps and rates against torch.optim: goldens/make_autograd_goldens.py.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "wb/safetensors.hpp"
#include "wb/training/adam.hpp"
#include "wb/training/schedule.hpp"

namespace wb {
namespace {

const SafeTensors& golden() {
    static const SafeTensors file =
        read_safetensors(std::filesystem::path(WB_LIBRARY_GOLDENS) / "optimizers.safetensors");
    return file;
}

/// Five steps with the golden's gradients; `before_step` may change them.
template <class Real, class BeforeStep>
void expect_trajectory(const char* name, const AdamOptions& options, double tolerance, const BeforeStep& before_step) {
    const Tensor<2, double> start = golden().get<2, double>("start");
    const Tensor<3, double> gradients = golden().get<3, double>("gradients"), after = golden().get<3, double>(name);
    const auto parameter = std::make_shared<Parameter<Real>>(Shape{4, 3});
    std::copy(start.begin(), start.end(), parameter->value.begin());
    ParameterList<Real> parameters;
    parameters.add("", "p", parameter);
    Adam<Real> adam(parameters, options);
    for (std::size_t step = 0; step < 5; ++step) {
        for (std::size_t i = 0; i < 12; ++i)
            parameter->gradient[i] = static_cast<Real>(gradients.data()[step * 12 + i]);
        before_step(parameters);
        adam.step(0.01);
        for (std::size_t i = 0; i < 12; ++i) {
            ASSERT_NEAR(double(parameter->value[i]), after.data()[step * 12 + i], tolerance)
                << "step " << step << ", " << i;
            ASSERT_EQ(parameter->gradient[i], Real{0}) << "the step's gradients are used up";
        }
    }
}

const auto as_they_are = [](const auto&) {};
constexpr AdamOptions decaying{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weight_decay = 0.1};

// Values of about 1: rounding of five steps. In float the first entry's gradient of 1e-6 has a square of 1e-12, which is no
// trouble, and a step of 0.01 times 1e-7.
TEST(Optimizers, AdamTakesPyTorchsSteps) {
    expect_trajectory<double>("adam", {}, 1e-13, as_they_are);
    expect_trajectory<float>("adam", {}, 1e-6, as_they_are);
}
TEST(Optimizers, AdamWTakesPyTorchsSteps) {
    expect_trajectory<double>("adamw", decaying, 1e-13, as_they_are);
    expect_trajectory<float>("adamw", decaying, 1e-6, as_they_are);
}
TEST(Optimizers, ClippingIsPyTorchs) {
    expect_trajectory<double>("adam_clipped", {}, 1e-13,
                              [](const auto& parameters) { clip_gradient_norm(parameters, 1.5); });
}
TEST(Optimizers, ClippingTellsTheNormAndLeavesSmallGradientsAlone) {
    const auto parameter = std::make_shared<Parameter<double>>(Shape{2});
    parameter->gradient = {3, 4};
    ParameterList<double> parameters;
    parameters.add("", "p", parameter);
    EXPECT_DOUBLE_EQ(clip_gradient_norm(parameters, 6.0), 5);
    EXPECT_EQ(parameter->gradient, (std::vector<double>{3, 4}));
    EXPECT_DOUBLE_EQ(clip_gradient_norm(parameters, 1.0), 5);
    EXPECT_NEAR(parameter->gradient[0], 0.6, 1e-6);
}
TEST(Optimizers, DecaySparesParametersThatDoNotDecay) {
    const auto bias = std::make_shared<Parameter<double>>(Shape{1}, false);
    const auto matrix = std::make_shared<Parameter<double>>(Shape{1, 1});
    bias->value[0] = matrix->value[0] = 1;
    ParameterList<double> parameters;
    parameters.add("", "bias", bias);
    parameters.add("", "weight", matrix);
    Adam<double> adam(parameters, {.weight_decay = 0.5});
    adam.step(0.1);  // gradients of 0
    EXPECT_DOUBLE_EQ(bias->value[0], 1);
    EXPECT_DOUBLE_EQ(matrix->value[0], 0.95);
}

template <class Rate>
void expect_rates(const char* name, const Rate& rate) {
    const Tensor<1, double> expected = golden().get<1, double>(name);
    for (std::size_t step = 0; step < expected.size(); ++step) {
        ASSERT_NEAR(rate(static_cast<std::int64_t>(step)), expected(step), 1e-14) << "step " << step;
    }
}
TEST(Schedules, AreThoseOfPyTorch) {
    expect_rates("rates.exponential", [](std::int64_t n) { return exponential_rate(0.02, 0.97, n); });
    expect_rates("rates.cosine", [](std::int64_t n) { return cosine_rate(0.02, n, 20); });
    expect_rates("rates.one_cycle", [](std::int64_t n) { return one_cycle_rate({.highest = 0.02, .steps = 20}, n); });
}
TEST(Schedules, WarmUpRisesToTheHighestRate) {
    EXPECT_DOUBLE_EQ(cosine_rate(1, 0, 100, 4), 0.25);
    EXPECT_DOUBLE_EQ(cosine_rate(1, 3, 100, 4), 1);
    EXPECT_DOUBLE_EQ(cosine_rate(1, 4, 100, 4), 1);
    EXPECT_LT(cosine_rate(1, 5, 100, 4), 1);
    EXPECT_DOUBLE_EQ(cosine_rate(1, 100, 100, 4, 0.1), 0.1);
}
TEST(Schedules, RefuseStepsThatTheyDoNotHave) {
    EXPECT_THROW(one_cycle_rate({.steps = 10}, 10), std::invalid_argument);
    EXPECT_THROW(one_cycle_rate({.steps = 10}, -1), std::invalid_argument);
    EXPECT_THROW(cosine_rate(1, 0, 10, 11), std::invalid_argument);
}

}  // namespace
}  // namespace wb
