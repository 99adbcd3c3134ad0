/// @file
/// Judges exercise 3.4: entropy of heads.
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "entropy_case.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

// Sums of up to 7 terms p ln p of floats: one who adds in float is off by 1e-6 at most.
constexpr Tolerance close{.absolute = 1e-5};

void expect_family(const std::string& family, bool nats, bool share) {
    for (const Case& c : cases(family)) {
        const EntropyQuestion question = entropy_question_of(c);
        const HeadEntropy got = probes::head_entropies(question.heads, question.calls);
        if (nats) expect_close(got.nats, c, "nats", close);
        if (share) expect_close(got.share, c, "share", close);
    }
}

/// Weights of one head, one entry: a row a query.
probes::WeightsBatch one_head(const std::vector<std::vector<float>>& rows) {
    probes::WeightsBatch call{0, zeros<4>({1, 1, rows.size(), rows[0].size()}), {}};
    for (std::size_t q = 0; q < rows.size(); ++q) {
        for (std::size_t k = 0; k < rows[q].size(); ++k) call.weights(0, 0, q, k) = rows[q][k];
    }
    return call;
}

void expect_entropy(const HeadEntropy& got, double nats, double share, const std::string& of) {
    expect_shape(got.nats, {1}, "nats of one head");
    expect_shape(got.share, {1}, "share of one head");
    EXPECT_NEAR(got.nats(0), nats, 1e-6) << "nats of " << of;
    EXPECT_NEAR(got.share(0), share, 1e-6) << "share of " << of;
}

TEST(HeadEntropies, AreMeansOverRowsInNats) {
    expect_family("3.4/rows", true, false);
}

TEST(HeadEntropies, ZeroWeightsAddNothing) {
    expect_entropy(probes::head_entropies({1}, {one_head({{0, 1, 0, 0}})}), 0, 0, "a row 0 1 0 0: 0 ln 0 is 0");
    expect_entropy(probes::head_entropies({1}, {one_head({{0.25F, 0.25F, 0.25F, 0.25F}})}), std::log(4), 1,
                   "four keys alike");
    expect_entropy(probes::head_entropies({1}, {one_head({{0.5F, 0, 0.5F}})}), std::log(2), 1,
                   "a row .5 0 .5, which sees two keys");
    expect_entropy(probes::head_entropies({1}, {one_head({{1, 0}, {0.5F, 0.5F}})}), std::log(2) / 2, 0.5,
                   "two rows, one of one key and one of two alike");
    expect_entropy(probes::head_entropies({1}, {one_head({{0.5F, 0.5F, 1e-30F}})}), std::log(2),
                   std::log(2) / std::log(3), "a row .5 .5 1e-30, which sees three keys: every weight above 0 counts");
}

TEST(HeadEntropies, PaddingQueriesDoNotCountWhateverTheyHold) {
    expect_family("3.4/padded", true, true);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    probes::WeightsBatch call = one_head({{0.5F, 0.5F}, {nan, -3}, {7, 7}});
    call.query_lengths = {1};
    expect_entropy(probes::head_entropies({1}, {call}), std::log(2), 1,
                   "one query of .5 .5, and two of padding that hold NaN and 7");
}

TEST(HeadEntropies, RowsThatSeeNoKeyDoNotCount) {
    expect_entropy(probes::head_entropies({1}, {one_head({{0, 0}, {0.5F, 0.5F}, {0, 0}})}), std::log(2), 1,
                   "three rows, of which the middle one sees two keys and the others none");
    probes::WeightsBatch no_keys{0, zeros<4>({2, 1, 3, 0}), {}};
    expect_entropy(probes::head_entropies({1}, {one_head({{0.5F, 0.5F}}), no_keys}), std::log(2), 1,
                   "a row of two keys, and a batch without keys");
    const std::string nothing = probes::head_entropies.expect_error<std::logic_error>({1}, {one_head({{0, 0}})});
    EXPECT_THAT(nothing, testing::HasSubstr("0")) << "the message names head 0, of which no row has counted";
    const std::string later = probes::head_entropies.expect_error<std::logic_error>(
        {13, 2}, {{0, full<4>({1, 13, 1, 2}, 0.5F), {}}, {1, zeros<4>({1, 2, 1, 2}), {}}});
    EXPECT_THAT(later, testing::HasSubstr("13"))
        << "module 0 has heads 0 to 12; the message names head 13, the first of module 1, by its number in the set";
    EXPECT_EQ(probes::head_entropies({}, {}).nats.size(), 0U) << "a model without heads has no head without rows";
}

TEST(HeadEntropies, EveryRowCountsAlikeOverBatches) {
    expect_family("3.4/calls", true, true);
}

TEST(HeadEntropies, SharesAreOfTheKeysThatARowSees) {
    expect_family("3.4/rows", false, true);
    expect_family("3.4/causal", true, true);
}

TEST(HeadEntropies, HeadsOfAllModulesAreNumberedThrough) {
    const Tensor<4> sharp = one_head({{1, 0}}).weights, even = one_head({{0.5F, 0.5F}}).weights;
    Tensor<4> both = zeros<4>({1, 2, 1, 2});
    both(0, 0, 0, 0) = 1;
    both(0, 1, 0, 0) = both(0, 1, 0, 1) = 0.5F;
    const HeadEntropy got = probes::head_entropies(
        {1, 0, 2, 1}, {{3, even, {}}, {2, both, {}}, {1, zeros<4>({1, 0, 1, 2}), {}}, {0, sharp, {}}});
    expect_shape(got.nats, {4}, "nats of modules of 1, 0, 2 and 1 heads");
    const std::vector<double> wanted{0, 0, std::log(2), std::log(2)};
    for (std::size_t h = 0; h < 4; ++h)
        EXPECT_NEAR(got.nats(h), wanted[h], 1e-6)
            << "head " << h << ": modules are numbered through, in whichever order they are added";
}

