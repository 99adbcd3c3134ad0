/// @file
/// Judges exercise 3.2: paired differences, one head at a time, and many questions at once.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "ablation_case.hpp"
#include "judge/judge.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

// Sums of up to 200 doubles of about 1, each rounded to 1e-16: 1e-12 is far more than they can be off, and far less than any mistake.
// Quantiles and tails are given, precise to 1e-13.
constexpr Tolerance of_pairs{.absolute = 1e-12, .relative = 1e-10};

// Numbers of 1e6 are stored to 1e-10, so differences come out to 2e-10; mean and spread are of that quality, and p is steep in both.
constexpr Tolerance of_large{.absolute = 1e-9, .relative = 1e-9};

/// One answer a row of the case.
std::vector<PairedDifference> ask(const Case& c) {
    const Tensor<2, double> before = c.in<2, double>("before"), after = c.in<2, double>("after");
    std::vector<PairedDifference> answers;
    for (std::size_t row = 0; row < before.shape(0); ++row) {
        const auto numbers = [&](const Tensor<2, double>& of) {
            return std::vector<double>(&of(row, 0), &of(row, 0) + of.shape(1));
        };
        answers.push_back(probes::paired_difference(numbers(before), numbers(after), c.number("confidence")));
    }
    return answers;
}

template <class Member>
Tensor<1, double> members(const std::vector<PairedDifference>& differences, Member member) {
    std::vector<double> numbers;
    for (const PairedDifference& difference : differences) numbers.push_back(difference.*member);
    return row_of(numbers);
}

TEST(PairedDifference, IsTheMeanOfTheDifferencesAndItsStandardError) {
    for (const Case& c : cases("3.2/paired")) {
        const std::vector<PairedDifference> got = ask(c);
        expect_close(members(got, &PairedDifference::mean), c, "mean", of_pairs);
        expect_close(members(got, &PairedDifference::standard_error), c, "standard_error", of_pairs);
    }
}

TEST(PairedDifference, TheIntervalIsAsWideAsItsConfidence) {
    for (const Case& c : cases("3.2/paired")) {
        const std::vector<PairedDifference> got = ask(c);
        Tensor<2, double> intervals(std::array<std::size_t, 2>{got.size(), 2});
        for (std::size_t row = 0; row < got.size(); ++row) {
            intervals(row, 0) = got[row].low;
            intervals(row, 1) = got[row].high;
        }
        expect_close(intervals, c, "interval", of_pairs);
    }
    const PairedDifference got = probes::default_difference({0, 0}, {1, 3});  // differences 1 and 3: mean 2, error 1
    EXPECT_NEAR(got.high, 2 + 1.959963984540054, 1e-9) << "95 % is the confidence, unless another is asked for";
}

TEST(PairedDifference, PIsOfBothTailsHoweverFarOut) {
    for (const Case& c : cases("3.2/paired"))  // to 1e-8 of itself: 1 - (a number near 1) would be 0
        expect_close(members(ask(c), &PairedDifference::p), c, "p", {.relative = 1e-8});
    const PairedDifference up = probes::paired_difference({0, 0}, {1, 3}, 0.9);
    const PairedDifference down = probes::paired_difference({1, 3}, {0, 0}, 0.9);
    EXPECT_NEAR(up.p, 0.045500263896358, 1e-12) << "a mean of 2 standard errors";
    EXPECT_DOUBLE_EQ(up.p, down.p) << "the same mean with the other sign is as surprising";
    const PairedDifference small = probes::paired_difference({0, 0}, {1e-15, 3e-15}, 0.9);
    EXPECT_NEAR(small.p, 0.045500263896358, 1e-12)
        << "differences of 1e-15 and 3e-15: a mean of 2 standard errors, in whichever unit. Only a spread of 0 is none";
}

TEST(PairedDifference, LargeNumbersDoNotSwallowTheSpread) {
    for (const Case& c : cases("3.2/large")) {
        const std::vector<PairedDifference> got = ask(c);
        expect_close(members(got, &PairedDifference::mean), c, "mean", of_large);
        expect_close(members(got, &PairedDifference::standard_error), c, "standard_error", of_large);
    }
    std::vector<double> before,
        after;  // whole numbers below 2^53: before, after and differences are exact, sums are not
    for (int n = 0; n < 200; ++n) {
        before.push_back(1e15 + 3 * n);
        after.push_back(before.back() + n % 5);
    }
    const PairedDifference got = probes::paired_difference(before, after, 0.95);
    EXPECT_NEAR(got.mean, 2, 1e-9)
        << "numbers of 1e15, each 0, 1, 2, 3 or 4 more after: take differences first, then their mean";
    EXPECT_NEAR(got.standard_error, std::sqrt(400.0 / 199 / 200), 1e-9);  // (4 + 1 + 0 + 1 + 4) * 40 squares
}

