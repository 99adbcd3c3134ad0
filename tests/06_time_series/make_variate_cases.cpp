/// @file
/// Writes the cases of exercise 6.11 that stand around the model. Families:
///
///     6.11/normalised  a linear model inside normalised_forecast, with gradients       6.11/map  one map out of many
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "wb/tensor.hpp"

namespace wb {
namespace {

/// A window's level and movement, by [batch, variates].
struct Measure {
    Tensor<2, double> mean, deviation;
};

Measure measure(const Tensor<3>& past, double epsilon) {
    const std::size_t batch = past.shape(0), lookback = past.shape(1), variates = past.shape(2);
    Measure of{zeros<2, double>({batch, variates}), zeros<2, double>({batch, variates})};
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t v = 0; v < variates; ++v) {
            double sum = 0, squares = 0;
            for (std::size_t t = 0; t < lookback; ++t) sum += static_cast<double>(past(b, t, v));
            const double mean = sum / static_cast<double>(lookback);
            for (std::size_t t = 0; t < lookback; ++t)
                squares += std::pow(static_cast<double>(past(b, t, v)) - mean, 2);
            of.mean(b, v) = mean;
            of.deviation(b, v) = std::sqrt(squares / static_cast<double>(lookback) + epsilon);
        }
    }
    return of;
}

using Moved = std::function<double(double number, double mean, double deviation)>;

Tensor<3, double> moved(const Tensor<3, double>& x, const Measure& of, const Moved& move) {
    Tensor<3, double> y(x.shape());
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t t = 0; t < x.shape(1); ++t) {
            for (std::size_t v = 0; v < x.shape(2); ++v)
                y(b, t, v) = move(x(b, t, v), of.mean(b, v), of.deviation(b, v));
        }
    }
    return y;
}

/// sum_t weight[h, t] x[b, t, v] + bias[h]
Tensor<3, double> linear_model(const Tensor<3, double>& x, const Tensor<2>& weight, const Tensor<1>& bias) {
    Tensor<3, double> y = zeros<3, double>({x.shape(0), weight.shape(0), x.shape(2)});
    for (std::size_t b = 0; b < y.shape(0); ++b) {
        for (std::size_t h = 0; h < y.shape(1); ++h) {
            for (std::size_t v = 0; v < y.shape(2); ++v) {
                y(b, h, v) = static_cast<double>(bias(h));
                for (std::size_t t = 0; t < x.shape(1); ++t)
                    y(b, h, v) += static_cast<double>(weight(h, t)) * x(b, t, v);
            }
        }
    }
    return y;
}

/// Gradients of sum(out * d_out), where out's numbers are the model's times `scale`.
void write_gradients(CaseWriter& writer, const Tensor<3, double>& asked, const Tensor<3>& d_out,
                     const Tensor<2, double>& scale, const std::string& mistake) {
    const std::size_t horizon = d_out.shape(1), lookback = asked.shape(1);
    Tensor<2, double> d_weight = zeros<2, double>({horizon, lookback});
    Tensor<1, double> d_bias = zeros<1, double>({horizon});
    for (std::size_t b = 0; b < d_out.shape(0); ++b) {
        for (std::size_t h = 0; h < horizon; ++h) {
            for (std::size_t v = 0; v < d_out.shape(2); ++v) {
                const double dy = static_cast<double>(d_out(b, h, v)) * scale(b, v);
                d_bias(h) += dy;
                for (std::size_t t = 0; t < lookback; ++t) d_weight(h, t) += dy * asked(b, t, v);
            }
        }
    }
    if (mistake.empty()) {
        writer.expected("d_weight", d_weight).expected("d_bias", d_bias);
    } else {
        writer.mistake(mistake, "d_weight", d_weight);
    }
}

