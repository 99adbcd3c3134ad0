/// @file
/// Writes the cases of exercise 6.10. Families:
///
///     6.10/unfold    patches, and their gradient          6.10/model    the oracle's forecast, weights, and slopes by differences
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "mistake.hpp"
#include "patchtst_case.hpp"
#include "patchtst_oracle.hpp"

namespace wb {
namespace {

using oracle::Patches;
using oracle::PatchTstFlaws;
using oracle::Place;
using oracle::Rows;

/// How rows are cut.
struct Cut {
    std::size_t rows, lookback, patch, stride;
};

void add_wrong_patches(CaseWriter& writer, const Cut& cut, const Rows& x, const Patches& right) {
    const std::size_t patches = right.shape(1);
    const long length = static_cast<long>(cut.lookback), patch = static_cast<long>(cut.patch);
    const long stride = static_cast<long>(cut.stride);
    const auto wrong = [&](const char* words, const Place& place) {
        mistake(writer, words, "patches", oracle::unfold(x, patches, cut.patch, place), right);
    };
    wrong("patches with zeros behind the row: its last number is repeated there",
          [=](long p, long i) { return p * stride + i < length ? p * stride + i : -1; });
    wrong("patches with the first number repeated before the row: it is the last that is repeated, behind",
          [=](long p, long i) { return std::max(0L, p * stride + i - stride); });
    wrong("patches with the row begun again behind its end: its last number is repeated there",
          [=](long p, long i) { return (p * stride + i) % length; });
    wrong("patches with the row mirrored at its end: its last number is repeated there", [=](long p, long i) {
        const long place = p * stride + i;
        return std::max(0L, place < length ? place : 2 * length - 2 - place);
    });
    wrong("patches side by side: they begin `stride` apart, and overlap",
          [=](long p, long i) { return std::min(p * patch + i, length - 1); });
    wrong("a last patch that is pushed back into the row: what it lacks is the last number, repeated",
          [=](long p, long i) { return std::min(p * stride, length - patch) + i; });
    wrong("patches with their numbers last first",
          [=](long p, long i) { return std::min(p * stride + patch - 1 - i, length - 1); });
    wrong("every stride-th number: a patch is a stretch of neighbours",
          [=](long p, long i) { return std::min(i * stride + p, length - 1); });
    Patches next = right,
            turned = right;  // what the memory holds behind a row, and [patch, patches] taken for the answer
    for (std::size_t r = 0; r < cut.rows; ++r) {
        for (std::size_t p = 0; p < patches; ++p) {
            for (std::size_t i = 0; i < cut.patch; ++i) {
                next(r, p, i) = x.data()[std::min(r * cut.lookback + p * cut.stride + i, x.size() - 1)];
                turned.data()[(r * cut.patch + i) * patches + p] = right(r, p, i);
            }
        }
    }
    mistake(writer, "patches that run on into the next row: behind a row stands its own last number", "patches", next,
            right);
    mistake(writer, "patches read as [patch, patches]", "patches", turned, right);
}

/// How the gradient of a number is made of those of its copies.
enum class Share { sum, last, first, mean, not_repeated, last_of_repeated };

Rows gradient(const Cut& cut, const Tensor<3>& d_patches, Share share) {
    Rows d_x = zeros<2, double>({cut.rows, cut.lookback}), copies = d_x;
    for (std::size_t r = 0; r < cut.rows; ++r) {
        for (std::size_t p = 0; p < d_patches.shape(1); ++p) {
            for (std::size_t i = 0; i < cut.patch; ++i) {
                const std::size_t place = p * cut.stride + i, to = std::min(place, cut.lookback - 1);
                if (place != to && share == Share::not_repeated) continue;
                const bool set = share == Share::last || (share == Share::last_of_repeated && place != to);
                if (set) d_x(r, to) = 0;
                if (share != Share::first || copies(r, to) == 0) d_x(r, to) += static_cast<double>(d_patches(r, p, i));
                ++copies(r, to);
            }
        }
    }
    if (share == Share::mean) d_x /= copies;
    return d_x;
}

void write_unfold(Draw& draw, const Cut& cut) {
    CaseWriter writer(
        "6.10/unfold",
        shape_name({{"rows", cut.rows}, {"lookback", cut.lookback}, {"patch", cut.patch}, {"stride", cut.stride}}));
    const std::size_t patches = oracle::count_patches(cut.lookback, cut.patch, cut.stride);
    const Tensor<2> x = draw.uniform<2>({cut.rows, cut.lookback}, 3);
    const Tensor<3> d_patches = draw.uniform<3>({cut.rows, patches, cut.patch}, 1);
    writer.in("x", x).in("d_patches", d_patches);
    writer.number("patch", static_cast<double>(cut.patch)).number("stride", static_cast<double>(cut.stride));
    const Patches right = oracle::unfold(
        x, patches, cut.patch, oracle::place_in(static_cast<long>(cut.lookback), static_cast<long>(cut.stride)));
    writer.expected("patches", right);
    add_wrong_patches(writer, cut, x, right);

    const Rows alone = gradient(cut, d_patches, Share::sum), shared = alone + 1.0;  // the driver's own use of x
    writer.expected("d_x", alone).expected("d_x_shared", shared);
    const auto wrong = [&](const char* words, const Rows& d_x) {
        mistake(writer, words, "d_x", d_x, alone);
        mistake(writer, words, "d_x_shared", Rows(d_x + 1.0), shared);
    };
    wrong("the gradient of the last patch that holds a number: those of all its patches are summed up",
          gradient(cut, d_patches, Share::last));
    mistake(writer, "the gradient of the last patch that holds a number, written over what is there: all are summed up",
            "d_x_shared", gradient(cut, d_patches, Share::last), shared);
    wrong("the gradient of the first patch that holds a number: those of all its patches are summed up",
          gradient(cut, d_patches, Share::first));
    wrong("the mean over a number's patches: gradients are summed up", gradient(cut, d_patches, Share::mean));
    wrong("gradients without those of the repeated last number: they are the last number's",
          gradient(cut, d_patches, Share::not_repeated));
    wrong("gradients of the last number's last repetition alone: all of them are summed up",
          gradient(cut, d_patches, Share::last_of_repeated));
    mistake(writer, "the gradient of the last use alone: add to what is there, unless the slot is fresh", "d_x_shared",
            alone, shared);
}

void add_wrong_forecasts(CaseWriter& writer, const oracle::ForecastParameters& parameters,
                         const PatchTstOptions& options, std::size_t batch, const Tensor<3, double>& right) {
    const auto wrong = [&](const char* words, const PatchTstFlaws& flaws) {
        mistake(writer, words, "out", oracle::patchtst(parameters, options, batch, flaws), right);
    };
    wrong("the forecast with zeros behind the look-back: its last row is repeated there", {.zeros_behind = true});
    wrong("the forecast of the past read as [variates, lookback]: exchange the axes, do not reshape",
          {.reshaped_past = true});
    wrong("the forecast read as [variates, horizon]: exchange the axes back, do not reshape", {.reshaped_out = true});
    wrong("the forecast without positions", {.no_positions = true});
    wrong("the forecast with positions added behind the blocks: attention must know them", {.positions_last = true});
    wrong("the forecast of tokens times sqrt(d_model): they are not scaled here", {.scaled = true});
    wrong("the forecast of windows normalised by themselves: that is 6.12's, around the model", {.normalised = true});
    wrong("the forecast without blocks", {.no_blocks = true});
    wrong("the forecast by the last block alone: each reads what the one before it has made",
          {.last_block_only = true});
    wrong("the forecast with the first block in every block's place", {.first_block_only = true});
    wrong("the forecast with attention across variates: each goes through the blocks by itself", {.together = true});
    wrong("the forecast with tokens flattened channel by channel: the head reads token by token", {.by_channel = true});
}

/// Weights of the order [variates, batch].
Tensor<4, double> by_variate(const Tensor<4, double>& weights, std::size_t batch) {
    Tensor<4, double> turned = weights;
    const std::size_t variates = weights.shape(0) / batch, size = weights.size() / weights.shape(0);
    for (std::size_t r = 0; r < weights.shape(0); ++r)
        std::copy_n(weights.data() + (r % batch * variates + r / batch) * size, size, turned.data() + r * size);
    return turned;
}

void write_model(Draw& draw, const PatchTstOptions& options, std::size_t batch, std::size_t variates) {
    const std::size_t patches = oracle::count_patches(options.lookback, options.patch, options.stride);
    CaseWriter writer("6.10/model", shape_name({{"batch", batch},
                                                {"lookback", options.lookback},
                                                {"variates", variates},
                                                {"patch", options.patch},
                                                {"stride", options.stride},
                                                {"layers", options.blocks.layers}}));
    write_options(writer, options);
    const ParameterShapes shapes = patchtst_shapes(options, patches);
    ModelWeights weights = draw_parameters(shapes, 0.5, draw);
    const Tensor<3> past = draw.uniform<3>({batch, options.lookback, variates}, 2);
    const Tensor<3> d_out = draw.uniform<3>({batch, options.horizon, variates}, 1);
    writer.in("past", past).in("d_out", d_out).number("patches", static_cast<double>(patches));
    write_parameters(writer, "parameter", weights);

    const std::vector<std::size_t> shape(past.shape().begin(), past.shape().end());
    weights.push_back({"past", shape, {past.begin(), past.end()}});
    const oracle::ForecastParameters parameters(weights);
    std::vector<Tensor<4, double>> maps;
    const Tensor<3, double> out = oracle::patchtst(parameters, options, batch, {}, &maps);
    writer.expected("out", out);
    add_wrong_forecasts(writer, parameters, options, batch, out);
    for (std::size_t n = 0; n < maps.size(); ++n) {
        const std::string key = "weights." + std::to_string(n);
        writer.expected(key, maps[n]);
        mistake(writer,
                "weights of all windows of the first variate, then of the second: all variates of a window "
                "come first",
                key, by_variate(maps[n], batch), maps[n]);
        mistake(writer, "another block's weights", key, maps[maps.size() - 1 - n], maps[n]);
    }

    ParameterShapes moved = shapes;
    moved.emplace_back("past", shape);
    const ModelWeights directions = draw_parameters(moved, 0.5, draw);
    Tensor<1, double> slopes = zeros<1, double>({directions.size()});
    for (std::size_t n = 0; n < directions.size(); ++n) {
        slopes(n) = oracle::slope(
            [&](const oracle::Nudge& nudge) {
                return oracle::sum_of_products(
                    oracle::patchtst(oracle::ForecastParameters(weights, nudge), options, batch), d_out);
            },
            directions[n]);
    }
    write_parameters(writer, "direction", directions);
    writer.expected("slopes", slopes);
}

WB_CASES(patchtst) {
    Draw draw(seed + 610);
    write_unfold(draw, {3, 13, 4, 3});  // the last repeated row is in no patch
    write_unfold(draw, {2, 7, 3, 2});
    write_unfold(draw, {4, 6, 6, 4});  // a patch as long as the look-back
    write_unfold(draw, {3, 9, 2, 2});  // patches side by side, and one row left over
    write_unfold(draw, {2, 9, 4, 1});
    write_unfold(draw, {5, 6, 6, 6});
    write_unfold(draw, {3, 2, 1, 1});  // each number by itself, and the last once more
    write_model(draw, {13, 7, 4, 3, {.d_model = 8, .heads = 2, .layers = 2, .d_ff = 12}}, 2, 3);
    write_model(draw, {6, 4, 6, 4, {.d_model = 9, .heads = 3, .layers = 1, .d_ff = 5}}, 3, 2);
    write_model(draw, {9, 5, 2, 2, {.d_model = 6, .heads = 3, .layers = 3, .d_ff = 7}}, 1, 4);
    write_model(draw, {8, 1, 3, 1, {.d_model = 4, .heads = 1, .layers = 1, .d_ff = 6}}, 4, 1);
}

}  // namespace
}  // namespace wb
