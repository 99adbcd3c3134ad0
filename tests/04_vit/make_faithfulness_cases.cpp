/// @file
/// Writes the cases of exercise 4.8. The points are made here: each picture of a curve by itself, pixel by pixel, from the set of
/// patches that are covered in it, and asked of the classifier in double. Families:
///
///     order      maps of different numbers            ties                 maps with equal numbers
///     deletion   curves of a patch or a few at a step insertion            the same, backwards from the baseline
///     baseline   one step: from all to nothing        rounding             steps that do not divide the patches
///     one_class  the class is soon not the likeliest  batches              more pictures than may be asked for at once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "curve_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

using Order = std::vector<std::size_t>;

/// What a curve may get wrong.
struct Bend {
    bool least_important_first = false, only_the_newest = false, rounds_down = false, rows_and_columns = false;
    bool zero_baseline = false, first_baseline = false, likeliest_class = false, other_picture = false;
};

/// How many of n patches are done after step s of S: the largest k with k - 1/2 <= s n / S.
std::size_t done_after(std::size_t s, std::size_t n, std::size_t S, bool rounds_down) {
    std::size_t k = 0;
    while (rounds_down ? (k + 1) * S <= s * n : (2 * (k + 1) - 1) * S <= 2 * s * n) ++k;
    return k;
}

std::vector<double> classify(const probes::ToyClassifier& toy, const Tensor<3>& picture) {
    std::vector<double> result(toy.readout.shape(0));
    for (std::size_t c = 0; c < result.size(); ++c) {
        double logit = 0;
        for (std::size_t unit = 0; unit < toy.hidden.shape(0); ++unit) {
            double sum = 0;
            for (std::size_t channel = 0; channel < picture.shape(0); ++channel) {
                for (std::size_t y = 0; y < picture.shape(1); ++y) {
                    for (std::size_t x = 0; x < picture.shape(2); ++x)
                        sum += static_cast<double>(toy.hidden(unit, channel, y, x)) * picture(channel, y, x);
                }
            }
            logit += toy.readout(c, unit) * std::tanh(sum);
        }
        result[c] = std::exp(logit);
    }
    const double total = std::accumulate(result.begin(), result.end(), 0.0);
    for (double& probability : result) probability /= total;
    return result;
}

/// The picture in which the patches with a mark are covered.
Tensor<3> with_covered(const CurveQuestion& question, const std::vector<bool>& covered, const Bend& bend) {
    const std::size_t size = question.options.patch_size;
    Tensor<3> picture = question.pixels;
    for (std::size_t channel = 0; channel < picture.shape(0); ++channel) {
        for (std::size_t y = 0; y < picture.shape(1); ++y) {
            for (std::size_t x = 0; x < picture.shape(2); ++x) {
                const std::size_t rows = picture.shape(1) / size, columns = picture.shape(2) / size;
                const std::size_t patch =
                    bend.rows_and_columns ? x / size * rows + y / size : y / size * columns + x / size;
                if (!covered[patch]) continue;
                const float baseline = question.options.baseline[bend.first_baseline ? 0 : channel];
                picture(channel, y, x) = bend.zero_baseline ? 0 : baseline;
            }
        }
    }
    return picture;
}

/// Each point's probabilities of all classes.
std::vector<std::vector<double>> all_classes(const CurveQuestion& question, bool insertion, const Bend& bend) {
    const std::size_t steps = question.options.steps;
    Order order = question.order;
    if (bend.least_important_first) std::reverse(order.begin(), order.end());
    std::vector<std::vector<double>> result;
    for (std::size_t step = 0; step <= steps; ++step) {
        const std::size_t done = done_after(step, order.size(), steps, bend.rounds_down);
        std::size_t from = 0;
        if (bend.only_the_newest && step > 0) from = done_after(step - 1, order.size(), steps, false);
        std::vector<bool> covered(order.size(), insertion);
        for (std::size_t n = from; n < done; ++n) covered[order[n]] = !insertion;
        result.push_back(classify(question.toy, with_covered(question, covered, bend)));
    }
    return result;
}

