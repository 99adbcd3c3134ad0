/// @file
/// Writes the cases of exercise 3.5. Families:
///
///     3.5/one_shot  importances to be ordered     3.5/gradual  a table's orders     3.5/keep  the same, a head a module stays
///     3.5/area      curves                        3.5/beats    a curve and its baselines
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "paired_oracle.hpp"
#include "pruning_case.hpp"

namespace wb {
namespace {

const std::string order_of_std_sort =
    "the order of std::sort, which mixes up equally important heads in long lists: the lower number goes first, so use "
    "std::stable_sort";

/// What is done otherwise, for the mistakes.
struct Flaws {
    bool never_asks_again = false, one_at_a_time = false, share_of_the_rest = false, rounds_down = false;
    bool most_important = false, last_of_ties = false, seen_at_the_step = false;
    bool keep_none = false, stops_at_a_last_one = false, sorts_unstably = false;
};

/// Head by head, by looking through all heads for the next: no sort, no bookkeeping but which are closed.
std::vector<std::size_t> order_by_looking(const probes::ImportanceTable& table, const HeadSet& heads,
                                          const PruneOptions& options, const Flaws& flaws = {}) {
    const std::size_t total = heads.total();
    std::vector<std::size_t> module_of, order;
    for (std::size_t m = 0; m < heads.heads.size(); ++m) module_of.insert(module_of.end(), heads.heads[m], m);
    std::vector<bool> closed(total), closed_at_step = closed;
    const auto importance = [&](std::size_t h) {
        double value = table.alone(h);
        for (std::size_t k = 0; k < total; ++k) value += closed_at_step[k] ? table.instead(h, k) : 0;
        return value;
    };
    const auto left_in = [&](std::size_t module, const std::vector<bool>& gone) {
        std::size_t left = 0;
        for (std::size_t h = 0; h < total; ++h) left += module_of[h] == module && !gone[h] ? 1 : 0;
        return left;
    };
    const bool keep = options.keep_one_per_module && !flaws.keep_none;
    for (bool going = true; going;) {
        going = false;
        const double of = static_cast<double>(flaws.share_of_the_rest ? total - order.size() : total);
        const double wanted = options.share_per_step * of;
        auto step = static_cast<std::size_t>(std::max(1.0, std::floor(wanted + (flaws.rounds_down ? 0 : 0.5))));
        if (flaws.one_at_a_time) step = 1;
        if (!flaws.never_asks_again || order.empty()) closed_at_step = closed;
        const std::vector<bool> before = closed;
        std::vector<std::size_t> live;
        for (std::size_t h = 0; h < total; ++h) {
            if (!closed[h]) live.push_back(h);
        }
        if (flaws.sorts_unstably)
            std::sort(live.begin(), live.end(), [&](auto a, auto b) { return importance(a) < importance(b); });
        for (std::size_t n = 0; n < step; ++n) {
            std::size_t next = total;
            for (const std::size_t h : live) {
                if (closed[h]) continue;
                const bool last = keep && left_in(module_of[h], flaws.seen_at_the_step ? before : closed) == 1;
                if (last && !flaws.stops_at_a_last_one) continue;
                const double difference = next == total ? -1 : importance(h) - importance(next);
                const bool better = flaws.most_important ? difference > 0 : difference < 0;
                if (next == total || better || (flaws.last_of_ties && difference == 0)) next = h;
            }
            if (next == total) break;
            if (flaws.stops_at_a_last_one && keep && left_in(module_of[next], closed) == 1) break;
            closed[next] = going = true;
            order.push_back(next);
        }
    }
    return order;
}

/// Importances in sixteenths, so that every sum is exact and ties are ties.
double sixteenths(Draw& draw, std::size_t end) {
    return static_cast<double>(draw.below(end)) / 16;
}

void write_gradual(Draw& draw, const std::string& family, const std::string& name, const HeadSet& heads,
                   const PruneOptions& options) {
    const std::size_t total = heads.total();
    probes::ImportanceTable table{zeros<1, double>({total}), zeros<2, double>({total, total}), 0, total};
    for (std::size_t h = 0; h < total; ++h) {
        table.alone(h) = sixteenths(draw, 40);
        for (std::size_t k = 0; k < total; ++k)
            table.instead(h, k) = h != k && draw.below(3) == 0 ? sixteenths(draw, 64) : 0;
    }
    CaseWriter writer("3.5/" + family, name);
    writer.in("alone", table.alone).in("instead", table.instead);
    writer.in("modules", tensor_of_places(heads.heads)).number("share_per_step", options.share_per_step);
    writer.number("keep_one", options.keep_one_per_module ? 1 : 0);
    const std::vector<std::size_t> order = order_by_looking(table, heads, options);
    writer.expected("order", tensor_of_places(order));
    const auto mistake = [&](const std::string& words, const Flaws& flaws) {
        const std::vector<std::size_t> wrong = order_by_looking(table, heads, options, flaws);
        if (wrong != order) writer.mistake(words, "order", tensor_of_places(wrong));
    };
    mistake("the order by the importance at the start; it is asked for anew at each step", {.never_asks_again = true});
    mistake("the order of one head a step", {.one_at_a_time = true});
    mistake("the order of steps that are a share of what is left; it is a share of all heads",
            {.share_of_the_rest = true});
    mistake("the order of steps rounded down", {.rounds_down = true});
    mistake("the order with the most important head first", {.most_important = true});
    mistake("the order in which, of equally important heads, the higher number goes first", {.last_of_ties = true});
    mistake(order_of_std_sort, {.sorts_unstably = true});
    mistake("the order with the last head of a module gone as well", {.keep_none = true});
    mistake("the order in which a module's last is known at the start of a step only; it may become so within one",
            {.seen_at_the_step = true});
    mistake("the order that ends where a module's last head is the least important; it is passed over",
            {.stops_at_a_last_one = true});
}

void write_one_shot(const std::string& name, const Tensor<1, double>& importance) {
    const std::size_t heads = importance.size();
    const auto ordered = [&](const std::function<bool(std::size_t, std::size_t)>& before) {
        std::vector<std::size_t> order;  // by insertion
        for (std::size_t h = 0; h < heads; ++h) {
            std::size_t place = order.size();
            while (place > 0 && before(h, order[place - 1])) --place;
            order.insert(order.begin() + static_cast<std::ptrdiff_t>(place), h);
        }
        return tensor_of_places(order);
    };
    CaseWriter writer("3.5/one_shot", name);
    writer.in("importance", importance);
    writer.expected("order", ordered([&](auto a, auto b) { return importance(a) < importance(b); }));
    writer.mistake("the order with the most important head first", "order",
                   ordered([&](auto a, auto b) { return importance(a) > importance(b); }));
    writer.mistake("the order by absolute value; what is below 0 is the least important", "order",
                   ordered([&](auto a, auto b) { return std::abs(importance(a)) < std::abs(importance(b)); }));
    writer.mistake("the order in which, of equally important heads, the higher number goes first", "order",
                   ordered([&](auto a, auto b) { return importance(a) <= importance(b); }));
    std::vector<std::size_t> unstable(heads);
    std::iota(unstable.begin(), unstable.end(), std::size_t{0});
    std::sort(unstable.begin(), unstable.end(), [&](auto a, auto b) { return importance(a) < importance(b); });
    writer.mistake(order_of_std_sort, "order", tensor_of_places(unstable));
}

Tensor<1, double> random_shares(Draw& draw, std::size_t points) {
    Tensor<1, double> shares = zeros<1, double>({points});
    for (std::size_t k = 1; k < points; ++k)
        shares(k) = shares(k - 1) + 0.01 + static_cast<double>(draw.below(100)) / 500 / static_cast<double>(k);
    return shares;
}

/// Scores that fall from .9 to .3, a sample's own each.
Tensor<2, double> random_scores(Draw& draw, std::size_t points, std::size_t samples, double level) {
    Tensor<2, double> scores = Tensor<2, double>(draw.uniform<2>({points, samples}, 0.1));
    for (std::size_t k = 0; k < points; ++k) {
        for (std::size_t n = 0; n < samples; ++n)
            scores(k, n) += level + 0.5 * std::exp(-static_cast<double>(k * k) / 9) + 0.02 * static_cast<double>(n % 5);
    }
    return scores;
}

/// One sample's area, each trapezoid as a rectangle and a triangle.
double area_of(const Tensor<1, double>& shares, const std::function<double(std::size_t)>& score) {
    double area = 0;
    const std::size_t last = shares.size() - 1;
    for (std::size_t k = 0; k < last; ++k) {
        const double width = shares(k + 1) - shares(k);
        area += width * score(k) + width * (score(k + 1) - score(k)) / 2;
    }
    return area / (shares(last) - shares(0));
}

std::vector<double> areas_of(const Tensor<1, double>& shares, const Tensor<2, double>& scores) {
    std::vector<double> areas;
    for (std::size_t n = 0; n < scores.shape(1); ++n)
        areas.push_back(area_of(shares, [&](std::size_t k) { return scores(k, n); }));
    return areas;
}

/// Five curves over the same shares; so a mistake is told by five numbers.
void write_area(Draw& draw, const std::string& name, std::size_t points, std::size_t samples, double first) {
    constexpr std::size_t curves = 5;
    Tensor<1, double> shares = random_shares(draw, points);
    for (double& share : shares) share += first;
    const std::size_t last = points - 1;
    const double range = shares(last) - shares(0);
    CaseWriter writer("3.5/area", name);
    std::vector<double> area, undivided, plain, left, right, of_losses;
    Tensor<2, double> sample_areas = zeros<2, double>({curves, samples}), sample_undivided = sample_areas;
    for (std::size_t c = 0; c < curves; ++c) {
        const Tensor<2, double> scores = random_scores(draw, points, samples, 0.2 + 0.05 * static_cast<double>(c));
        writer.in("scores_" + std::to_string(c), scores);
        const std::vector<double> areas = areas_of(shares, scores);
        for (std::size_t n = 0; n < samples; ++n) {
            sample_areas(c, n) = areas[n];
            sample_undivided(c, n) = areas[n] * range;
        }
        std::vector<double> means;
        for (std::size_t k = 0; k < points; ++k) {
            double total = 0;
            for (std::size_t n = 0; n < samples; ++n) total += scores(k, n);
            means.push_back(total / static_cast<double>(samples));
        }
        double total_of_points = 0, of_left = 0, of_right = 0;
        for (std::size_t k = 0; k < points; ++k) {
            total_of_points += means[k];
            if (k < last) of_left += means[k] * (shares(k + 1) - shares(k)) / range;
            if (k > 0) of_right += means[k] * (shares(k) - shares(k - 1)) / range;
        }
        area.push_back(area_of(shares, [&](std::size_t k) { return means[k]; }));
        undivided.push_back(area.back() * range);
        plain.push_back(total_of_points / static_cast<double>(points));
        left.push_back(of_left);
        right.push_back(of_right);
        of_losses.push_back(1 - area.back());
    }
    writer.in("shares", shares).number("curves", curves);
    writer.expected("area", row_of(area)).expected("areas", sample_areas);
    writer.mistake("the areas themselves; they are divided by the range of the shares", "area", row_of(undivided));
    writer.mistake("the areas themselves; they are divided by the range of the shares", "areas", sample_undivided);
    if (points > 2)  // the mean of two points is their trapezoid
        writer.mistake("the means of the points, as if they were evenly spaced", "area", row_of(plain));
    writer.mistake("rectangles of the left points; a trapezoid has the mean of both", "area", row_of(left));
    writer.mistake("rectangles of the right points; a trapezoid has the mean of both", "area", row_of(right));
    writer.mistake("the areas under the losses; it is that of the scores", "area", row_of(of_losses));
}

void write_beats(Draw& draw, std::size_t samples, std::size_t baselines) {
    const std::size_t points = 6;
    const Tensor<1, double> shares = random_shares(draw, points);
    const Tensor<2, double> scores = random_scores(draw, points, samples, 0.32);
    CaseWriter writer("3.5/beats", shape_name({{"samples", samples}, {"baselines", baselines}}));
    writer.in("shares", shares).in("scores", scores).number("baselines", static_cast<double>(baselines));
    const std::vector<double> after = areas_of(shares, scores);
    std::vector<double> before(samples), first, all_before, all_after;
    for (std::size_t b = 0; b < baselines; ++b) {
        const Tensor<2, double> worse = random_scores(draw, points, samples, 0.3);
        writer.in("baseline_" + std::to_string(b), worse);
        const std::vector<double> areas = areas_of(shares, worse);
        if (b == 0) first = areas;
        for (std::size_t n = 0; n < samples; ++n) before[n] += areas[n] / static_cast<double>(baselines);
        all_before.insert(all_before.end(), areas.begin(), areas.end());
        all_after.insert(all_after.end(), after.begin(), after.end());
    }
    const auto difference = [](const oracle::Pair& pair) {
        return row_of({pair.mean, pair.error, pair.low, pair.high});
    };
    writer.expected("difference", difference(oracle::paired(before, after, 0.95)));
    writer.mistake("the baselines minus the curve; positive is where the curve keeps more", "difference",
                   difference(oracle::paired(after, before, 0.95)));
    if (baselines == 1) return;
    writer.mistake("the difference from the first baseline alone", "difference",
                   difference(oracle::paired(first, after, 0.95)));
    writer.mistake(
        "a difference for each sample and baseline: the samples are the same ones again, and make nothing surer",
        "difference", difference(oracle::paired(all_before, all_after, 0.95)));
}

WB_CASES(pruning) {
    Draw draw(seed + 350);
    Tensor<1, double> importance = Tensor<1, double>(draw.uniform<1>({15}, 1));
    write_one_shot("15", importance);
    importance = Tensor<1, double>(draw.uniform<1>({40}, 3));  // long enough for std::sort to swap equal ones
    for (double& one : importance) one = std::round(one);
    write_one_shot("40_with_ties", importance);

    write_gradual(draw, "gradual", "3_modules_of_4", {{4, 4, 4}}, {0.2, false});             // 2.4: 2 a step
    write_gradual(draw, "gradual", "6_uneven_modules", {{3, 5, 1, 4, 6, 7}}, {0.1, false});  // 26 heads, 2.6: 3
    write_gradual(draw, "gradual", "one_at_a_time", {{3, 6}}, {0.01, false});
    write_gradual(draw, "gradual", "all_at_once", {{5, 5}}, {1, false});
    write_gradual(draw, "keep", "3_modules_of_4", {{4, 4, 4}}, {0.3, true});  // 3.6: 4 a step
    write_gradual(draw, "keep", "modules_of_1_and_none", {{1, 0, 6, 2, 1, 8}}, {0.15, true});
    write_gradual(draw, "keep", "all_at_once", {{2, 3, 7}}, {1, true});

    write_area(draw, "even_or_not", 7, 5, 0);
    write_area(draw, "two_points", 2, 3, 0.25);
    write_area(draw, "later_start", 5, 4, 0.1);
    write_beats(draw, 12, 1);
    write_beats(draw, 30, 4);
}

}  // namespace
}  // namespace wb
