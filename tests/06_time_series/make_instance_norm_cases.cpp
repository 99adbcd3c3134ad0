/// @file
/// Writes the cases of exercise 6.12. Families:
///
///     6.12/windows  of ordinary movement       6.12/quiet  whose movement is of epsilon's size       6.12/high  far from 0
///     6.12/back     forecasts put back, with the gradient of sum(out * d_out)
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

/// Numbers of one group share their measure.
using Group = std::function<std::size_t(std::size_t window, std::size_t row, std::size_t variate)>;

/// How a measure is made.
struct Recipe {
    double spare = 0;                         ///< what is taken from the count before squares are divided by it
    bool root = true, behind = false;         ///< s is a root; epsilon is added behind the root
    bool centred = true, float_mean = false;  ///< the mean is taken off; it is rounded to a float before
    bool small_floats = false;                ///< sums are floats
};

struct Measured {
    Tensor<3, double> x;
    Tensor<2, double> mean, deviation;
};

template <class Real>
Real sum_of(const std::vector<double>& numbers, const std::function<double(double)>& f) {
    Real total = 0;
    for (const double number : numbers) total += static_cast<Real>(f(number));
    return total;
}

Measured measured(const Tensor<3>& past, double epsilon, const Group& group, const Recipe& recipe = {}) {
    std::map<std::size_t, std::vector<double>> numbers;
    const std::size_t batch = past.shape(0), lookback = past.shape(1), variates = past.shape(2);
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < lookback; ++t) {
            for (std::size_t v = 0; v < variates; ++v)
                numbers[group(b, t, v)].push_back(static_cast<double>(past(b, t, v)));
        }
    }
    std::map<std::size_t, std::pair<double, double>> measures;
    for (const auto& [key, of_group] : numbers) {
        const auto sum = [&, &members = of_group](const std::function<double(double)>& f) {
            return recipe.small_floats ? static_cast<double>(sum_of<float>(members, f)) : sum_of<double>(members, f);
        };
        const auto count = static_cast<double>(of_group.size());
        double mean = sum([](double number) { return number; }) / count;
        if (recipe.float_mean || recipe.small_floats) mean = static_cast<double>(static_cast<float>(mean));
        const double variance =
            sum([&](double number) { return (number - mean) * (number - mean); }) / (count - recipe.spare);
        double deviation = recipe.behind ? std::sqrt(variance) + epsilon : std::sqrt(variance + epsilon);
        if (!recipe.root) deviation = variance + epsilon;
        measures[key] = {mean, deviation};
    }
    Measured result{Tensor<3, double>(past.shape()), zeros<2, double>({batch, variates}),
                    zeros<2, double>({batch, variates})};
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t v = 0; v < variates; ++v) {
            for (std::size_t t = 0; t < lookback; ++t) {
                const auto& [mean, deviation] = measures[group(b, t, v)];
                result.x(b, t, v) = (static_cast<double>(past(b, t, v)) - (recipe.centred ? mean : 0)) / deviation;
                result.mean(b, v) = mean;
                result.deviation(b, v) = deviation;
            }
        }
    }
    return result;
}

/// One that hardly differs here is none to be told of: an answer that is off for another reason would be taken for it.
template <std::size_t N>
void write_mistake(CaseWriter& writer, const std::string& words, const std::string& key, const Tensor<N, double>& wrong,
                   const Tensor<N, double>& right) {
    double largest = 0;
    for (std::size_t n = 0; n < right.size(); ++n)
        largest = std::max(largest, std::abs(wrong.data()[n] - right.data()[n]) / (1 + std::abs(right.data()[n])));
    if (largest > 1e-4) writer.mistake(words, key, wrong);
}

