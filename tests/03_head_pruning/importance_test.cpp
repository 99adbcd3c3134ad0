/// @file
/// Judges exercise 3.3: importance from gradients.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "importance_case.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

// Gradients are floats of up to about 5, each the result of some ten operations of 1e-7 of their size; 4e-8 is what is left in a mean.
constexpr Tolerance of_table{.absolute = 5e-6};

// Gradients of up to 0.5 through a model in float, in which some 1e-6 of that is lost: 3e-7 is seen, and 30 times as much allowed. The
// expected values are differences, good to 1e-8.
constexpr Tolerance of_model{.absolute = 1e-5};

constexpr float left_behind = 0.25F;  // what the driver leaves in every parameter's gradient

std::size_t max_batch_of(const Case& c) {
    return static_cast<std::size_t>(c.number("max_batch"));
}

probes::ImportanceRun ask(const Case& c) {
    return probes::gate_importance(slope_table_of(c), c.in<1>("gates"), max_batch_of(c));
}

/// A table of given slopes; the rest is 0.
probes::SlopeTable slopes(const Tensor<2>& slope) {
    return {zeros<1>({slope.shape(0)}), slope, zeros<1>({slope.shape(0)}), zeros<1>({slope.shape(1)})};
}

TEST(GateImportance, IsTheMeanOfTheSamplesAbsoluteGradients) {
    for (const Case& c : cases("3.3/table")) expect_close(ask(c).importance, c, "importance", of_table);
}

TEST(GateImportance, OppositeSamplesDoNotCancel) {
    Tensor<2> slope = zeros<2>({4, 3});
    for (std::size_t n = 0; n < 4; ++n) {
        slope(n, 0) = n % 2 == 0 ? 2.0F : -2.0F;  // needed by half of the samples, in the way of the others
        slope(n, 1) = 0.5F;
    }
    for (const std::size_t max_batch : {1, 2, 4}) {
        const Tensor<1, double> got = probes::gate_importance(slopes(slope), full<1>({3}, 1), max_batch).importance;
        expect_shape(got, {3}, "importance");
        EXPECT_NEAR(got(0), 2, 1e-6) << "gradients 2, -2, 2, -2 in batches of " << max_batch
                                     << ": the mean of absolute values is 2"
                                     << (got(0) == 0 ? ". 0 comes of adding samples up before" : "");
        EXPECT_NEAR(got(1), 0.5, 1e-6) << "gradients 0.5, all alike";
        EXPECT_NEAR(got(2), 0, 1e-6) << "a head that changes nothing";
    }
}

TEST(GateImportance, EverySampleCountsAlikeHoweverTheyAreBatched) {
    const Case c = grader::one_case("3.3/table/10_samples_by_4");
    for (const std::size_t max_batch : {std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{9}, std::size_t{10},
                                        std::numeric_limits<std::size_t>::max()}) {
        SCOPED_TRACE("10 samples in batches of at most " + std::to_string(max_batch));
        const probes::ImportanceRun run = probes::gate_importance(slope_table_of(c), c.in<1>("gates"), max_batch);
        expect_close(run.importance, c, "importance", of_table);
    }
}

TEST(GateImportance, AsksOnceForEachBatchWithGatesOfEachSamplesOwn) {
    for (const std::size_t max_batch : {1, 4, 5, 64}) {
        SCOPED_TRACE("10 samples in batches of at most " + std::to_string(max_batch));
        const Case c = grader::one_case("3.3/table/10_samples_by_4");
        const auto asked = probes::gate_importance(slope_table_of(c), c.in<1>("gates"), max_batch).asked;
        EXPECT_EQ(asked.size(), (10 + max_batch - 1) / max_batch)
            << "how often losses were asked for: once a batch is enough, with one backward pass for all heads and "
               "samples";
        std::size_t next = 0;
        for (const probes::AskedLosses& one : asked) {
            EXPECT_EQ(one.begin, next) << "samples in order, each once";
            EXPECT_LE(one.end - one.begin, max_batch);
            EXPECT_EQ(one.gate_shape, (std::vector<std::size_t>{one.end - one.begin, 5}))
                << "gates of samples " << one.begin << " .. " << one.end << ": [samples of the batch, heads]";
            next = one.end;
        }
        EXPECT_EQ(next, 10U) << "samples that were asked for";
    }
}

