/// @file
/// Judges exercise 2.4: heads that mix dot-product and additive scores.
///
/// Tolerances: as for 2.2, three products in a row, and a score that is the sum of two: 2e-5 of the largest element.
#include <limits>

#include "judge/judge.hpp"
#include "module_case.hpp"
#include "probes.hpp"

namespace wb {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Tolerance close = {.absolute = 1e-6, .of_largest = 2e-5};

MultiHeadResult attend(const ModuleQuestion& x) {
    return probes::hybrid_attention(x.weights, x.query, x.key, x.value, x.mask);
}

void expect_family(const std::string& family) {
    for (const Case& c : cases("2.4/" + family)) {
        const MultiHeadResult result = attend(question_of(c));
        expect_close(result.weights, c, "weights", close);
        expect_close(result.output, c, "output", close);
    }
}

TEST(Hybrid, MixesTheScoresBeforeOneSoftmax) {
    expect_family("mixed");
}

TEST(Hybrid, MasksApplyToTheMixedScores) {
    expect_family("masks");
}

TEST(Hybrid, GateZeroIsDotProductAttention) {
    expect_family("gate_0");
    for (const Case& c : cases("2.4/gate_0")) {  // exactly: the additive side leaves no trace, however large
        ModuleQuestion x = question_of(c);
        x.weights.additive.score_vectors.fill(0.0F);
        const Tensor<4> without = attend(x).weights;
        x.weights.additive.score_vectors.fill(1e20F);
        expect_close(attend(x).weights, without, c.name() + ": weights with score vectors of 1e20 against those with 0",
                     {});
    }
}

TEST(Hybrid, GateOneIsAdditiveAttention) {
    expect_family("gate_1");
}

TEST(Hybrid, EachHeadHasItsOwnGate) {
    expect_family("each_head");
}

TEST(Hybrid, RefusesGatesOutsideZeroToOne) {
    ModuleQuestion x = question_of(cases("2.4/each_head").front());
    const auto error = [&](std::size_t head, float gate) {
        ModuleQuestion wrong = x;
        wrong.weights.gates(head) = gate;
        return probes::hybrid_attention.expect_error<std::invalid_argument>(wrong.weights, wrong.query, wrong.key,
                                                                            wrong.value, wrong.mask);
    };
    EXPECT_THAT(error(2, 1.5F), AllOf(HasSubstr("gates[2]"), HasSubstr("1.5")));
    EXPECT_THAT(error(1, -0.25F), AllOf(HasSubstr("gates[1]"), HasSubstr("-0.25")));
    EXPECT_THAT(error(3, std::numeric_limits<float>::quiet_NaN()), AllOf(HasSubstr("gates[3]"), HasSubstr("nan")));
    x.weights.gates = zeros<1>({3});
    EXPECT_THAT(probes::hybrid_attention.expect_error<ShapeError>(x.weights, x.query, x.key, x.value, x.mask),
                AllOf(HasSubstr("gates [3]"), HasSubstr("4"), HasSubstr("axis 0")));
}

}  // namespace
}  // namespace wb
