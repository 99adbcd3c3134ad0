/// @file
/// Judges where exercises 6.7 and 6.8 drop numbers: of tokens before the blocks, and not of what blocks have made. Here blocks add nothing to
/// their tokens, so that what comes out of them is what a layer norm leaves: mean 0, and deviation 1 or 0 (all four numbers equal), whatever
/// was dropped before. Where numbers are dropped behind it, that is no longer so.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "direct_head_case.hpp"
#include "encoder_decoder_case.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

constexpr std::size_t d_model = 4;
const BlockOptions one_block{.d_model = d_model, .heads = 1, .layers = 1, .d_ff = 3, .dropout = 0.25};

/// Zeros, but for norms that only normalise, values of 2, and square matrices of these names, which pass on what they are given.
ModelWeights silent(const ParameterShapes& shapes, const std::vector<std::string>& passing) {
    ModelWeights weights;
    for (const auto& [name, shape] : shapes) {
        std::vector<float> values(shape.size() == 1 ? shape[0] : shape[0] * shape[1]);
        if (name.find("norm") != std::string::npos && name.ends_with(".weight"))
            std::fill(values.begin(), values.end(), 1.0F);
        if (name.ends_with("embedding.value.bias")) std::fill(values.begin(), values.end(), 2.0F);
        if (std::find(passing.begin(), passing.end(), name) != passing.end()) {
            for (std::size_t n = 0; n < values.size(); n += shape[1] + 1) values[n] = 1;
        }
        weights.push_back({name, shape, values});
    }
    return weights;
}

/// Numbers are four and four what a layer norm with epsilon 1e-5 leaves, to within a float's rounding of sums of four.
void expect_norms(const Tensor<3>& out, const std::string& whose) {
    for (std::size_t n = 0; n < out.size(); n += d_model) {
        double sum = 0, squares = 0;
        for (std::size_t c = 0; c < d_model; ++c) {
            sum += static_cast<double>(out.data()[n + c]);
            squares += std::pow(static_cast<double>(out.data()[n + c]), 2);
        }
        ASSERT_TRUE(std::abs(sum) < 1e-3 && (squares < 1e-3 || std::abs(squares / d_model - 1) < 1e-2))
            << whose << " in training, behind a block that adds nothing, has a sum of " << sum
            << " and a mean square of " << squares / d_model
            << ": a layer norm leaves 0 and 1. Were numbers dropped behind the blocks? Tokens are "
            << "dropped before them, once";
    }
}

TEST(DirectForecaster, DropsNothingBehindItsBlocks) {
    const std::size_t tokens = 3;
    probes::DirectQuestion question;
    question.options = {tokens, d_model * tokens, 1, 2, Pooling::flatten, one_block};
    question.parameters = silent(direct_shapes(question.options, d_model * tokens), {"head.weight"});
    question.past = numbers_of("past", full<3>({20, tokens, 1}, 5));
    question.calendar = numbers_of("calendar", full<3>({20, tokens, 2}, 3));
    question.training = true;
    question.dropout_seed = 68;
    const Tensor<3> out = probes::direct_forecaster(question).out;
    expect_shape(out, {20, d_model * tokens, 1}, "the answer in training");
    expect_norms(out, "a token");
}

TEST(EncoderDecoder, DropsNothingBehindItsBlocks) {
    probes::DecoderQuestion question;
    question.options = {2, 3, 1, d_model, 2, 1, one_block};
    question.parameters =
        silent(encoder_decoder_shapes(question.options), {"projection.weight", "decoder.0.cross_attention.key.weight"});
    for (NamedWeights& one : question.parameters) {  // every query asks for the sum of a key's numbers
        if (one.name == "decoder.0.cross_attention.query.bias") std::fill(one.values.begin(), one.values.end(), 1.0F);
    }
    question.first = numbers_of("past", full<3>({20, 2, d_model}, 5));
    question.second = numbers_of("calendar", full<3>({20, 5, 2}, 3));
    question.want_weights = question.training = true;
    question.dropout_seed = 67;
    const probes::DecoderAnswer answer = probes::encoder_decoder(question);
    expect_shape(answer.out, {20, 3, d_model}, "the answer in training");
    expect_norms(answer.out, "a row of the decoder");
    expect_close(answer.weights, full<4>({20, 1, 4, 2}, 0.5F),
                 "cross-attention, in training, to keys whose sum is asked for: a row of the memory comes out of a "
                 "layer norm, and its sum is "
                 "0. Were numbers of the memory dropped behind the encoder's blocks?",
                 {.absolute = 1e-3});
}

}  // namespace
}  // namespace wb