TEST(PairedDifference, WithoutSpreadTheIntervalIsThePoint) {
    const PairedDifference same = probes::paired_difference({3, 0.5, -7}, {3, 0.5, -7}, 0.95);
    EXPECT_EQ(same.mean, 0);
    EXPECT_EQ(same.standard_error, 0);
    EXPECT_EQ(same.low, 0) << "nothing has changed anywhere";
    EXPECT_EQ(same.high, 0);
    EXPECT_EQ(same.p, 1) << "nothing has changed anywhere: nothing is surprising";
    const PairedDifference shifted = probes::paired_difference({3, 0.5, -7, 2}, {2.75, 0.25, -7.25, 1.75}, 0.95);
    EXPECT_EQ(shifted.mean, -0.25);
    EXPECT_EQ(shifted.standard_error, 0);
    EXPECT_EQ(shifted.low, -0.25) << "each sample has lost a quarter: no doubt is left";
    EXPECT_EQ(shifted.high, -0.25);
    EXPECT_EQ(shifted.p, 0) << "each sample has lost a quarter: no doubt is left";
}

TEST(PairedDifference, WhatIsNoPairIsRefused) {
    using testing::AllOf;
    using testing::HasSubstr;
    const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
    const auto refused = [](const std::string& what, const std::vector<double>& before,
                            const std::vector<double>& after, double confidence) {
        SCOPED_TRACE("asked for: " + what);
        return probes::paired_difference.expect_error<std::invalid_argument>(before, after, confidence);
    };
    EXPECT_THAT(refused("17 samples before, 29 after", std::vector<double>(17, 1), std::vector<double>(29, 1), 0.95),
                AllOf(HasSubstr("17"), HasSubstr("29")))
        << "17 samples before and 29 after are not the same samples; the message names both";
    refused("no samples", {}, {}, 0.95);
    refused("a single sample, which has no spread", {1}, {2}, 0.95);
    EXPECT_THAT(refused("a NaN before", {1, 2, 3, nan}, {1, 2, 3, 4}, 0.95), AllOf(HasSubstr("before"), HasSubstr("3")))
        << "sample 3 is NaN before";
    EXPECT_THAT(refused("-infinity after", {1, 2, 3, 4}, {1, 2, -infinity, 4}, 0.95),
                AllOf(HasSubstr("after"), HasSubstr("2")))
        << "sample 2 is infinite after";
    for (const double confidence : {0.0, 1.0, -0.5, 95.0, nan})
        refused("a confidence of " + std::to_string(confidence), {1, 2}, {2, 4}, confidence);
    EXPECT_THAT(refused("a confidence of 95", {1, 2}, {2, 4}, 95), HasSubstr("95"))
        << "the message names the confidence";
}

probes::AblationRun ask_ablation(const Case& c) {
    const probes::GateTable table = table_of(c);
    return probes::ablate_heads(table, table.single.shape(1), c.number("confidence"));
}

void expect_differences(const std::vector<PairedDifference>& got, const Case& c, const std::string& of) {
    expect_close(members(got, &PairedDifference::mean), c, of + "_mean", of_pairs);
    expect_close(members(got, &PairedDifference::standard_error), c, of + "_error", of_pairs);
    expect_close(members(got, &PairedDifference::low), c, of + "_low", of_pairs);
    expect_close(members(got, &PairedDifference::high), c, of + "_high", of_pairs);
    expect_close(members(got, &PairedDifference::p), c, of + "_p", {.absolute = 1e-12, .relative = 1e-8});
}

TEST(AblateHeads, ComparesTheLossesWithoutAHeadWithThoseOfTheWholeModel) {
    for (const Case& c : cases("3.2/ablate")) expect_differences(ask_ablation(c).ablation.loss, c, "loss");
}

TEST(AblateHeads, ComparesTheScoresToo) {
    for (const Case& c : cases("3.2/ablate")) expect_differences(ask_ablation(c).ablation.score, c, "score");
}

TEST(AblateHeads, ClosesOneHeadAtATimeAndEvaluatesTheWholeModelOnce) {
    const Case c = grader::one_case("3.2/ablate/heads9_samples30");
    std::vector<std::size_t> times(10);  // 9: the whole model
    for (const Tensor<1>& gates : ask_ablation(c).asked) {
        std::vector<std::size_t> closed;
        for (std::size_t h = 0; h < gates.size(); ++h) {
            ASSERT_TRUE(gates(h) == 0 || gates(h) == 1)
                << "a gate of " << gates(h) << ": 1 keeps a head, 0 switches it off";
            if (gates(h) == 0) closed.push_back(h);
        }
        ASSERT_LE(closed.size(), 1U) << "heads that were off at once: " << testing::PrintToString(closed);
        ++times[closed.empty() ? 9 : closed[0]];
    }
    EXPECT_EQ(times, std::vector<std::size_t>(10, 1))
        << "how often each head was off, and (last) how often the whole model was evaluated: once is enough";
}