TEST(GateImportance, DropoutIsOff) {
    const Case c = grader::one_case("3.3/table/10_samples_by_4");
    probes::SlopeTable table = slope_table_of(c);
    const Tensor<1, double> without = probes::gate_importance(table, c.in<1>("gates"), 4).importance;
    expect_close(without, c, "importance", of_table);
    if (testing::Test::HasFailure()) {
        ADD_FAILURE() << "this is without any dropout yet: dropout is asked about when the importance is right";
        return;
    }
    table.dropout = 0.5;
    SCOPED_TRACE("losses that go through a dropout of a half. Which Mode is the tape in?");
    expect_close(probes::gate_importance(table, c.in<1>("gates"), 4).importance, c, "importance", of_table);
}

TEST(GateImportance, IsTakenAtTheGivenGatesAndIsZeroWhereTheyAreClosed) {
    for (const Case& c : cases("3.3/pruned")) expect_close(ask(c).importance, c, "importance", of_table);
    Tensor<2> slope = full<2>({2, 3}, 3);
    slope(1, 1) = std::numeric_limits<float>::quiet_NaN();
    Tensor<1> gates = full<1>({3}, 1);
    gates(1) = 0;
    const Tensor<1, double> got = probes::gate_importance(slopes(slope), gates, 2).importance;
    expect_shape(got, {3}, "importance");
    EXPECT_EQ(got(1), 0) << "the gate is 0 and the gradient NaN: a head that is out of the model has importance 0";
    EXPECT_NEAR(got(0), 3, 1e-6);
    EXPECT_NEAR(got(2), 3, 1e-6);
}

TEST(GateImportance, IsZeroWhereLossesDoNotDependOnGates) {
    probes::SlopeTable table = slopes(full<2>({3, 2}, 1));
    table.no_gates = true;
    const Tensor<1, double> got = probes::gate_importance(table, full<1>({2}, 1), 2).importance;
    expect_shape(got, {2}, "importance");
    for (const double one : got) EXPECT_EQ(one, 0) << "the losses were made without the gates, whose grad() is empty";
}

TEST(GateImportance, WhatDoesNotFitIsRefused) {
    const probes::SlopeTable table = slopes(full<2>({5, 2}, 1));
    const auto refused = [](const std::string& what, const probes::SlopeTable& of, std::size_t max_batch) {
        SCOPED_TRACE("asked for: " + what);
        return probes::gate_importance.expect_error<std::invalid_argument>(of, full<1>({2}, 1), max_batch);
    };
    const auto misshapen = [](const std::string& what, const probes::SlopeTable& of, std::size_t max_batch) {
        SCOPED_TRACE("asked for: " + what);
        return probes::gate_importance.expect_error<ShapeError>(of, full<1>({of.weight.size()}, 1), max_batch);
    };
    refused("5 samples with a max_batch of 0", table, 0);
    refused("no samples", slopes(zeros<2>({0, 2})), 4);
    misshapen("no heads", slopes(zeros<2>({5, 0})), 4);
    probes::SlopeTable mean = table;
    mean.mean = true;
    EXPECT_THAT(misshapen("losses of 5 samples that are their mean, []", mean, 5),
                testing::AllOf(testing::HasSubstr("[]"), testing::HasSubstr("[5]")))
        << "the losses are their mean, []: the message names that shape, and [5], which was wanted";
    misshapen("the loss of one sample that is [], not [1]", mean, 1);
    probes::SlopeTable column = table;
    column.column = true;
    EXPECT_THAT(misshapen("losses of 5 samples that are [5, 1]", column, 5), testing::HasSubstr("[5, 1]"))
        << "losses [5, 1] are as many as samples, and not [5]";
}

