/// @file
/// Judges exercise 6.10: words of time.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "judge/gradients.hpp"
#include "judge/judge.hpp"
#include "judge/weights.hpp"
#include "patchtst_case.hpp"
#include "patchtst_probes.hpp"

namespace wb {
namespace {

using probes::PatchTstAnswer;
using probes::PatchTstQuestion;
using probes::UnfoldAnswer;
using probes::UnfoldUse;

// A number's gradient is a sum of up to ten numbers up to 1, each rounded: 10 * 6e-8 * a few.
constexpr Tolerance of_gradient{.absolute = 2e-6};

// Along any path through three blocks stand some 20 sums of up to 32 terms, each rounded to about 3e-7 of its size; errors that differ in
// sign grow to 1.5e-6 of the largest, and a layer norm may enlarge them. 2e-5 leaves a factor of 10.
constexpr Tolerance of_model{.absolute = 2e-6, .of_largest = 2e-5};

/// How a row is cut, and into how many patches.
struct Cut {
    std::size_t lookback, patch, stride, patches;
};

TEST(PatchCount, IsHowManyFitIntoTheLookBackAndOneStride) {
    for (const Cut& cut : std::vector<Cut>{{96, 16, 8, 12},
                                           {336, 16, 8, 42},  // the paper's PatchTST/42 and PatchTST/64
                                           {512, 16, 8, 64},
                                           {7, 3, 2, 4},
                                           {8, 3, 2, 4},
                                           {13, 4, 3, 5},
                                           {6, 6, 4, 2},
                                           {6, 6, 1, 2},
                                           {10, 4, 4, 3},
                                           {9, 2, 2, 5},
                                           {5, 1, 1, 6},
                                           {1, 1, 1, 2}}) {
        SCOPED_TRACE(testing::Message() << "a look-back of " << cut.lookback << ", patches of " << cut.patch
                                        << ", one every " << cut.stride << ": " << cut.lookback + cut.stride
                                        << " rows, the last " << cut.stride << " of them repeated");
        EXPECT_EQ(probes::patch_count(cut.lookback, cut.patch, cut.stride), cut.patches);
        EXPECT_EQ(probes::unfold_zeros({3, cut.lookback}, cut.patch, cut.stride),
                  (std::vector<std::size_t>{3, cut.patches, cut.patch}))
            << "the shape of the patches of 3 rows";
    }
}

TEST(Patches, WhatCannotBeCutIsRefused) {
    const std::size_t most = std::numeric_limits<std::size_t>::max();
    for (const Cut& cut : std::vector<Cut>{{24, 0, 3, 0},
                                           {24, 8, 0, 0},
                                           {0, 0, 0, 0},
                                           {0, 5, 2, 0},
                                           {24, 25, 3, 0},
                                           {24, 31, 17, 0},
                                           {24, 7, 8, 0},
                                           {24, 7, 25, 0},
                                           {24, most, 2, 0},
                                           {24, 7, most, 0}}) {
        SCOPED_TRACE(testing::Message() << "a look-back of " << cut.lookback << ", patches of " << cut.patch
                                        << ", one every " << cut.stride);
        const auto names_all = testing::AllOf(testing::HasSubstr(std::to_string(cut.lookback)),
                                              testing::HasSubstr(std::to_string(cut.patch)),
                                              testing::HasSubstr(std::to_string(cut.stride)));
        EXPECT_THAT(probes::patch_count.expect_error<std::invalid_argument>(cut.lookback, cut.patch, cut.stride),
                    names_all);
        EXPECT_THAT(probes::unfold_zeros.expect_error<std::invalid_argument>({2, cut.lookback}, cut.patch, cut.stride),
                    names_all);
    }
    for (const std::vector<std::size_t>& shape : std::vector<std::vector<std::size_t>>{{24}, {2, 3, 24}, {2, 24, 1, 1}})
        probes::unfold_zeros.expect_error<ShapeError>(shape, 8, 4);
    const PatchTstOptions options{8, 5, 4, 2, {.d_model = 6, .heads = 2, .layers = 1, .d_ff = 4}};
    EXPECT_EQ(probes::patchtst_of_zeros(options, {2, 8, 3}), (std::vector<std::size_t>{2, 5, 3}));
    for (const std::vector<std::size_t>& shape :
         std::vector<std::vector<std::size_t>>{{2, 7, 3}, {2, 9, 3}, {2, 3, 8}, {2, 8}, {8, 3}, {2, 8, 3, 1}}) {
        SCOPED_TRACE("a model with a look-back of 8, a past of shape " + testing::PrintToString(shape));
        EXPECT_THAT(probes::patchtst_of_zeros.expect_error<ShapeError>(options, shape),
                    testing::AllOf(testing::HasSubstr(shape_text(shape)), testing::HasSubstr("8")))
            << "the message names the shape of past, and the look-back of 8";
    }
}

UnfoldAnswer ask(const Case& c, UnfoldUse use) {
    return probes::unfold_patches(c.in<2>("x"), static_cast<std::size_t>(c.number("patch")),
                                  static_cast<std::size_t>(c.number("stride")), c.in<3>("d_patches"), use);
}

TEST(UnfoldPatches, CutStretchesThatOverlapAndRepeatTheLastNumber) {
    for (const Case& c : cases("6.10/unfold")) {
        expect_close(ask(c, UnfoldUse::infer).patches, c, "patches", {});
        const UnfoldAnswer answer = ask(c, UnfoldUse::shared);
        expect_close(answer.patches, c, "patches", {});
        expect_close(answer.x, c.in<2>("x"), c.name() + ": x after the call, which only reads it", {});
    }
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const Tensor<2> x{{0, 1, 2, nan, 4, 5, 6}, {10, 11, 12, 13, 14, 15, -3e38F}};
    const Tensor<3> patches = probes::unfold_patches(x, 3, 2, zeros<3>({2, 4, 3}), UnfoldUse::infer).patches;
    expect_shape(patches, {2, 4, 3}, "patches of 2 rows");
    const std::vector<float> wanted{0,  1,  2,  2,  nan, 4,  4,  5,  6,      6,      6,      6,
                                    10, 11, 12, 12, 13,  14, 14, 15, -3e38F, -3e38F, -3e38F, -3e38F};
    for (std::size_t n = 0; n < wanted.size(); ++n) {
        const float got = patches.data()[n];
        EXPECT_TRUE(got == wanted[n] || (std::isnan(got) && std::isnan(wanted[n])))
            << "row " << n / 12 << ", patch " << n / 3 % 4 << ", number " << n % 3 << ": " << got << ", expected "
            << wanted[n] << "; the rows are 0 1 2 NaN 4 5 6 and 10 11 12 13 14 15 -3e38, patches of 3, one every 2";
    }
}

TEST(UnfoldPatches, GradientsAreSumsOverThePatchesThatHoldANumber) {
    const auto gradient = [](const Case& c, UnfoldUse use) {
        const UnfoldAnswer answer = ask(c, use);
        if (!answer.d_x)
            stop_test(c.name() + ": no gradient reaches x: nothing on the tape leads from the result back to it");
        return *answer.d_x;
    };
    for (const Case& c : cases("6.10/unfold")) {
        {
            SCOPED_TRACE("x is used a second time, so that its gradient is 1 before the patches' is added");
            expect_close(gradient(c, UnfoldUse::shared), c, "d_x_shared", of_gradient);
        }
        SCOPED_TRACE("on a tape that was used before: a fresh gradient holds anything");
        expect_close(gradient(c, UnfoldUse::alone), c, "d_x", of_gradient);
        EXPECT_FALSE(ask(c, UnfoldUse::constant).d_x) << "x is a constant, and has no gradient";
    }
}

ParameterShapes shapes_of(const Case& c) {
    return patchtst_shapes(read_options(c), static_cast<std::size_t>(c.number("patches")));
}

PatchTstQuestion question_of(const Case& c, Mode mode) {
    return {read_options(c), read_parameters(c, "parameter", shapes_of(c)), c.in<3>("past"), mode, c.in<3>("d_out")};
}

TEST(PatchTst, ReadsStretchesAndSaysTheWholeHorizon) {
    for (const Case& c : cases("6.10/model")) {
        for (const Mode mode : {Mode::infer, Mode::evaluate}) {
            SCOPED_TRACE(mode == Mode::infer ? "in Mode::infer" : "in Mode::evaluate");
            const PatchTstQuestion question = question_of(c, mode);
            const PatchTstAnswer answer = probes::patchtst(question);
            expect_close(answer.out, c, "out", of_model);
            expect_unchanged(answer.parameters, question.parameters);
        }
    }
}

/// The answer to a past of which variate v is variate order[v] of the case's.
Tensor<3> ask_about(const Case& c, const std::vector<std::size_t>& order) {
    PatchTstQuestion question = question_of(c, Mode::infer);
    const Tensor<3> past = question.past;
    question.past = zeros<3>({past.shape(0), past.shape(1), order.size()});
    for (std::size_t b = 0; b < past.shape(0); ++b) {
        for (std::size_t t = 0; t < past.shape(1); ++t) {
            for (std::size_t v = 0; v < order.size(); ++v) question.past(b, t, v) = past(b, t, order[v]);
        }
    }
    const Tensor<3> out = probes::patchtst(question).out;
    expect_shape(out, {past.shape(0), question.options.horizon, order.size()}, c.name() + ": out");
    return out;
}

TEST(PatchTst, NoVariateSeesAnother) {
    for (const Case& c : cases("6.10/model")) {
        const std::size_t variates = c.in<3>("past").shape(2);
        std::vector<std::size_t> all(variates);
        std::iota(all.begin(), all.end(), std::size_t{0});
        const Tensor<3> whole = ask_about(c, all);
        std::vector<std::vector<std::size_t>> orders{{all.rbegin(), all.rend()}};
        for (const std::size_t v : all) orders.push_back({v});  // by itself
        for (const std::vector<std::size_t>& order : orders) {
            const Tensor<3> out = ask_about(c, order);
            Tensor<3> wanted(out.shape());
            for (std::size_t b = 0; b < out.shape(0); ++b) {
                for (std::size_t t = 0; t < out.shape(1); ++t) {
                    for (std::size_t v = 0; v < order.size(); ++v) wanted(b, t, v) = whole(b, t, order[v]);
                }
            }
            expect_close(out, wanted,
                         c.name() + ": the answer about the variates " + testing::PrintToString(order) +
                             " against theirs among all",
                         of_model);
        }
        PatchTstQuestion question = question_of(c, Mode::infer);
        for (std::size_t t = 0; t < question.past.shape(1); ++t)
            question.past(0, t, 0) = std::numeric_limits<float>::quiet_NaN();
        const Tensor<3> out = probes::patchtst(question).out;
        expect_shape(out, {whole.shape(0), whole.shape(1), variates}, c.name() + ": out");
        for (std::size_t n = 0; n < out.size(); ++n) {
            const std::size_t window = n / (out.size() / out.shape(0)), variate = n % variates;
            const bool bad = window == 0 && variate == 0;
            if (std::isnan(out.data()[n]) == bad) continue;
            FAIL() << c.name() << ": variate 0 of window 0 is NaN throughout; the answer about variate " << variate
                   << " of window " << window << (bad ? " must show it" : " is NaN, too: which of its numbers met?");
        }
    }
}

TEST(PatchTst, ShowsTheWeightsOfEveryBlockWhenAsked) {
    for (const Case& c : cases("6.10/model")) {
        PatchTstQuestion question = question_of(c, Mode::infer);
        const PatchTstAnswer answer = probes::patchtst(question);
        ASSERT_EQ(answer.weights.size(), question.options.blocks.layers)
            << c.name() << ": one entry a block is due, and nothing from before the call";
        for (std::size_t n = 0; n < answer.weights.size(); ++n)
            expect_close(answer.weights[n], c, "weights." + std::to_string(n), of_model);
        question.want_weights = false;
        expect_close(probes::patchtst(question).out, answer.out,
                     c.name() + ": out, whether weights are asked for or not", of_model);
    }
}

TEST(PatchTst, GradientsReachEveryParameterAndThePast) {
    for (const Case& c : cases("6.10/model")) {
        ParameterShapes shapes = shapes_of(c);
        const Tensor<3> past = c.in<3>("past");
        shapes.emplace_back("past", std::vector<std::size_t>(past.shape().begin(), past.shape().end()));
        expect_slopes(probes::patchtst(question_of(c, Mode::evaluate)).gradients, c,
                      read_parameters(c, "direction", shapes));
    }
}

/// A model without blocks, whose tokens' numbers are all 1 + 2, and whose head says them one by one.
PatchTstQuestion token_by_token(Mode mode) {
    const std::size_t patches = 10, d_model = 8, width = patches * d_model;
    PatchTstQuestion question{
        {20, width, 4, 2, {.d_model = d_model, .heads = 2, .layers = 0, .d_ff = 3, .dropout = 0.25}},
        {},
        full<3>({3, 20, 2}, 5),
        mode,
        zeros<3>({3, width, 2})};
    for (const auto& [name, shape] : patchtst_shapes(question.options, patches)) {
        const std::size_t size = shape.size() == 1 ? shape[0] : shape[0] * shape[1];
        question.parameters.push_back({name, shape, std::vector<float>(size)});
        std::vector<float>& values = question.parameters.back().values;
        if (name == "embedding.bias") std::fill(values.begin(), values.end(), 1.0F);
        if (name == "positions") std::fill(values.begin(), values.end(), 2.0F);
        for (std::size_t n = 0; n < size && name == "head.weight"; n += width + 1) values[n] = 1;
    }
    return question;
}

TEST(PatchTst, DropsNumbersOfTokensWithTheirPlacesInTraining) {
    const std::vector<std::size_t> shape{3, 80, 2};
    for (const Mode mode : {Mode::infer, Mode::evaluate}) {
        const Tensor<3> out = probes::patchtst(token_by_token(mode)).out;
        expect_shape(out, shape, "out");
        for (const float number : out)
            ASSERT_NEAR(number, 3, 1e-5)
                << "tokens whose numbers are 1, with positions of 2; nothing is dropped but in "
                   "Mode::train";
    }
    const Tensor<3> out = probes::patchtst(token_by_token(Mode::train)).out;
    expect_shape(out, shape, "out");
    double dropped = 0;
    for (const float number : out) {
        ASSERT_TRUE(std::abs(number) < 1e-5F || std::abs(number - 4) < 1e-5F)
            << number
            << ": tokens whose numbers are 1, with positions of 2, become 0 or 3 / (1 - 0.25) under a dropout "
            << "of 0.25 (2 and 3.33: positions were added behind it; 3: there is none)";
        dropped += number < 1 ? 1 : 0;
    }
    // Of 480 numbers a quarter, with a deviation of (.25 * .75 / 480)^.5 = .02.
    EXPECT_NEAR(dropped / static_cast<double>(out.size()), 0.25, 0.1) << "the share that is dropped";
}

}  // namespace
}  // namespace wb