Tensor<1, double> points(const CurveQuestion& question, bool insertion, const Bend& bend = {}) {
    const std::vector<std::vector<double>> classes = all_classes(question, insertion != bend.other_picture, bend);
    Tensor<1, double> result(std::array<std::size_t, 1>{classes.size()});
    for (std::size_t n = 0; n < classes.size(); ++n) {
        const auto likeliest = std::max_element(classes[n].begin(), classes[n].end());
        result(n) = bend.likeliest_class ? *likeliest : classes[n][question.options.class_index];
    }
    return result;
}

void write(const std::string& family, const std::string& name, const CurveQuestion& question, bool insertion) {
    CaseWriter writer("4.8/" + family, name);
    write_question(writer, question);
    writer.number("insertion", insertion ? 1 : 0);
    const Tensor<1, double> expected = points(question, insertion);
    writer.expected("points", expected);
    const auto mistake = [&](const std::string& words, const Bend& bend) {
        const Tensor<1, double> bent = points(question, insertion, bend);
        double off = 0;
        for (std::size_t n = 0; n < bent.size(); ++n) off = std::max(off, std::abs(bent(n) - expected(n)));
        if (off > 1e-3) writer.mistake(words, "points", bent);
    };
    mistake("the curve of the order read backwards, the least important patch first", {.least_important_first = true});
    mistake("the curve with only the newest step's patches changed; those of the steps before stay changed as well",
            {.only_the_newest = true});
    mistake("the curve with s n / S patches rounded down; a half is rounded up", {.rounds_down = true});
    mistake("the curve with a baseline of 0 in place of the given one", {.zero_baseline = true});
    mistake("the curve with the first channel's baseline in all channels", {.first_baseline = true});
    mistake("the curve with rows and columns of patches exchanged", {.rows_and_columns = true});
    mistake("the probability of whatever class is the likeliest at each step", {.likeliest_class = true});
    mistake(insertion ? "the curve of deletion" : "the curve of insertion", {.other_picture = true});
}

/// A question with random numbers. Units see sums of about 1, where tanh is neither straight nor flat.
CurveQuestion draw_question(Draw& draw, std::size_t channels, std::size_t rows, std::size_t columns, std::size_t size) {
    const std::size_t height = rows * size, width = columns * size, patches = rows * columns;
    CurveQuestion question;
    const double range = 3 / std::sqrt(static_cast<double>(channels * height * width));
    question.toy.hidden = draw.uniform<4>({6, channels, height, width}, range);
    question.toy.readout = draw.uniform<2>({5, 6}, 2.5);
    question.pixels = draw.uniform<3>({channels, height, width}, 2);
    question.order.resize(patches);
    std::iota(question.order.begin(), question.order.end(), 0);
    for (std::size_t n = patches; n > 1; --n) std::swap(question.order[n - 1], question.order[draw.below(n)]);
    const Tensor<1> baseline = draw.uniform<1>({channels}, 0.5);
    question.options = {draw.below(5), size, patches, std::vector<float>(baseline.begin(), baseline.end()), 100};
    for (std::size_t c = 0; c < channels; ++c) question.options.baseline[c] += c % 2 == 0 ? 1.5F : -1.5F;
    return question;
}

/// A question about the class that is the likeliest for the whole picture, but not half-way.
CurveQuestion draw_overtaken(Draw& draw) {
    while (true) {
        CurveQuestion question = draw_question(draw, 2, 3, 3, 3);
        const std::vector<std::vector<double>> classes = all_classes(question, false, {});
        const auto likeliest = [&](std::size_t n) {
            return static_cast<std::size_t>(std::max_element(classes[n].begin(), classes[n].end()) -
                                            classes[n].begin());
        };
        question.options.class_index = likeliest(0);
        const std::vector<double>& half = classes[question.options.steps / 2];
        if (half[likeliest(question.options.steps / 2)] > half[question.options.class_index] + 0.2) return question;
    }
}