void write_normalised(Draw& draw, const std::string& name, const std::array<std::size_t, 4>& sizes, double level,
                      double range) {
    const auto [batch, lookback, variates, horizon] = sizes;
    Tensor<3> past = draw.uniform<3>({batch, lookback, variates}, 1);
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < lookback; ++t) {
            for (std::size_t v = 0; v < variates; ++v) {
                const double at = level * (1 + 0.5 * static_cast<double>(b) + 0.25 * static_cast<double>(v));
                past(b, t, v) = static_cast<float>(at + range * static_cast<double>(past(b, t, v)) *
                                                            static_cast<double>(v + 1) / static_cast<double>(b + 1));
            }
        }
    }
    const Tensor<2> weight = draw.uniform<2>({horizon, lookback}, 0.5);
    const Tensor<1> bias = draw.uniform<1>({horizon}, 1);
    const Tensor<3> d_out = draw.uniform<3>({batch, horizon, variates}, 1);
    Tensor<3, double> wide(past.shape());
    std::copy(past.begin(), past.end(), wide.begin());

    const Moved normalise = [](double x, double m, double s) { return (x - m) / s; };
    const Moved put_back = [](double y, double m, double s) { return y * s + m; };
    const Measure own = measure(past, 1e-5);
    const Tensor<3, double> asked = moved(wide, own, normalise), said = linear_model(asked, weight, bias);
    CaseWriter writer("6.11/normalised", name);
    writer.in("past", past).in("weight", weight).in("bias", bias).in("d_out", d_out);
    writer.expected("asked", asked).expected("out", moved(said, own, put_back));
    writer.mistake("the past as it is: the model is to be asked about windows in their own measure", "asked", wide);
    writer.mistake("windows without their level, but not over their deviation", "asked",
                   moved(wide, own, [](double x, double m, double) { return x - m; }));
    writer.mistake("what the model says about the past as it is", "out", linear_model(wide, weight, bias));
    writer.mistake("what the model says about the past as it is, put back: it was never normalised", "out",
                   moved(linear_model(wide, weight, bias), own, put_back));
    writer.mistake("what the model says, in the measure of each window: it was not put back", "out", said);
    writer.mistake("windows put back by their level alone", "out",
                   moved(said, own, [](double y, double m, double) { return y + m; }));
    writer.mistake("windows put back by their deviation alone", "out",
                   moved(said, own, [](double y, double, double s) { return y * s; }));
    if (range < 0.1) {
        const Measure other = measure(past, 1e-8);
        writer.mistake("an epsilon of 1e-8: normalise_windows has one of its own, 1e-5", "asked",
                       moved(wide, other, normalise));
    }
    write_gradients(writer, asked, d_out, own.deviation, "");
    write_gradients(writer, asked, d_out, full<2, double>({batch, variates}, 1),
                    "gradients that have not passed the deviation");
    write_gradients(writer, wide, d_out, own.deviation, "gradients of a model that was asked about the past as it is");
}

using Maps = std::vector<Tensor<4, double>>;

/// sum over blocks and heads of factor(n, h) weights[n][entry, h, i, j], over `count`
Tensor<2, double> mixed(const Maps& weights,
                        const std::function<double(std::size_t n, std::size_t b, std::size_t h)>& factor,
                        double count) {
    const std::size_t variates = weights[0].shape(2);
    Tensor<2, double> map = zeros<2, double>({variates, variates});
    for (std::size_t n = 0; n < weights.size(); ++n) {
        for (std::size_t b = 0; b < weights[n].shape(0); ++b) {
            for (std::size_t h = 0; h < weights[n].shape(1); ++h) {
                for (std::size_t i = 0; i < variates; ++i) {
                    for (std::size_t j = 0; j < variates; ++j)
                        map(i, j) += factor(n, b, h) * weights[n](b, h, i, j) / count;
                }
            }
        }
    }
    return map;
}

Tensor<2, double> transposed(const Tensor<2, double>& x) {
    Tensor<2, double> y(x.shape());
    for (std::size_t i = 0; i < x.shape(0); ++i) {
        for (std::size_t j = 0; j < x.shape(0); ++j) y(j, i) = x(i, j);
    }
    return y;
}