TEST(NormaliseByModule, DividesEachModuleByItsNorm) {
    // Quotients of doubles.
    constexpr Tolerance of_shares{.absolute = 1e-9, .relative = 1e-9};
    for (const Case& c : cases("3.3/normalise"))
        expect_close(probes::normalise_by_module(c.in<1, double>("importance"), sizes_of(c.in<1>("heads"))), c, "share",
                     of_shares);
    const Tensor<1, double> zero = probes::normalise_by_module(zeros<1, double>({4}), {2, 2});
    expect_shape(zero, {4}, "shares");
    for (const double one : zero) EXPECT_EQ(one, 0) << "modules of zeros stay zeros";
    Tensor<1, double> faint = full<1, double>({2}, 3e-9);
    faint(1) = 4e-9;
    const Tensor<1, double> shares = probes::normalise_by_module(faint, {2});
    expect_shape(shares, {2}, "shares");
    EXPECT_NEAR(shares(0), 0.6, 1e-9) << "importances 3e-9 and 4e-9: small, and not zero";
    EXPECT_NEAR(shares(1), 0.8, 1e-9) << "importances 3e-9 and 4e-9: small, and not zero";
    const auto refused = [](const std::string& what, const std::vector<std::size_t>& heads) {
        SCOPED_TRACE("asked for: " + what);
        return probes::normalise_by_module.expect_error<ShapeError>(full<1, double>({5}, 1), heads);
    };
    EXPECT_THAT(refused("an importance of 5 heads, a set of 17", {4, 13}),
                testing::AllOf(testing::HasSubstr("5"), testing::HasSubstr("17")))
        << "the message names both numbers: an importance of 5 heads, a set of 17";
    refused("an importance of 5 heads, a set of 4", {2, 2});
}

TEST(WeightGradientNorms, AreThoseOfTheMeanLossInEachHeadsRows) {
    for (const Case& c : cases("3.3/pull")) {
        for (const std::size_t max_batch : {max_batch_of(c), std::size_t{64}}) {
            SCOPED_TRACE("batches of at most " + std::to_string(max_batch));
            const WeightGradientNorms norms = probes::weight_gradient_norms(modules_of(c), max_batch).norms;
            expect_close(norms.query, c, "query", of_table);
            expect_close(norms.key, c, "key", of_table);
            expect_close(norms.value, c, "value", of_table);
        }
    }
    const auto refused = [](const std::string& what, const Tensor<2>& pull, std::size_t max_batch) {
        SCOPED_TRACE("asked for: " + what);
        probes::weight_gradient_norms.expect_error<std::invalid_argument>({{2}, {1}, 1, pull}, max_batch);
    };
    refused("3 samples with a max_batch of 0", full<2>({3, 6}, 1), 0);
    refused("no samples", zeros<2>({0, 6}), 4);
    SCOPED_TRACE("asked for: no modules, so no heads");
    probes::weight_gradient_norms.expect_error<ShapeError>({{}, {}, 1, full<2>({3, 0}, 1)}, 4);
}

void expect_left(const std::vector<float>& gradients, const std::string& by) {
    const auto changed = std::find_if(gradients.begin(), gradients.end(), [](float g) { return g != left_behind; });
    EXPECT_TRUE(changed == gradients.end())
        << by << " has changed a parameter's gradient: " << left_behind << " was there before, now there is "
        << *changed << ". Somebody may be in the middle of a training step: see Tape::redirect_gradients";
}

TEST(Importance, LeavesTheParametersGradientsAsTheyWere) {
    const Case pull = grader::one_case("3.3/pull/2_modules");
    expect_left(probes::weight_gradient_norms(modules_of(pull), 2).gradients, "weight_gradient_norms");
    const Case c = grader::one_case("3.3/model/2_layers_of_2_heads");
    const auto answer = probes::importance_of_model(model_question_of(c), c.in<1>("gates"), max_batch_of(c));
    expect_left(answer.gradients_after_importance, "gate_importance");
    expect_left(answer.gradients_after_norms, "weight_gradient_norms");
}

TEST(Importance, OfAModelIsWhatTheTrustedModelSays) {
    for (const Case& c : cases("3.3/model")) {
        const auto answer = probes::importance_of_model(model_question_of(c), c.in<1>("gates"), max_batch_of(c));
        expect_close(answer.importance, c, "importance", of_model);
        expect_close(answer.norms.query, c, "query", of_model);
        expect_close(answer.norms.key, c, "key", of_model);
        expect_close(answer.norms.value, c, "value", of_model);
    }
}

}  // namespace
}  // namespace wb
