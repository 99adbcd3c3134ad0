/// @file
/// The trusted model's gradients and steps against PyTorch's, and its loss against the trusted model that shares no code with it.
#include "translation_gradient.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "translator_oracle.hpp"
#include "wb/safetensors.hpp"

namespace wb {
namespace {

constexpr TranslatorOptions small{.hidden = 8, .layers = 2};

SafeTensors golden(const std::string& name) {
    return read_safetensors(std::filesystem::path(WB_GOLDENS) / "05_pig_latin" / (name + ".safetensors"));
}

template <class Real>
std::vector<Real> numbers(const SafeTensors& file, const std::string& name) {
    if (file.find(name).shape.size() == 1) {
        const Tensor<1, Real> values = file.get<1, Real>(name);
        return {values.begin(), values.end()};
    }
    const Tensor<2, Real> values = file.get<2, Real>(name);
    return {values.begin(), values.end()};
}

ModelWeights weights_in(const SafeTensors& file) {
    const std::string prefix = "in.parameter.";
    ModelWeights weights;
    for (const auto& [name, raw] : file.tensors) {
        if (name.starts_with(prefix))
            weights.push_back({name.substr(prefix.size()), raw.shape, numbers<float>(file, name)});
    }
    return weights;
}

Batch batch_in(const SafeTensors& file, const std::string& number) {
    return {file.get<2, int>("in.source" + number), file.get<2, int>("in.decoder_input" + number),
            file.get<2, int>("in.target" + number)};
}

void expect_equal(const oracle::Numbers& got, const SafeTensors& file, const std::string& prefix) {
    for (const auto& [name, values] : got) {
        const std::vector<double> wanted = numbers<double>(file, prefix + name);
        ASSERT_EQ(values.size(), wanted.size());
        for (std::size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], wanted[i], 1e-10) << name << " " << i;
    }
}

TEST(TranslationGradient, AgreesWithPyTorch) {
    const SafeTensors file = golden("5.5_translator");
    const oracle::TrainedTranslator model(weights_in(file), small, {});
    const oracle::LossAndGradient got = model.loss(batch_in(file, ""));
    EXPECT_NEAR(got.loss, numbers<double>(file, "expected.loss").at(0), 1e-12);
    EXPECT_EQ(got.gradient.size(), weights_in(file).size());
    expect_equal(got.gradient, file, "expected.gradient.");
}

TEST(TranslationGradient, ThreeStepsAgreeWithPyTorch) {
    const SafeTensors file = golden("5.6_steps");
    const auto number = [&](const char* key) { return std::stod(file.metadata.at(key)); };
    oracle::TrainedTranslator model(weights_in(file), small,
                                    {.epsilon = number("epsilon"), .weight_decay = number("weight_decay")});
    const std::vector<double> losses = numbers<double>(file, "expected.losses");
    for (int n = 0; n < 3; ++n) {
        const double loss = model.step(batch_in(file, "." + std::to_string(n)), number("rate"));
        EXPECT_NEAR(loss, losses.at(static_cast<std::size_t>(n)), 1e-10);
    }
    expect_equal(model.parameters(), file, "expected.parameter.");
}

TEST(TranslationGradient, LossIsTheTrustedModels) {
    const SafeTensors file = golden("5.6_steps");
    const ModelWeights weights = weights_in(file);
    for (const bool causal : {true, false}) {
        const TranslatorOptions options{.hidden = 8, .layers = 2, .causal = causal};
        const Batch batch = batch_in(file, ".1");
        EXPECT_NEAR(oracle::TrainedTranslator(weights, options, {}).loss(batch).loss,
                    oracle::Translator(weights, options).loss(batch), 1e-10);
    }
}

}  // namespace
}  // namespace wb
