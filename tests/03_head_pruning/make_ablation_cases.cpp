/// @file
/// Writes the cases of exercise 3.2. Families:
///
///     3.2/paired    before and after, of samples that differ much among themselves and little from before to after
///     3.2/large     the same, with numbers of a million
///     3.2/ablate    a table's heads             3.2/holm  p-values
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ablation_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "paired_oracle.hpp"

namespace wb {
namespace {

/// About normal with deviation 1: a sum of twelve uniforms.
double bell(Draw& draw) {
    const Tensor<1> parts = draw.uniform<1>({12}, 0.5);
    double total = 0;
    for (const float part : parts) total += part;
    return total;
}

/// Five measurements, the change better and worse in turn; so a mistake is told by five numbers.
/// @param shift   what the change does on average    @param spread  and how much that differs between samples
void write_paired(Draw& draw, const std::string& family, const std::string& name, std::size_t samples, double level,
                  double shift, double spread, double confidence) {
    constexpr std::size_t rows = 5;
    Tensor<2, double> before = zeros<2, double>({rows, samples}), after = before;
    std::vector<oracle::Pair> pairs;
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<double> of_before, of_after;
        for (std::size_t n = 0; n < samples; ++n) {
            before(row, n) = level + 2 * bell(draw);
            after(row, n) = before(row, n) + (row % 2 == 0 ? shift : -shift) + spread * bell(draw);
            of_before.push_back(before(row, n));
            of_after.push_back(after(row, n));
        }
        pairs.push_back(oracle::paired(of_before, of_after, confidence));
    }
    const auto each = [&](const std::function<double(const oracle::Pair&)>& number) {
        std::vector<double> numbers;
        for (const oracle::Pair& pair : pairs) numbers.push_back(number(pair));
        return row_of(numbers);
    };
    const auto intervals = [&](const std::function<double(const oracle::Pair&)>& z) {
        Tensor<2, double> ends = zeros<2, double>({rows, 2});
        for (std::size_t row = 0; row < rows; ++row) {
            ends(row, 0) = pairs[row].mean - z(pairs[row]) * pairs[row].error;
            ends(row, 1) = pairs[row].mean + z(pairs[row]) * pairs[row].error;
        }
        return ends;
    };
    CaseWriter writer("3.2/" + family, name);
    writer.in("before", before).in("after", after).number("confidence", confidence);
    writer.expected("mean", each([](const auto& pair) { return pair.mean; }));
    writer.expected("standard_error", each([](const auto& pair) { return pair.error; }));
    writer.expected("interval", intervals([](const auto& pair) { return pair.z; }));
    writer.expected("p", each([](const auto& pair) { return pair.p; }));
    writer.mistake("before - after; a difference is after - before", "mean",
                   each([](const auto& pair) { return -pair.mean; }));
    writer.mistake("the sums of the differences, not their means", "mean",
                   each([&](const auto& pair) { return pair.mean * static_cast<double>(samples); }));
    writer.mistake("the standard error of two separate samples; here they are the same: take differences first",
                   "standard_error", each([](const auto& pair) { return pair.two_samples; }));
    writer.mistake("the deviation of one difference; that of their mean is smaller by sqrt(N)", "standard_error",
                   each([](const auto& pair) { return pair.deviation; }));
    writer.mistake("the sum of squares divided by N, not N - 1", "standard_error",
                   each([](const auto& pair) { return pair.error_by_n; }));
    writer.mistake("intervals that leave all of 1 - confidence at each end; half of it belongs there", "interval",
                   intervals([](const auto& pair) { return pair.one_sided_z; }));
    if (confidence != 0.95)
        writer.mistake("intervals of 1.96 standard errors, whatever the confidence", "interval",
                       intervals([](const auto&) { return 1.959963984540054; }));
    writer.mistake("intervals of one standard error to each side", "interval",
                   intervals([](const auto&) { return 1.0; }));
    writer.mistake("one tail alone; a mean as far on the other side would be as surprising", "p",
                   each([](const auto& pair) { return pair.p / 2; }));
    writer.mistake(
        "the upper tail alone; where the mean is below 0, the surprise lies in the lower one, and both tails count",
        "p", each([](const auto& pair) { return pair.upper_tail; }));
    writer.mistake("twice the upper tail; where the mean is below 0, the surprise lies in the lower one", "p",
                   each([](const auto& pair) { return 2 * pair.upper_tail; }));
    writer.mistake("1 - p: how far it lies, not how surprising it is", "p",
                   each([](const auto& pair) { return 1 - pair.p; }));
    writer.mistake("p with a sqrt(2) too many: normal_tail divides by it already", "p",
                   each([](const auto& pair) { return std::erfc(std::abs(pair.mean) / pair.error / 2); }));
}

probes::GateTable draw_table(Draw& draw, std::size_t heads, std::size_t samples) {
    probes::GateTable table;
    table.base = Tensor<1, double>(draw.uniform<1>({samples}, 0.9));
    table.single = Tensor<2, double>(draw.uniform<2>({samples, heads}, 0.1));
    table.together = Tensor<1, double>(draw.uniform<1>({samples}, 0.01));
    const Tensor<1> of_head = draw.uniform<1>({heads}, 0.2);
    for (std::size_t n = 0; n < samples; ++n) {
        table.base(n) += 1;
        table.together(n) += 0.02;
        for (std::size_t h = 0; h < heads; ++h) table.single(n, h) += of_head(h);
    }
    return table;
}

void write_ablation(Draw& draw, std::size_t heads, std::size_t samples, double confidence) {
    const probes::GateTable table = draw_table(draw, heads, samples);
    CaseWriter writer("3.2/ablate", shape_name({{"heads", heads}, {"samples", samples}}));
    writer.in("base", table.base).in("single", table.single).in("together", table.together);
    writer.number("confidence", confidence);
    std::vector<bool> closed(heads, false), fewer = closed;
    const Measures whole = measures_with(table, closed);
    std::array<std::vector<double>, 4> means, errors, stays, negated;  // of loss and score
    std::array<std::vector<double>, 2> lows, highs, ps;
    for (std::size_t h = 0; h < heads; ++h) {
        closed.assign(heads, false);
        closed[h] = fewer[h] = true;
        const Measures without = measures_with(table, closed), staying = measures_with(table, fewer);
        for (const std::size_t k : {0U, 1U}) {
            const auto of = [&](const Measures& m) { return k == 0 ? m.losses : m.scores; };
            const oracle::Pair pair = oracle::paired(of(whole), of(without), confidence);
            means.at(k).push_back(pair.mean);
            negated.at(k).push_back(-pair.mean);
            errors.at(k).push_back(pair.error);
            lows.at(k).push_back(pair.low);
            highs.at(k).push_back(pair.high);
            ps.at(k).push_back(pair.p);
            stays.at(k).push_back(oracle::paired(of(whole), of(staying), confidence).mean);
        }
    }
    for (const std::size_t k : {0U, 1U}) {
        const std::string of = k == 0 ? "loss_" : "score_";
        writer.expected(of + "mean", row_of(means.at(k))).expected(of + "error", row_of(errors.at(k)));
        writer.expected(of + "low", row_of(lows.at(k))).expected(of + "high", row_of(highs.at(k)));
        writer.expected(of + "p", row_of(ps.at(k)));
        if (heads > 1)
            writer.mistake("the differences with the heads before left out as well; each gate is opened again",
                           of + "mean", row_of(stays.at(k)));
        std::vector<double> one_tail = ps.at(k);
        for (double& p : one_tail) p /= 2;
        writer.mistake("one tail alone; a mean as far on the other side would be as surprising", of + "p",
                       row_of(one_tail));
        writer.mistake("whole model - without the head; it is the other way round", of + "mean", row_of(negated.at(k)));
        writer.mistake(k == 0 ? "the scores where the losses belong" : "the losses where the scores belong",
                       of + "mean", row_of(means.at(1 - k)));
    }
}

void write_holm(const std::string& name, const std::vector<double>& p) {
    const std::size_t m = p.size();
    // By counting, without a sort: Holm's product of each, and the largest of those at or below it.
    const auto rank = [&](std::size_t n) {  // how many come before it
        std::size_t before = 0;
        for (std::size_t k = 0; k < m; ++k) before += p[k] < p[n] || (p[k] == p[n] && k < n) ? 1 : 0;
        return before;
    };
    std::vector<double> product, adjusted, bonferroni, in_order(m), hochberg, uncapped;
    for (std::size_t n = 0; n < m; ++n) {
        product.push_back(p[n] * static_cast<double>(m - rank(n)));
        bonferroni.push_back(std::min(1.0, p[n] * static_cast<double>(m)));
    }
    for (std::size_t n = 0; n < m; ++n) {
        double largest = 0, smallest = 1;
        for (std::size_t k = 0; k < m; ++k) {
            if (rank(k) <= rank(n)) largest = std::max(largest, product[k]);
            if (rank(k) >= rank(n))
                smallest = std::min(smallest, p[k] * static_cast<double>(m) / static_cast<double>(rank(k) + 1));
        }
        uncapped.push_back(largest);
        adjusted.push_back(std::min(1.0, largest));
        hochberg.push_back(smallest);
    }
    std::vector<double> products = product;
    for (double& one : products) one = std::min(1.0, one);
    for (std::size_t n = 0; n < m; ++n) in_order[rank(n)] = adjusted[n];
    CaseWriter writer("3.2/holm", name);
    writer.in("p", row_of(p)).expected("adjusted", row_of(adjusted));
    writer.mistake("p as it was", "adjusted", row_of(p));
    writer.mistake("Bonferroni's: all times m. Holm counts only those that are still in question", "adjusted",
                   row_of(bonferroni));
    writer.mistake("the products alone: a larger p may not have a smaller adjusted one", "adjusted", row_of(products));
    writer.mistake("the answers in sorted order; they belong where their p were", "adjusted", row_of(in_order));
    writer.mistake("Benjamini and Hochberg's, which bound another rate", "adjusted", row_of(hochberg));
    writer.mistake("probabilities above 1", "adjusted", row_of(uncapped));
}

WB_CASES(ablation) {
    Draw draw(seed + 320);
    write_paired(draw, "paired", "12_alike", 12, 2, 0.03, 0.1, 0.9);
    write_paired(draw, "paired", "200_worse", 200, 2, -0.05, 0.3, 0.95);
    write_paired(draw, "paired", "150_far_out", 150, 1, 0.3, 0.3, 0.99);
    write_paired(draw, "paired", "3_of_half", 3, 0, 0.2, 0.5, 0.5);
    write_paired(draw, "large", "level", 40, 1e6, 0.02, 0.05, 0.95);
    write_paired(draw, "large", "shift", 40, 1, 1e6, 0.05, 0.9);
    write_ablation(draw, 1, 15, 0.95);
    write_ablation(draw, 4, 12, 0.9);
    write_ablation(draw, 9, 30, 0.99);

    write_holm("textbook", {0.01, 0.04, 0.03, 0.005});  // .03, .06, .06, .02
    write_holm("products_turn_back", {0.02, 0.01, 0.011, 0.9, 0.3});
    for (const std::size_t m : {8U, 36U}) {
        std::vector<double> p;
        for (const float x : draw.uniform<1>({m}, 1)) p.push_back(static_cast<double>(x) * static_cast<double>(x) / 4);
        p[m / 2] = p[m - 1];  // equal ones get equal answers
        write_holm("drawn_" + std::to_string(m), p);
    }
}

}  // namespace
}  // namespace wb