TEST(AblateHeads, WhatCannotBeComparedIsRefused) {
    probes::GateTable table = table_of(grader::one_case("3.2/ablate/heads4_samples12"));
    {
        SCOPED_TRACE("asked for: a model of no heads");
        probes::ablate_heads.expect_error<std::invalid_argument>(table, 0, 0.95);
    }
    SCOPED_TRACE("asked for: evaluations of 12 samples with all heads, and of 10 without one");
    table.short_by = 2;
    EXPECT_THAT(probes::ablate_heads.expect_error<std::invalid_argument>(table, 4, 0.95),
                testing::AllOf(testing::HasSubstr("12"), testing::HasSubstr("10")))
        << "12 samples with all heads, 10 without one: they cannot be the same samples";
}

TEST(Holm, AdjustsEachByHowManyAreStillInQuestion) {
    for (const Case& c : cases("3.2/holm"))
        expect_close(row_of(probes::holm(numbers_of(c.in<1, double>("p")))), c, "adjusted", of_pairs);
}

TEST(Holm, OneQuestionStaysAsItIsAndNoneIsNone) {
    EXPECT_EQ(probes::holm({}), std::vector<double>{});
    EXPECT_EQ(probes::holm({0.25}), std::vector<double>{0.25}) << "a single question has no others beside it";
    EXPECT_EQ(probes::holm({0, 1}), (std::vector<double>{0, 1})) << "0 and 1 are probabilities";
    for (const double wrong : {std::nan(""), -0.1, 1.5}) {
        std::vector<double> p(30, 0.5);
        p[23] = wrong;
        SCOPED_TRACE("asked for: p[23] = " + std::to_string(wrong) + ", which is no probability");
        EXPECT_THAT(probes::holm.expect_error<std::invalid_argument>(p), testing::HasSubstr("23"))
            << "p[23] is " << wrong;
    }
}

std::vector<PairedDifference> with_p(const std::vector<double>& p) {
    std::vector<PairedDifference> differences;
    for (const double one : p) differences.push_back({.p = one});
    return differences;
}

TEST(SignificantHeads, AreThoseThatRemainAmongSoMany) {
    // Adjusted: 0.0005 * 6, 0.02 * 4 -> 0.08, 0.5, 0.001 * 5, 0.04 -> 0.12, 1
    const std::vector<double> p{0.0005, 0.02, 0.5, 0.001, 0.04, 0.9};
    EXPECT_EQ(probes::significant_heads(with_p(p), 0.05), (std::vector<std::size_t>{0, 3}));
    EXPECT_EQ(probes::significant_heads(with_p(p), 0.1), (std::vector<std::size_t>{0, 1, 3})) << "in ascending order";
    EXPECT_EQ(probes::significant_heads(with_p({0.25, 0.0625}), 0.125), (std::vector<std::size_t>{1}))
        << "an adjusted p of exactly alpha still counts: 2 * 0.0625 = 0.125; and 0.25 does not";
    EXPECT_EQ(probes::significant_heads({}, 0.05), std::vector<std::size_t>{});
    for (const double alpha : {0.0, 1.0, 5.0, std::nan("")}) {
        SCOPED_TRACE("asked for: an alpha of " + std::to_string(alpha));
        probes::significant_heads.expect_error<std::invalid_argument>(with_p(p), alpha);
    }
}

TEST(SignificantHeads, OfThirtySixThatDoNothingOneIsFoundInATwentiethOfAllModels) {
    Random random(32);
    std::size_t models_with_a_finding = 0, findings_missed = 0;
    const std::size_t models = 300;
    for (std::size_t model = 0; model < models; ++model) {
        std::vector<double> p;
        for (int head = 0; head < 36; ++head) p.push_back(random.uniform());  // what p is where nothing is
        models_with_a_finding += probes::significant_heads(with_p(p), 0.05).empty() ? 0 : 1;
        p[model % 36] = 1e-6;  // five standard errors
        const std::vector<std::size_t> found = probes::significant_heads(with_p(p), 0.05);
        findings_missed += std::find(found.begin(), found.end(), model % 36) == found.end() ? 1 : 0;
    }
    // Binomial: 300 models at 4.9 % are 14.7 with a deviation of 3.7. Five of these are room enough for any seed.
    EXPECT_LE(models_with_a_finding, 33U) << "of 300 models whose 36 heads all do nothing, so many have a "
                                             "'significant' head. Without correction it is 84 %";
    EXPECT_GE(models_with_a_finding, 2U) << "5 % may be wrong; this is stricter than asked for, and misses more";
    EXPECT_EQ(findings_missed, 0U) << "models whose one head at five standard errors was not found";
}

}  // namespace
}  // namespace wb