/// The blocks' means, multiplied: the last block's from the left.
Tensor<2, double> rollout(const Maps& weights, std::size_t entry, double heads) {
    Tensor<2, double> product;
    for (std::size_t n = 0; n < weights.size(); ++n) {
        const Tensor<2, double> mean = mixed(
            {weights[n]}, [=](auto, std::size_t b, auto) { return b == entry ? 1 : 0; }, heads);
        if (n == 0) {
            product = mean;
            continue;
        }
        Tensor<2, double> next = zeros<2, double>({mean.shape(0), mean.shape(0)});
        for (std::size_t i = 0; i < mean.shape(0); ++i) {
            for (std::size_t j = 0; j < mean.shape(0); ++j)
                for (std::size_t k = 0; k < mean.shape(0); ++k) next(i, j) += mean(i, k) * product(k, j);
        }
        product = next;
    }
    return product;
}

void write_map(Draw& draw, std::size_t blocks, std::size_t batch, std::size_t heads, std::size_t variates,
               std::size_t entry) {
    CaseWriter writer(
        "6.11/map",
        shape_name({{"blocks", blocks}, {"batch", batch}, {"heads", heads}, {"variates", variates}, {"entry", entry}}));
    Maps weights;
    for (std::size_t n = 0; n < blocks; ++n) {
        Tensor<4> one = draw.uniform<4>({batch, heads, variates, variates}, 2);
        for (std::size_t row = 0; row < batch * heads * variates; ++row) {
            float* at = one.data() + row * variates;
            float total = 0;
            for (std::size_t j = 0; j < variates; ++j) total += at[j] = std::exp(at[j]);
            for (std::size_t j = 0; j < variates; ++j) at[j] /= total;
        }
        writer.in("weights." + std::to_string(n), one);
        weights.push_back(zeros<4, double>({batch, heads, variates, variates}));
        std::copy(one.begin(), one.end(), weights.back().begin());
    }
    writer.number("blocks", static_cast<double>(blocks)).number("entry", static_cast<double>(entry));
    const auto all = static_cast<double>(blocks * heads), of_heads = static_cast<double>(heads);
    const auto own = [=](auto, std::size_t b, auto) { return b == entry ? 1.0 : 0.0; };
    const Tensor<2, double> right = mixed(weights, own, all);
    writer.expected("map", right);
    writer.mistake("the map turned round: the row asks, the column is asked", "map", transposed(right));
    writer.mistake("the last block's map: the mean is over all blocks", "map", mixed({weights.back()}, own, of_heads));
    writer.mistake("the first block's map: the mean is over all blocks", "map",
                   mixed({weights.front()}, own, of_heads));
    writer.mistake("the first head's map: the mean is over all heads", "map",
                   mixed(
                       weights, [=](auto, std::size_t b, std::size_t h) { return b == entry && h == 0 ? 1.0 : 0.0; },
                       static_cast<double>(blocks)));
    writer.mistake("a sum: it has still to be divided by blocks and heads", "map", mixed(weights, own, 1));
    writer.mistake("a sum over blocks of means over heads", "map", mixed(weights, own, of_heads));
    writer.mistake("a sum over heads of means over blocks", "map", mixed(weights, own, static_cast<double>(blocks)));
    if (batch > 1) {
        writer.mistake("the mean over the batch: only one entry is asked for", "map",
                       mixed(
                           weights, [](auto, auto, auto) { return 1.0; }, all * static_cast<double>(batch)));
        writer.mistake(
            "another entry of the batch", "map",
            mixed(
                weights, [=](auto, std::size_t b, auto) { return b == (entry == 0 ? 1 : 0) ? 1.0 : 0.0; }, all));
    }
    if (blocks > 1)
        writer.mistake(
            "the product of the blocks' maps: that is a rollout (4.7), with what it says about residuals left out",
            "map", rollout(weights, entry, of_heads));
}

}  // namespace

WB_CASES(variates) {
    Draw draw(seed + 6111);
    write_normalised(draw, "levels", {3, 8, 2, 5}, 40, 10);
    write_normalised(draw, "one_window", {1, 24, 7, 12}, -300, 90);
    write_normalised(draw, "quiet", {2, 6, 3, 4}, 0.5, 0.005);
    write_map(draw, 2, 3, 4, 5, 1);
    write_map(draw, 3, 2, 2, 7, 0);
    write_map(draw, 1, 4, 3, 4, 3);
}

}  // namespace wb
