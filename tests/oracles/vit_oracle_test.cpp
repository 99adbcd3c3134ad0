/// @file
/// The trusted model of chapter 4 and the resize oracle against PyTorch, and what the model refuses.
#include "vit_oracle.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "resize_oracle.hpp"
#include "wb/safetensors.hpp"

namespace wb {
namespace {

SafeTensors golden(const std::string& name) {
    return read_safetensors(std::filesystem::path(WB_GOLDENS) / "04_vit" / (name + ".safetensors"));
}

std::size_t number(const SafeTensors& file, const char* key) {
    return static_cast<std::size_t>(std::stoul(file.metadata.at(key)));
}

VitOptions options_in(const SafeTensors& file) {
    return {number(file, "image_size"), number(file, "channels"), number(file, "patch_size"),
            number(file, "hidden"),     number(file, "layers"),   number(file, "heads"),
            number(file, "mlp"),        number(file, "classes"),  std::stod(file.metadata.at("layer_norm_epsilon"))};
}

ModelWeights weights_in(const SafeTensors& file) {
    ModelWeights weights;
    for (const auto& [name, shape] : vit_shapes(options_in(file))) {
        const Tensor<1> values = file.get<1>("in.parameter." + name);
        weights.push_back({name, shape, {values.begin(), values.end()}});
    }
    return weights;
}

template <std::size_t N>
void expect_equal(const Tensor<N, double>& got, const Tensor<N, double>& expected, double tolerance,
                  const std::string& what) {
    ASSERT_EQ(got.shape(), expected.shape()) << what;
    for (std::size_t n = 0; n < got.size(); ++n)
        ASSERT_NEAR(got.data()[n], expected.data()[n], tolerance) << what << ", element " << n;
}

// Both in float64, and both sums of some dozen numbers of size 1 to 10, in another order.
TEST(VitOracle, AgreesWithPyTorch) {
    for (const char* name : {"4.3_rgb", "4.3_grey"}) {
        const SafeTensors file = golden(name);
        std::vector<Tensor<4, double>> attention;
        const Tensor<2, double> logits =
            oracle::Vit(weights_in(file), options_in(file)).logits(file.get<4>("in.pixels"), nullptr, &attention);
        expect_equal(logits, file.get<2, double>("expected.out"), 1e-11, std::string(name) + ": logits");
        for (std::size_t n = 0; n < attention.size(); ++n) {
            const std::string what = "expected.attention." + std::to_string(n);
            expect_equal(attention[n], file.get<4, double>(what), 1e-12, std::string(name) + ": " + what);
        }
    }
}

TEST(VitOracle, GatesOfOneChangeNothingAndOfZeroDropTheHead) {
    const SafeTensors file = golden("4.3_rgb");
    const VitOptions options = options_in(file);
    ModelWeights weights = weights_in(file);
    const Tensor<4> pixels = file.get<4>("in.pixels");
    Tensor<2> gates = full<2>({options.layers, options.heads}, 1);
    expect_equal(oracle::Vit(weights, options).logits(pixels, &gates), file.get<2, double>("expected.out"), 1e-11,
                 "gates of one");
    gates(1, 2) = 0;
    const Tensor<2, double> dropped = oracle::Vit(weights, options).logits(pixels, &gates);
    const std::size_t head_dim = options.hidden / options.heads;
    for (NamedWeights& one : weights) {
        if (one.name != "vit.encoder.layer.1.attention.output.dense.weight") continue;
        for (std::size_t o = 0; o < options.hidden; ++o) {
            for (std::size_t d = 0; d < head_dim; ++d) one.values[o * options.hidden + 2 * head_dim + d] = 0;
        }
    }
    expect_equal(oracle::Vit(weights, options).logits(pixels), dropped, 1e-11,
                 "a head that is not read, and one whose gate is 0");
}

TEST(VitOracle, RefusesWhatIsNoModel) {
    const SafeTensors file = golden("4.3_grey");
    const VitOptions options = options_in(file);
    const ModelWeights weights = weights_in(file);
    ModelWeights changed = weights;
    changed.pop_back();
    EXPECT_THROW(oracle::Vit(changed, options), std::invalid_argument) << "one is missing";
    changed = weights;
    changed[3].values[0] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(oracle::Vit(changed, options), std::invalid_argument) << "one is NaN";
    changed = weights;
    changed.push_back(weights.front());
    EXPECT_THROW(oracle::Vit(changed, options), std::invalid_argument) << "one is there twice";
    VitOptions other = options;
    other.hidden = 10;
    EXPECT_THROW(oracle::Vit(weights, other), std::invalid_argument) << "of another shape";
    other = options;
    other.heads = 3;
    EXPECT_THROW(oracle::Vit(weights, other), std::invalid_argument) << "heads that do not divide the width";
}

TEST(ResizeOracle, AgreesWithPyTorch) {
    for (const char* name : {"4.2_from14x14_to24x24", "4.2_from7x7_to5x5", "4.2_from4x6_to9x5"}) {
        const SafeTensors file = golden(name);
        expect_equal(
            oracle::resized_positions(file.get<2>("in.positions"), number(file, "old_height"),
                                      number(file, "old_width"), number(file, "new_height"), number(file, "new_width")),
            file.get<2, double>("expected.positions"), 1e-13, name);
    }
}

}  // namespace
}  // namespace wb
