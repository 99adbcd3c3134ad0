/// @file
/// Writes the cases of exercise 6.6, by walking through each row's window. Families:
///
///     6.6/average    windows no longer than the series, with the gradient     6.6/wide  windows longer than it
///     6.6/offset     2,000 rows at a level of 1e5                              6.6/decompose  both parts
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "window_means.hpp"

namespace wb {
namespace {

using oracle::AverageFlaws;
using oracle::nearest;
using oracle::Row;
using oracle::Series;
using oracle::window_means;

/// The average over channels in place of rows.
Series across_channels(const Series& x, long window) {
    return xt::transpose(window_means(xt::transpose(x, {0, 2, 1}), window), {0, 2, 1});
}

double dot(const Series& a, const Series& b) {
    double total = 0;
    for (std::size_t n = 0; n < a.size(); ++n) total += a.data()[n] * b.data()[n];
    return total;
}

/// Of sum(f(x) * d_out) by x, by differences: exact but for rounding, as an average is linear.
Series gradient(const Series& x, const Series& d_out, const std::function<Series(const Series&)>& f) {
    Series result(x.shape());
    for (std::size_t n = 0; n < x.size(); ++n) {
        Series up = x, down = x;
        up.data()[n] += 0.5;
        down.data()[n] -= 0.5;
        result.data()[n] = dot(f(up), d_out) - dot(f(down), d_out);
    }
    return result;
}

/// Adds what wrong averages answer, where they differ.
class Mistakes {
 public:
    Mistakes(CaseWriter& writer, std::string key, Series right)
        : writer_(writer), key_(std::move(key)), right_(std::move(right)) {}

    void add(const std::string& words, const Series& wrong) {
        double largest = 0;
        for (std::size_t n = 0; n < wrong.size(); ++n)
            largest = std::max(largest, std::abs(wrong.data()[n] - right_.data()[n]));
        if (largest > 1e-3) writer_.mistake(words, key_, wrong);
    }

