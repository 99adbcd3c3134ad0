/// @file
/// Judges exercise 3.5: how good an order is.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "pruning_case.hpp"

namespace wb {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Places = std::vector<std::size_t>;

// Sums of some ten products of doubles of about 1, each rounded to 1e-16.
constexpr Tolerance of_areas{.absolute = 1e-12};

double mean_of(const std::vector<double>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

TEST(QualityCurve, EvaluatesTheModelAtEachCount) {
    const probes::GateTable table = table_of(grader::one_case("3.2/ablate/heads9_samples30"));
    const Places order{7, 0, 8, 4, 5, 2}, counts{0, 1, 3, 6};
    const probes::CurveRun run = probes::quality_curve(table, 9, order, counts);
    ASSERT_EQ(run.curve.size(), 4U) << "a point for each count";
    EXPECT_EQ(run.asked.size(), 4U) << "evaluations that were asked for: one for each count";
    for (std::size_t k = 0; k < counts.size(); ++k) {
        SCOPED_TRACE("after " + std::to_string(counts[k]) + " of 9 heads");
        std::vector<bool> closed(9, false);
        for (std::size_t n = 0; n < counts[k]; ++n) closed[order[n]] = true;
        const Measures measures = measures_with(table, closed);
        const CurvePoint& point = run.curve[k];
        EXPECT_NEAR(point.share, static_cast<double>(counts[k]) / 9, 1e-12) << "the share is of all heads";
        EXPECT_NEAR(point.loss, mean_of(measures.losses), 1e-12);
        EXPECT_NEAR(point.score, mean_of(measures.scores), 1e-12);
        expect_close(row_of(point.measures.losses), row_of(measures.losses), "the samples' losses", of_areas);
        expect_close(row_of(point.measures.scores), row_of(measures.scores), "the samples' scores", of_areas);
    }
    EXPECT_EQ(probes::quality_curve(table, 9, order, {}).curve.size(), 0U) << "no counts, no points";
}

TEST(QualityCurve, WhatIsWrongIsSaidBeforeTheModelIsAsked) {
    const probes::GateTable table = table_of(grader::one_case("3.2/ablate/heads9_samples30"));
    const Places order{7, 0, 8, 4};
    const auto refused = [&](const std::string& what, const Places& wrong_order, const Places& counts) {
        SCOPED_TRACE("asked for: " + what);
        return probes::asked_in_vain.expect_error<std::invalid_argument>(table, 9, wrong_order, counts);
    };
    EXPECT_THAT(refused("counts 0 3 2, which do not ascend", order, {0, 3, 2}), AllOf(HasSubstr("3"), HasSubstr("2")))
        << "counts 3, then 2";
    refused("counts 0 2 2: one twice", order, {0, 2, 2});
    EXPECT_THAT(refused("an order with head 16, of 9 heads", {7, 0, 16, 4}, {0, 1}), HasSubstr("16"))
        << "there is no head 16";
    refused("an order that has head 7 twice", {7, 0, 7}, {0, 1});
    {
        SCOPED_TRACE("asked for: a point at 5 of an order of 4 heads");
        EXPECT_THAT(probes::asked_in_vain.expect_error<std::out_of_range>(table, 9, order, {0, 1, 5}), HasSubstr("5"))
            << "an order of 4 heads, of which 5 are to go";
    }
    probes::GateTable empty = table;
    empty.base = zeros<1, double>({0});
    {
        SCOPED_TRACE("asked for: a model that answers without samples");
        probes::quality_curve.expect_error<std::invalid_argument>(empty, 9, order, {0, 1});
    }
    SCOPED_TRACE("asked for: a model that answers with 30 losses and 27 scores");
    probes::GateTable uneven = table;
    uneven.scores_short_by = 3;
    probes::quality_curve.expect_error<std::invalid_argument>(uneven, 9, order, {0, 1});
}

std::vector<CurvePoint> curve_of(const Case& c, const std::string& scores = "scores") {
    return curve_from(c.in<1, double>("shares"), c.in<2, double>(scores));
}

TEST(AreaUnderCurve, IsTheMeanScoreAlongTheShares) {
    for (const Case& c : cases("3.5/area")) {
        std::vector<double> areas;
        for (int k = 0; k < c.number("curves"); ++k)
            areas.push_back(probes::area_under_curve(curve_of(c, "scores_" + std::to_string(k))));
        expect_close(row_of(areas), c, "area", of_areas);
    }
    const std::vector<CurvePoint> flat = curve_from(row_of({0.1, 0.15, 0.7}), full<2, double>({3, 4}, 0.9));
    EXPECT_NEAR(probes::area_under_curve(flat), 0.9, 1e-12) << "a score of .9 wherever one cuts";
}

TEST(AreaUnderCurve, HasPartsSampleBySample) {
    for (const Case& c : cases("3.5/area")) {
        Tensor<2, double> got = zeros<2, double>({c.expected<2>("areas").shape(0), c.expected<2>("areas").shape(1)});
        for (std::size_t k = 0; k < got.shape(0); ++k) {
            const std::vector<double> areas = probes::sample_areas(curve_of(c, "scores_" + std::to_string(k)));
            ASSERT_EQ(areas.size(), got.shape(1)) << c.name() << ": an area for each sample";
            std::copy(areas.begin(), areas.end(), &got(k, 0));
        }
        expect_close(got, c, "areas", of_areas);
    }
}

TEST(AreaUnderCurve, NeedsTwoPointsAndSharesThatAscend) {
    const Tensor<2, double> scores = full<2, double>({3, 4}, 0.9);
    std::vector<CurvePoint> wrong = curve_from(row_of({0, 0.5, 0.25}), scores);
    const auto refused = [&](const std::string& what) {
        SCOPED_TRACE("asked for: the area under " + what);
        probes::area_under_curve.expect_error<std::invalid_argument>(wrong);
        probes::sample_areas.expect_error<std::invalid_argument>(wrong);
    };
    refused("the shares 0, 0.5, 0.25");
    wrong[2].share = 0.5;
    refused("the shares 0, 0.5, 0.5: two points at the same place");
    wrong[2].share = std::nan("");
    refused("the shares 0, 0.5, NaN");
    wrong.resize(1);
    refused("a single point");
    wrong.clear();
    refused("no points");
    SCOPED_TRACE("asked for: points of 4, 3 and 4 samples");
    wrong = curve_from(row_of({0, 0.5, 1}), scores);
    wrong[1].measures.scores.pop_back();
    probes::sample_areas.expect_error<std::invalid_argument>(wrong);
}

TEST(AreaDifference, ComparesSampleBySampleWithTheMeanOfTheBaselines) {
    for (const Case& c : cases("3.5/beats")) {
        std::vector<std::vector<CurvePoint>> baselines;
        for (int b = 0; b < c.number("baselines"); ++b)
            baselines.push_back(curve_of(c, "baseline_" + std::to_string(b)));
        const PairedDifference got = probes::area_difference(baselines, curve_of(c), 0.95);
        expect_close(row_of({got.mean, got.standard_error, got.low, got.high}), c, "difference", of_areas);
        const PairedDifference narrow = probes::area_difference(baselines, curve_of(c), 0.5);
        EXPECT_NEAR((narrow.high - narrow.low) / (got.high - got.low), 0.6744897501960817 / 1.959963984540054, 1e-9)
            << "half the confidence needs .674 standard errors where 95 % need 1.96";
    }
}

TEST(AreaDifference, WhatCannotBeComparedIsRefused) {
    const Tensor<1, double> shares = row_of({0, 0.5, 1});
    const std::vector<CurvePoint> curve = curve_from(shares, full<2, double>({3, 4}, 0.9));
    const auto refused = [&](const std::string& what, const std::vector<std::vector<CurvePoint>>& baselines) {
        SCOPED_TRACE("asked for: " + what);
        probes::area_difference.expect_error<std::invalid_argument>(baselines, curve, 0.95);
    };
    const auto flat = [](const Tensor<1, double>& at, std::size_t samples) {
        return curve_from(at, full<2, double>({at.size(), samples}, 0.9));
    };
    refused("no baselines", {});
    refused("a baseline with other shares than the curve", {curve, flat(row_of({0, 0.4, 1}), 4)});
    refused("a baseline with fewer points than the curve", {curve, flat(row_of({0, 0.5}), 4)});
    refused("a baseline with more samples than the curve", {curve, flat(shares, 5)});
    refused("a baseline with fewer samples than the curve", {curve, flat(shares, 3)});
    EXPECT_EQ(probes::area_difference({curve, curve}, curve, 0.95).mean, 0) << "a curve does not beat itself";
}

}  // namespace
}  // namespace wb
