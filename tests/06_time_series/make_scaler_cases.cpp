/// @file
/// Writes the cases of exercise 6.2. Mean and deviation in long double, a variate at a time. Families:
///
///     6.2/fit      drawn series whose variates differ in level and width       6.2/offset  levels up to 1e7
///     6.2/z        a series by a drawn scaler                                  6.2/unit    a forecast by a drawn scaler
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "scaler.hpp"

namespace wb {
namespace {

using Line = std::vector<long double>;

long double mean_of(const Line& numbers) {
    long double sum = 0;
    for (const long double x : numbers) sum += x;
    return sum / static_cast<long double>(numbers.size());
}

/// @param less  what the number of numbers is reduced by: 1 for the sample's variance
long double variance_of(const Line& numbers, long double less = 0) {
    const long double mean = mean_of(numbers);
    long double squares = 0;
    for (const long double x : numbers) squares += (x - mean) * (x - mean);
    return squares / (static_cast<long double>(numbers.size()) - less);
}

Line rows_of(const Tensor<2>& series, std::size_t variate, std::size_t first, std::size_t end) {
    Line line;
    for (std::size_t t = first; t < end; ++t) line.push_back(static_cast<long double>(series(t, variate)));
    return line;
}

template <class Of>
Tensor<1, double> each_variate(std::size_t variates, const Of& of) {
    Tensor<1, double> line = zeros<1, double>({variates});
    for (std::size_t v = 0; v < variates; ++v) line(v) = static_cast<double>(of(v));
    return line;
}

void write_fit(const std::string& family, const std::string& name, const Tensor<2>& series, std::size_t train) {
    const std::size_t rows = series.shape(0), variates = series.shape(1);
    const auto training = [&](std::size_t v) { return rows_of(series, v, 0, train); };
    const auto whole = [&](std::size_t v) { return rows_of(series, v, 0, rows); };
    const auto lines = [&](const auto& of) { return each_variate(variates, of); };
    CaseWriter writer(family, name);
    writer.in("series", series).number("train", static_cast<double>(train));
    writer.expected("mean", lines([&](std::size_t v) { return mean_of(training(v)); }));
    writer.expected("deviation", lines([&](std::size_t v) { return std::sqrt(variance_of(training(v))); }));
    if (train < rows) {
        const char* words = "those of the whole series: what comes after the training rows must not count";
        writer.mistake(words, "mean", lines([&](std::size_t v) { return mean_of(whole(v)); }));
        writer.mistake(words, "deviation", lines([&](std::size_t v) { return std::sqrt(variance_of(whole(v))); }));
        writer.mistake("sums over the training rows divided by all rows", "mean", lines([&](std::size_t v) {
                           return mean_of(training(v)) * static_cast<long double>(train) /
                                  static_cast<long double>(rows);
                       }));
    }
    writer.mistake("the sample's deviation, divided by rows - 1: the population's is divided by rows", "deviation",
                   lines([&](std::size_t v) { return std::sqrt(variance_of(training(v), 1)); }));
    writer.mistake("variances: the deviation is their square root", "deviation",
                   lines([&](std::size_t v) { return variance_of(training(v)); }));
    Line all;
    for (std::size_t v = 0; v < variates; ++v) {
        const Line one = training(v);
        all.insert(all.end(), one.begin(), one.end());
    }
    writer.mistake("one mean for all variates: each has its own", "mean",
                   lines([&](std::size_t) { return mean_of(all); }));
    writer.mistake("one deviation for all variates: each has its own", "deviation",
                   lines([&](std::size_t) { return std::sqrt(variance_of(all)); }));
    writer.mistake("the first variate's deviation for all: each has its own", "deviation",
                   lines([&](std::size_t) { return std::sqrt(variance_of(training(0))); }));
    writer.mistake("root mean squares: the mean is taken off before squaring", "deviation", lines([&](std::size_t v) {
                       const long double mean = mean_of(training(v));
                       return std::sqrt(variance_of(training(v)) + mean * mean);
                   }));
    writer.mistake("mean distances from the mean: squares are averaged, then the root is taken", "deviation",
                   lines([&](std::size_t v) {
                       const long double mean = mean_of(training(v));
                       Line distances = training(v);
                       for (long double& x : distances) x = std::abs(x - mean);
                       return mean_of(distances);
                   }));
}

/// Variate v has the level levels[v], and is v + 1 times as wide as the first.
Tensor<2> draw_series(Draw& draw, std::size_t rows, const std::vector<double>& levels) {
    Tensor<2> series = draw.uniform<2>({rows, levels.size()}, 1.5);
    for (std::size_t t = 0; t < rows; ++t) {
        for (std::size_t v = 0; v < levels.size(); ++v) {
            const double drift = 0.125 * static_cast<double>(t) / static_cast<double>(v + 1);
            series(t, v) = static_cast<float>(levels[v] + double(series(t, v)) * double(v + 1) + drift);
        }
    }
    return series;
}

using OfNumber = double (*)(double x, double mean, double deviation);

/// Case of standardise or restore: `of` each number, its variate being the last axis.
template <std::size_t N>
void write_moved(const std::string& family, const std::string& name, const Tensor<N>& x, const Tensor<1, double>& mean,
                 const Tensor<1, double>& deviation, OfNumber right,
                 const std::vector<std::pair<const char*, OfNumber>>& mistakes) {
    const std::size_t variates = mean.size();
    const auto moved = [&](OfNumber of, const auto& variate_of) {
        Tensor<N, double> result(x.shape());
        for (std::size_t i = 0; i < x.size(); ++i) {
            const std::size_t v = variate_of(i) % variates;
            result.data()[i] = of(static_cast<double>(x.data()[i]), mean(v), deviation(v));
        }
        return result;
    };
    const auto own = [](std::size_t i) { return i; };
    CaseWriter writer(family, name);
    writer.in("x", x).in("mean", mean).in("deviation", deviation).expected("result", moved(right, own));
    for (const auto& [words, of] : mistakes) writer.mistake(words, "result", moved(of, own));
    writer.mistake("each row by the scale of the variate of its number: the last axis is the variates", "result",
                   moved(right, [&](std::size_t i) { return i / variates % x.shape(N - 2); }));
    writer.mistake("every variate by the first one's scale", "result", moved(right, [](std::size_t) { return 0; }));
}

WB_CASES(scaler) {
    Draw draw(seed + 62);
    const std::vector<double> levels{0, -20, 7, 400, 3};
    write_fit("6.2/fit", "training_is_all", draw_series(draw, 16, levels), 16);
    write_fit("6.2/fit", "training_is_60_of_100", draw_series(draw, 100, levels), 60);
    write_fit("6.2/fit", "4_variates", draw_series(draw, 12, {5, 1, 60, -9}), 7);
    write_fit("6.2/fit", "drawn", draw_series(draw, 50 + draw.below(100), levels), 20 + draw.below(20));
    write_fit("6.2/offset", "up_to_1e7", draw_series(draw, 300, {1e7, -3e6, 1e5, 2e4}), 200);
    write_fit("6.2/offset", "drawn", draw_series(draw, 100 + draw.below(900), {8e6, 9e6, 2e6, 5e5}), 80);

    const OfNumber to_z = [](double x, double mean, double deviation) { return (x - mean) / deviation; };
    const OfNumber to_x = [](double z, double mean, double deviation) { return z * deviation + mean; };
    const std::vector<std::pair<const char*, OfNumber>> wrong_z{
        {"z with the mean made a float before the difference: at 1e7 a float has no digits behind the point",
         [](double x, double mean, double deviation) {
             return (x - static_cast<float>(mean)) / static_cast<float>(deviation);
         }},
        {"x / deviation - mean: the mean goes first",
         [](double x, double mean, double deviation) { return x / deviation - mean; }},
        {"x - mean, not divided by the deviation", [](double x, double mean, double) { return x - mean; }},
        {"(x - mean) deviation", [](double x, double mean, double deviation) { return (x - mean) * deviation; }},
        {"(x - mean) / deviation^2",
         [](double x, double mean, double deviation) { return (x - mean) / deviation / deviation; }},
        {"(mean - x) / deviation", [](double x, double mean, double deviation) { return (mean - x) / deviation; }}};
    const std::vector<std::pair<const char*, OfNumber>> wrong_x{
        {"(z + mean) deviation: the deviation goes first",
         [](double z, double mean, double deviation) { return (z + mean) * deviation; }},
        {"z deviation: the mean is missing", [](double z, double, double deviation) { return z * deviation; }},
        {"z deviation - mean", [](double z, double mean, double deviation) { return z * deviation - mean; }},
        {"(z - mean) / deviation: that is the way in, not out", to_z}};
    const auto numbers = [](const std::vector<double>& values) {
        return each_variate(values.size(), [&](std::size_t v) { return values[v]; });
    };
    const Tensor<1, double> mean = numbers({3.25, -40, 0.5, 12}), deviation = numbers({0.7, 30, 1, 5.3});
    write_moved<2>("6.2/z", "9_rows", draw.uniform<2>({9, 4}, 40), mean, deviation, to_z, wrong_z);
    write_moved<2>("6.2/z", "at_1e7", draw_series(draw, 6, {1e7, -9e6, 4e6, 1e5}),
                   numbers({10000000.4, -9000000.3, 4000000.45, 100000.123}), deviation, to_z, wrong_z);
    write_moved<3>("6.2/unit", "2_windows", draw.uniform<3>({2, 5, 4}, 3), mean, deviation, to_x, wrong_x);
    write_moved<3>("6.2/unit", "3_windows_of_2", draw.uniform<3>({3, 2, 4}, 3), numbers({1e4, -2e5, 3, 0.125}),
                   numbers({250, 1e4, 0.01, 2}), to_x, wrong_x);
}

}  // namespace
}  // namespace wb