void write_windows(const std::string& family, const std::string& name, const Tensor<3>& past, double epsilon = 1e-5) {
    CaseWriter writer(family, name);
    writer.in("past", past).number("epsilon", epsilon);
    const Group own = [](std::size_t b, std::size_t, std::size_t v) { return b * 1000 + v; };
    const Measured right = measured(past, epsilon, own);
    writer.expected("x", right.x).expected("mean", right.mean).expected("deviation", right.deviation);
    const auto mistake = [&](const std::string& words, const Measured& wrong) {
        write_mistake(writer, words, "x", wrong.x, right.x);
        write_mistake(writer, words, "mean", wrong.mean, right.mean);
        write_mistake(writer, words, "deviation", wrong.deviation, right.deviation);
    };
    mistake("one measure for all windows of the batch: each window has its own",
            measured(past, epsilon, [](std::size_t, std::size_t, std::size_t v) { return v; }));
    mistake("one measure for all variates of a window: each variate has its own",
            measured(past, epsilon, [](std::size_t b, std::size_t, std::size_t) { return b; }));
    mistake("one measure for the whole batch: each variate of each window has its own",
            measured(past, epsilon, [](std::size_t, std::size_t, std::size_t) { return std::size_t{0}; }));
    const Measured by_row =
        measured(past, epsilon, [](std::size_t b, std::size_t t, std::size_t) { return b * 1000 + t; });
    writer.mistake("each row's own measure, over its variates: sums run along time", "x", by_row.x);
    if (past.shape(1) > 1)
        mistake("deviations of a sample, divided by lookback - 1: the population's are divided by lookback",
                measured(past, epsilon, own, {.spare = 1}));
    mistake("a division by the variance, without a root", measured(past, epsilon, own, {.root = false}));
    mistake("epsilon added to the root: it belongs under it", measured(past, epsilon, own, {.behind = true}));
    mistake("the result without epsilon", measured(past, 0, own));
    if (epsilon != 1e-5) mistake("an epsilon of 1e-5, whatever was given", measured(past, 1e-5, own));
    writer.mistake("x / s: the mean is still in it", "x", measured(past, epsilon, own, {.centred = false}).x);
    Tensor<3, double> centred = right.x, backward = right.x;
    for (std::size_t b = 0; b < past.shape(0); ++b) {
        for (std::size_t t = 0; t < past.shape(1); ++t) {
            for (std::size_t v = 0; v < past.shape(2); ++v) {
                centred(b, t, v) *= right.deviation(b, v);
                backward(b, t, v) *= -1;
            }
        }
    }
    writer.mistake("x - m: the deviation is still in it", "x", centred).mistake("(m - x) / s", "x", backward);
    Tensor<2, double> squares = right.deviation;
    for (double& number : squares) number *= number;
    writer.mistake("the variance + epsilon: the deviation is its root", "deviation", squares);
    mistake("sums in float: the level has swallowed the movement",
            measured(past, epsilon, own, {.small_floats = true}));
    write_mistake(writer, "distances from a mean that was rounded to a float before", "x",
                  measured(past, epsilon, own, {.float_mean = true}).x, right.x);
}

/// Windows at `level`, more in later windows, that move by up to `range`, other variates more; and rise, so that no row is like another.
Tensor<3> draw_windows(Draw& draw, const std::array<std::size_t, 3>& shape, double level, double range) {
    Tensor<3> past = draw.uniform<3>(shape, 1);
    for (std::size_t b = 0; b < shape[0]; ++b) {
        for (std::size_t t = 0; t < shape[1]; ++t) {
            for (std::size_t v = 0; v < shape[2]; ++v) {
                const double rise = static_cast<double>(t) / static_cast<double>(shape[1]);
                const double at = level * (1 + 0.5 * static_cast<double>(b) + 0.125 * static_cast<double>(v));
                const double moved = range * (static_cast<double>(past(b, t, v)) + rise) * static_cast<double>(v + 1);
                past(b, t, v) = static_cast<float>(at + moved);
            }
        }
    }
    return past;
}

std::string name_of(const Tensor<3>& x, const char* length) {
    return shape_name({{"batch", x.shape(0)}, {length, x.shape(1)}, {"variates", x.shape(2)}});
}

/// out[b, t, v] = f(x, mean, deviation), of places that `window` may confuse.
Tensor<3, double> put_back(const Tensor<3>& x, const Tensor<2>& mean, const Tensor<2>& deviation,
                           const std::function<double(double, double, double)>& f,
                           const std::function<std::size_t(std::size_t, std::size_t, std::size_t)>& place) {
    Tensor<3, double> out(x.shape());
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t t = 0; t < x.shape(1); ++t) {
            for (std::size_t v = 0; v < x.shape(2); ++v) {
                const std::size_t at = place(b, t, v);
                out(b, t, v) = f(static_cast<double>(x(b, t, v)), static_cast<double>(mean.data()[at]),
                                 static_cast<double>(deviation.data()[at]));
            }
        }
    }
    return out;
}