TEST(HeadEntropies, WhatIsNoDistributionIsRefused) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    const std::vector<std::vector<float>> rows{{nan, 0.5F},   {1.5F, -0.5F}, {0.4F, 0.4F},   {0.6F, 0.5F},
                                               {infinity, 0}, {1, -1e-9F},   {0.5F, 0.503F}, {0.5F, 0.497F}};
    for (const std::vector<float>& row : rows) {
        SCOPED_TRACE("a row of " + testing::PrintToString(row));
        probes::head_entropies.expect_error<std::invalid_argument>({1}, {one_head({row})});
    }
    const HeadEntropy rounded = probes::head_entropies({1}, {one_head({{0.5F, 0.4995F}})});
    const double as_it_is = -0.5 * std::log(0.5) - 0.4995 * std::log(0.4995);
    expect_entropy(rounded, as_it_is, as_it_is / std::log(2),
                   "a row .5 .4995: off by up to 1e-3 is allowed, and weights are not divided by their sum");
    probes::WeightsBatch call{1, full<4>({13, 17, 19, 2}, 0.5F), {}};
    call.weights(11, 16, 18, 1) = 0.7F;
    const std::string message = probes::head_entropies.expect_error<std::invalid_argument>({1, 17}, {call});
    EXPECT_THAT(message, testing::AllOf(testing::HasSubstr("11"), testing::HasSubstr("16"), testing::HasSubstr("18")))
        << "the message names entry 11, head 16 and query 18, whose weights sum to 1.2";
    probes::WeightsBatch refused = one_head({{0.5F, 0.5F}, {0.5F, 0.5F}, {0.5F, 0.9F}});
    refused.refused = true;
    expect_entropy(probes::head_entropies({1}, {one_head({{1, 0}}), refused}), 0, 0,
                   "a row 1 0, and a batch that was refused because of its last row: none of its rows may count");
}

TEST(HeadEntropies, ShapesThatDoNotFitAreErrors) {
    const probes::WeightsBatch right{0, full<4>({2, 3, 4, 2}, 0.5F), {}};
    probes::WeightsBatch wrong = right;
    wrong.module = 5;
    EXPECT_THAT(probes::head_entropies.expect_error<std::out_of_range>({3}, {wrong}), testing::HasSubstr("5"));
    probes::head_entropies.expect_error<ShapeError>({4}, {right});
    for (const std::vector<int>& lengths : {std::vector<int>{4}, {4, 5}, {-1, 4}, {1, 2, 3}}) {
        SCOPED_TRACE("weights of 2 entries and 4 queries, query lengths " + testing::PrintToString(lengths));
        wrong = right;
        wrong.query_lengths = lengths;
        probes::head_entropies.expect_error<ShapeError>({3}, {wrong});
    }
}

TEST(EntropyShift, ComparesLiveHeadsByTheNumbersThatTheyHad) {
    const auto numbers = [](const std::vector<double>& values) {
        Tensor<1, double> result(std::array<std::size_t, 1>{values.size()});
        std::copy(values.begin(), values.end(), result.begin());
        return result;
    };
    const HeadEntropy before{numbers({0.1, 0.2, 0.4, 0.8}), numbers({0.05, 0.1, 0.3, 0.6})};
    const HeadEntropy after{numbers({0.5, 1.0}), numbers({0.2, 0.9})};
    const HeadEntropy shift = probes::entropy_shift(before, after, {1, 3});
    expect_shape(shift.nats, {2}, "nats of the two live heads");
    expect_shape(shift.share, {2}, "shares of the two live heads");
    EXPECT_NEAR(shift.nats(0), 0.3, 1e-9) << ".5, where the head that had number 1 had .2: after - before";
    EXPECT_NEAR(shift.nats(1), 0.2, 1e-9) << "1, where the head that had number 3 had .8";
    EXPECT_NEAR(shift.share(0), 0.1, 1e-9);
    EXPECT_NEAR(shift.share(1), 0.3, 1e-9);
    const HeadEntropy other_way = probes::entropy_shift(before, after, {3, 1});
    expect_shape(other_way.nats, {2}, "nats of the two live heads");
    EXPECT_NEAR(other_way.nats(0), -0.3, 1e-9) << "live heads 3 and 1: .5, where the head that had number 3 had .8";
    EXPECT_NEAR(other_way.nats(1), 0.8, 1e-9) << "1, where the head that had number 1 had .2";
    EXPECT_EQ(probes::entropy_shift(before, {numbers({}), numbers({})}, {}).nats.size(), 0U) << "no head is left";
    EXPECT_THAT(probes::entropy_shift.expect_error<std::out_of_range>(before, after, {1, 17}), testing::HasSubstr("17"))
        << "the message names head 17, which was not there before";
    probes::entropy_shift.expect_error<ShapeError>(before, after, {1});
    probes::entropy_shift.expect_error<ShapeError>(before, {numbers({1, 2}), numbers({1})}, {0, 1});
    probes::entropy_shift.expect_error<ShapeError>({numbers({1, 2}), numbers({1})}, after, {0, 1});
}

}  // namespace
}  // namespace wb