 private:
    CaseWriter& writer_;
    std::string key_;
    Series right_;
};

const Row nothing = [](long j, long length) { return j < 0 || j >= length ? -1 : j; };
const Row mirrored = [](long j, long length) {
    const long period = std::max(1L, 2 * length - 2), place = ((j % period) + period) % period;
    return place < length ? place : period - place;
};
const Row around = [](long j, long length) { return ((j % length) + length) % length; };
const Row only_first = [](long j, long length) { return j >= length ? -1 : std::max(j, 0L); };

void add_wrong_averages(Mistakes& mistakes, const Series& x, long window) {
    mistakes.add("averages with zeros before the first row and behind the last: the first and the last row stand there",
                 window_means(x, window, {.row = nothing}));
    mistakes.add("means over those rows of the window that there are: the first and the last row stand for the others",
                 window_means(x, window, {.row = nothing, .of_those_there = true}));
    mistakes.add("averages with the series mirrored at its ends: the first and the last row stand there",
                 window_means(x, window, {.row = mirrored}));
    mistakes.add("averages with the series begun again at its ends: the first and the last row stand there",
                 window_means(x, window, {.row = around}));
    mistakes.add("averages with zeros behind the last row: the last row stands there, as the first does at the begin",
                 window_means(x, window, {.row = only_first}));
    mistakes.add("averages over the rows up to t: the window lies around t, (w - 1) / 2 rows to either side",
                 window_means(x, window, {.trailing = true}));
    mistakes.add("windows without their last row, t + r", window_means(x, window, {.short_by = 1}));
    mistakes.add("means over t - r to t + r - 1: t + r belongs to the window",
                 window_means(x, window, {.short_by = 1, .divisor = static_cast<double>(window - 1)}));
    mistakes.add("sums over the window, not means", window_means(x, window, {.divisor = 1}));
    mistakes.add("averages over channels: they are along time, each channel by itself", across_channels(x, window));
    mistakes.add("the series itself", x);
}

void write_average(Draw& draw, const std::string& family, const std::array<std::size_t, 3>& shape, long window) {
    const Tensor<3> x = draw.uniform<3>(shape, 3), d_trend = draw.uniform<3>(shape, 1);
    CaseWriter writer(family, shape_name({{"batch", shape[0]},
                                          {"length", shape[1]},
                                          {"channels", shape[2]},
                                          {"window", static_cast<std::size_t>(window)}}));
    writer.in("x", x).in("d_trend", d_trend).number("window", static_cast<double>(window));
    const Series right = window_means(x, window);
    writer.expected("trend", right);
    Mistakes of_trend(writer, "trend", right);
    add_wrong_averages(of_trend, x, window);

    const auto by = [&](const AverageFlaws& flaws) {
        return gradient(x, d_trend, [&](const Series& moved) { return window_means(moved, window, flaws); });
    };
    const Series alone = by({});
    const Series shared = alone + 1.0;  // the driver's own use of x
    writer.expected("d_x", alone).expected("d_x_shared", shared);
    Mistakes of_d_x(writer, "d_x", alone), of_shared(writer, "d_x_shared", shared);
    const auto wrong = [&](const std::string& words, const Series& d_x) {
        of_d_x.add(words, d_x);
        of_shared.add(words, d_x + 1.0);
    };
    wrong("the moving average of d trend: the first and the last row enter more means, those beyond the ends",
          window_means(d_trend, window));
    wrong("sums over the rows in reach: the first and the last row enter again and again, for those beyond the ends",
          by({.row = nothing}));
    wrong("gradients for zeros behind the last row", by({.row = only_first}));
    wrong("gradients of sums: each mean is 1 / w of its rows", by({.divisor = 1}));
    wrong("d trend itself", d_trend);
    of_shared.add("the gradient of the last use alone: add to what is there, unless the slot is fresh", alone);
}

/// A day's rhythm on a slow rise, far from 0.
void write_offset(Draw& draw) {
    constexpr std::size_t length = 2000;
    constexpr long window = 25;
    Tensor<3> x(std::array<std::size_t, 3>{1, length, 2}), d_trend = draw.uniform<3>({1, length, 2}, 1);
    const Tensor<3> noise = draw.uniform<3>({1, length, 2}, 2);
    for (std::size_t t = 0; t < length; ++t) {
        for (std::size_t c = 0; c < 2; ++c) {
            const double hour = static_cast<double>(t);
            const double level = (c == 0 ? 1e5 : -3e5) + 5 * std::sin(hour * 0.2618) + hour / 100;
            x(0, t, c) = static_cast<float>(level) + noise(0, t, c);
            d_trend(0, t, c) += c == 0 ? 1e5F : -3e5F;
        }
    }
    CaseWriter writer("6.6/offset", "length2000_window25");
    writer.in("x", x).in("d_trend", d_trend).number("window", static_cast<double>(window));
    writer.expected("trend", window_means(x, window));
    Series d_x(x.shape());  // each mean hands its gradient to its rows
    d_x.fill(0);
    for (long t = 0; t < static_cast<long>(length); ++t) {
        for (long j = t - 12; j <= t + 12; ++j) {
            for (std::size_t c = 0; c < 2; ++c)
                d_x(0, static_cast<std::size_t>(nearest(j, length)), c) +=
                    static_cast<double>(d_trend(0, static_cast<std::size_t>(t), c)) / static_cast<double>(window);
        }
    }
    writer.expected("d_x", d_x);
    // What the float sum that runs along answers: a row comes in, a row goes out.
    Series drifted(x.shape());
    for (std::size_t c = 0; c < 2; ++c) {
        float sum = 0;
        for (long j = -12; j <= 12; ++j) sum += x(0, static_cast<std::size_t>(nearest(j, length)), c);
        for (long t = 0; t < static_cast<long>(length); ++t) {
            drifted(0, static_cast<std::size_t>(t), c) = static_cast<double>(sum / 25);
            sum += x(0, static_cast<std::size_t>(nearest(t + 13, length)), c);
            sum -= x(0, static_cast<std::size_t>(nearest(t - 12, length)), c);
        }
    }
    writer.mistake("sums that run along in float, which lose a little with each row: keep them in double", "trend",
                   drifted);
}

void write_decompose(Draw& draw, const std::array<std::size_t, 3>& shape, long window) {
    const Tensor<3> x = draw.uniform<3>(shape, 3), d_trend = draw.uniform<3>(shape, 1);
    const Tensor<3> d_seasonal = draw.uniform<3>(shape, 1);
    CaseWriter writer("6.6/decompose", shape_name({{"batch", shape[0]},
                                                   {"length", shape[1]},
                                                   {"channels", shape[2]},
                                                   {"window", static_cast<std::size_t>(window)}}));
    writer.in("x", x).in("d_trend", d_trend).in("d_seasonal", d_seasonal);
    writer.number("window", static_cast<double>(window));
    const Series trend = window_means(x, window), seasonal = Series(x) - trend;
    const auto part = [&](const Series& of) {
        return gradient(x, of, [&](const Series& moved) { return window_means(moved, window); });
    };
    const Series wanted = part(Series(d_trend)), unwanted = part(Series(d_seasonal));
    const Series d_x = wanted + d_seasonal - unwanted;
    writer.expected("trend", trend).expected("seasonal", seasonal).expected("d_x", d_x);
    Mistakes of_trend(writer, "trend", trend), of_seasonal(writer, "seasonal", seasonal), of_d_x(writer, "d_x", d_x);
    of_trend.add("the seasonal part: trend is the average", seasonal);
    of_trend.add("the series itself", x);
    of_seasonal.add("the trend: seasonal is what it leaves", trend);
    of_seasonal.add("trend - x: the two parts must sum to x", trend - Series(x));
    of_seasonal.add("x / trend: the two parts must sum to x", Series(x) / trend);
    of_seasonal.add("the series itself", x);
    of_d_x.add("the gradient that comes by the trend alone", wanted);
    of_d_x.add("the gradient without what the seasonal part has through its trend: x - trend(x) depends on x twice",
               wanted + d_seasonal);
    of_d_x.add("the gradient of the seasonal part alone", d_seasonal - unwanted);
}

WB_CASES(decomposition) {
    Draw draw(seed + 66);
    write_average(draw, "6.6/average", {2, 9, 3}, 3);
    write_average(draw, "6.6/average", {3, 8, 2}, 5);
    write_average(draw, "6.6/average", {1, 7, 4}, 7);
    write_average(draw, "6.6/average", {2, 6, 5}, 1);
    write_average(draw, "6.6/wide", {2, 5, 3}, 7);
    write_average(draw, "6.6/wide", {3, 4, 2}, 9);
    write_average(draw, "6.6/wide", {2, 3, 5}, 1001);
    write_average(draw, "6.6/wide", {3, 1, 2}, 5);
    write_average(draw, "6.6/wide", {1, 2, 3}, 3);
    write_offset(draw);
    write_decompose(draw, {2, 7, 3}, 3);
    write_decompose(draw, {3, 4, 2}, 11);
}

}  // namespace
}  // namespace wb