void write_order(const std::string& family, const std::string& name, const Tensor<2>& map) {
    Order order(map.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return map.data()[a] > map.data()[b]; });
    const auto doubles = [](const Order& of) { return Tensor<1, double>(floats_of(of)); };
    CaseWriter writer("4.8/" + family, name);
    writer.in("map", map).expected("order", doubles(order));
    Order bent = order;
    std::reverse(bent.begin(), bent.end());
    writer.mistake("the order with the least important patch first", "order", doubles(bent));
    for (std::size_t n = 0; n < order.size(); ++n) bent[order[n]] = n;
    if (bent != order) writer.mistake("each patch's rank, not the patch at each rank", "order", doubles(bent));
    const std::size_t rows = map.shape(0), columns = map.shape(1);
    for (std::size_t n = 0; n < order.size(); ++n) bent[n] = order[n] % columns * rows + order[n] / columns;
    writer.mistake("the order with patches numbered column by column", "order", doubles(bent));
    std::iota(bent.begin(), bent.end(), 0);
    std::stable_sort(bent.begin(), bent.end(),
                     [&](auto a, auto b) { return std::abs(map.data()[a]) > std::abs(map.data()[b]); });
    if (bent != order) writer.mistake("the order by absolute value", "order", doubles(bent));
    const auto later = [&](auto a, auto b) {
        return map.data()[a] > map.data()[b] || (map.data()[a] == map.data()[b] && a > b);
    };
    std::sort(bent.begin(), bent.end(), later);
    if (bent != order)
        writer.mistake("the order in which, of equal numbers, the higher patch is first", "order", doubles(bent));
}

WB_CASES(faithfulness) {
    Draw draw(seed + 48);
    write_order("order", "4x4", draw.uniform<2>({4, 4}, 1));
    write_order("order", "14x14", draw.uniform<2>({14, 14}, 0.01));
    write_order("order", "3x5", draw.uniform<2>({3, 5}, 100));
    Tensor<2> levels = draw.uniform<2>({7, 6}, 2);
    for (float& number : levels) number = std::round(number);  // five different numbers, and zeros of both signs
    write_order("ties", "five_levels", levels);
    write_order("ties", "all_equal", full<2>({6, 6}, 0.5F));

    write("deletion", "3x3_by_1", draw_question(draw, 3, 3, 3, 2), false);
    write("deletion", "4x4_by_2", draw_question(draw, 1, 4, 4, 3), false);
    CurveQuestion grouped = draw_question(draw, 2, 2, 6, 4);
    grouped.options.steps = 4;
    write("deletion", "2x6_by_3", grouped, false);

    CurveQuestion ends = draw_question(draw, 3, 2, 2, 4);
    ends.options.steps = 1;
    write("baseline", "at_once", ends, false);

    CurveQuestion rounded = draw_question(draw, 1, 4, 4, 2);
    rounded.options.steps = 3;
    write("rounding", "16_in_3", rounded, false);
    rounded = draw_question(draw, 1, 2, 3, 3);
    rounded.options.steps = 4;
    write("rounding", "6_in_4", rounded, false);

    write("one_class", "overtaken", draw_overtaken(draw), false);

    write("insertion", "3x3_by_1", draw_question(draw, 3, 3, 3, 2), true);
    CurveQuestion inserted = draw_question(draw, 2, 4, 2, 3);
    inserted.options.steps = 3;
    write("insertion", "4x2_in_3", inserted, true);

    for (const std::size_t max_batch : {1, 5, 7, 24, 25}) {
        CurveQuestion many = draw_question(draw, 1, 4, 6, 2);
        many.options.max_batch = max_batch;
        write("batches", shape_name({{"at_most", max_batch}}), many, max_batch == 7);
    }
}

}  // namespace
}  // namespace wb