void write_back(Draw& draw, const std::array<std::size_t, 3>& shape) {
    const std::size_t batch = shape[0], variates = shape[2];
    const Tensor<3> forecast = draw.uniform<3>(shape, 2), d_out = draw.uniform<3>(shape, 1);
    const Tensor<2> mean = draw.uniform<2>({batch, variates}, 30);
    Tensor<2> deviation = draw.uniform<2>({batch, variates}, 2);
    for (float& number : deviation) number += 3;
    CaseWriter writer("6.12/back", name_of(forecast, "horizon"));
    writer.in("forecast", forecast).in("mean", mean).in("deviation", deviation).in("d_out", d_out);
    const auto own = [=](std::size_t b, std::size_t, std::size_t v) { return b * variates + v; };
    const auto affine = [](double y, double m, double s) { return y * s + m; };
    writer.expected("out", put_back(forecast, mean, deviation, affine, own));
    const auto mistake = [&](const char* words, const std::function<double(double, double, double)>& f) {
        writer.mistake(words, "out", put_back(forecast, mean, deviation, f, own));
    };
    mistake("y' s: the mean is missing", [](double y, double, double s) { return y * s; });
    mistake("y' + m: the deviation is missing", [](double y, double m, double) { return y + m; });
    mistake("y' m + s: mean and deviation have changed places", [](double y, double m, double s) { return y * m + s; });
    mistake("(y' + m) s: the mean comes last", [](double y, double m, double s) { return (y + m) * s; });
    mistake("y' / s + m: the deviation is a factor", [](double y, double m, double s) { return y / s + m; });
    mistake("(y' - m) / s: the window is normalised once more",
            [](double y, double m, double s) { return (y - m) / s; });
    writer.mistake("the first window's measure for all windows", "out",
                   put_back(forecast, mean, deviation, affine, [](auto, auto, std::size_t v) { return v; }));
    if (batch == variates)
        writer.mistake("measures read as [variates, batch]", "out",
                       put_back(forecast, mean, deviation, affine,
                                [=](std::size_t b, auto, std::size_t v) { return v * batch + b; }));
    // The driver adds sum(forecast), whose gradient is 1 everywhere.
    const auto gradient = [&](const std::function<double(double, double, double)>& f) {
        return put_back(d_out, mean, deviation, f, own);
    };
    writer.expected("d_forecast", gradient([](double dy, double, double s) { return dy * s + 1; }));
    writer.mistake("d out as it is, without the deviation", "d_forecast",
                   gradient([](double dy, double, double) { return dy + 1; }));
    writer.mistake("d out over the deviation: it is a factor here", "d_forecast",
                   gradient([](double dy, double, double s) { return dy / s + 1; }));
    writer.mistake("d out s + m: the mean has no part in the gradient", "d_forecast",
                   gradient([](double dy, double m, double s) { return dy * s + m + 1; }));
    writer.mistake("the gradient of the last use alone: add to what is there, unless the slot is fresh", "d_forecast",
                   gradient([](double dy, double, double s) { return dy * s; }));
}

WB_CASES(instance_norm) {
    Draw draw(seed + 612);
    const auto windows = [&](const std::array<std::size_t, 3>& shape) {
        const Tensor<3> past = draw_windows(draw, shape, 40, 30);
        write_windows("6.12/windows", name_of(past, "lookback"), past);
    };
    windows({3, 5, 2});
    windows({2, 96, 7});
    windows({1, 7, 4});
    windows({3, 4, 3});
    windows({5, 2, 1});
    const auto quiet = [&](const std::string& name, const std::array<std::size_t, 3>& shape, double epsilon) {
        write_windows("6.12/quiet", name, draw_windows(draw, shape, 0.5, 2 * std::sqrt(epsilon)), epsilon);
    };
    quiet("epsilon_1e-5", {2, 6, 3}, 1e-5);
    quiet("epsilon_1e-3", {3, 5, 2}, 1e-3);
    quiet("epsilon_2", {2, 9, 4}, 2);
    write_windows("6.12/high", "level_1e5_movement_1", draw_windows(draw, {2, 96, 3}, 1e5, 1));
    write_windows("6.12/high", "level_1e5_movement_.1", draw_windows(draw, {2, 7, 2}, 1e5, 0.1));
    write_windows("6.12/high", "level_1e7_movement_20", draw_windows(draw, {3, 24, 2}, 1e7, 20));
    write_back(draw, {3, 4, 2});
    write_back(draw, {2, 5, 7});
    write_back(draw, {1, 1, 4});
    write_back(draw, {3, 5, 3});
}

}  // namespace
}  // namespace wb
