/// @file
/// Writes the cases of exercise 6.5: forecasts by rule, and answers of the oracle's models, whose gradients are differences. Families:
///
///     6.5/last      6.5/season     the rule's rows         6.5/d_linear  6.5/lstm   a model's forecast, and gradients
///     6.5/step      one step of an LSTM, and gradients
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "forecaster_oracle.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "mistake.hpp"

namespace wb {
namespace {

using oracle::DLinearFlaws;
using oracle::LstmFlaws;
using oracle::Matrix;
using oracle::Parameters;
using oracle::Series;

/// The row of the past that stands at row t of the forecast.
using PastRow = std::function<std::size_t(std::size_t t)>;

Series repeat(const Series& past, std::size_t horizon, const PastRow& row, bool last_window = false) {
    Series out(std::array<std::size_t, 3>{past.shape(0), horizon, past.shape(2)});
    for (std::size_t b = 0; b < past.shape(0); ++b) {
        for (std::size_t t = 0; t < horizon; ++t) {
            for (std::size_t v = 0; v < past.shape(2); ++v)
                out(b, t, v) = past(last_window ? past.shape(0) - 1 : b, row(t), v);
        }
    }
    return out;
}

void write_last(Draw& draw, const std::array<std::size_t, 3>& shape, std::size_t horizon) {
    const Tensor<3> past = draw.uniform<3>(shape, 3);
    const std::size_t rows = shape[1];
    CaseWriter writer(
        "6.5/last",
        shape_name({{"batch", shape[0]}, {"lookback", rows}, {"variates", shape[2]}, {"horizon", horizon}}));
    writer.in("past", past).number("horizon", static_cast<double>(horizon));
    const PastRow last = [=](std::size_t) { return rows - 1; };
    const Series right = repeat(past, horizon, last);
    writer.expected("out", right);
    const auto wrong = [&](const char* words, const Series& answer) { mistake(writer, words, "out", answer, right); };
    wrong("the first row again and again: the last one is the newest", repeat(past, horizon, [](auto) { return 0; }));
    wrong("the last window's last row for all: each window has its own", repeat(past, horizon, last, true));
    wrong("the last rows in reverse: only the very last is repeated",
          repeat(past, horizon, [=](std::size_t t) { return rows - 1 - t % rows; }));
    wrong("the look-back once more: only its last row is repeated",
          repeat(past, horizon, [=](std::size_t t) { return t % rows; }));
}

void write_season(Draw& draw, const std::array<std::size_t, 3>& shape, std::size_t horizon, std::size_t period) {
    const Tensor<3> past = draw.uniform<3>(shape, 3);
    const std::size_t rows = shape[1], first = rows - period;
    CaseWriter writer("6.5/season", shape_name({{"batch", shape[0]},
                                                {"lookback", rows},
                                                {"variates", shape[2]},
                                                {"horizon", horizon},
                                                {"period", period}}));
    writer.in("past", past).number("horizon", static_cast<double>(horizon));
    writer.number("period", static_cast<double>(period));
    const PastRow row = [=](std::size_t t) { return first + t % period; };
    const Series right = repeat(past, horizon, row);
    writer.expected("out", right);
    const auto wrong = [&](const char* words, const PastRow& other) {
        mistake(writer, words, "out", repeat(past, horizon, other), right);
    };
    wrong("the look-back's first season: the last one is repeated", [=](std::size_t t) { return t % period; });
    wrong("the look-back's first season, in step with the clock: the last one is repeated",
          [=](std::size_t t) { return (rows + t) % period; });
    wrong("the last row again and again: the whole last season is", [=](std::size_t) { return rows - 1; });
    wrong("the last season, and then its last row: it is repeated to the horizon's end",
          [=](std::size_t t) { return std::min(first + t, rows - 1); });
    wrong("the last season in reverse", [=](std::size_t t) { return rows - 1 - t % period; });
    wrong("the whole look-back once more: its last season is repeated", [=](std::size_t t) { return t % rows; });
    wrong("the last season begun one row late: a row is repeated one period after it was",
          [=](std::size_t t) { return first + (t + 1) % period; });
    wrong("the last season begun one row early: a row is repeated one period after it was",
          [=](std::size_t t) { return first + (t + period - 1) % period; });
    mistake(writer, "the last window's season for all: each window has its own", "out",
            repeat(past, horizon, row, true), right);
}

template <std::size_t N>
double dot(const Tensor<N, double>& a, const Tensor<N>& b) {
    double total = 0;
    for (std::size_t n = 0; n < a.size(); ++n) total += a.data()[n] * static_cast<double>(b.data()[n]);
    return total;
}

/// d loss / d number, by central differences: with numbers of about 1 in double, some 1e-10 off.
double slope(double& number, const std::function<double()>& loss) {
    constexpr double step = 1e-5;
    const double before = number;
    number = before + step;
    const double up = loss();
    number = before - step;
    const double down = loss();
    number = before;
    return (up - down) / (2 * step);
}

template <std::size_t N>
Tensor<N, double> slopes(Tensor<N, double>& numbers, const std::function<double()>& loss) {
    Tensor<N, double> result(numbers.shape());
    for (std::size_t n = 0; n < numbers.size(); ++n) result.data()[n] = slope(numbers.data()[n], loss);
    return result;
}

void write_step(Draw& draw, std::size_t batch, std::size_t hidden) {
    const Tensor<2> gates = draw.uniform<2>({batch, 4 * hidden}, 2), cell = draw.uniform<2>({batch, hidden}, 1.5);
    const Tensor<2> d_out = draw.uniform<2>({batch, 2 * hidden}, 1);
    CaseWriter writer("6.5/step", shape_name({{"batch", batch}, {"hidden", hidden}}));
    writer.in("gates", gates).in("cell", cell).in("d_out", d_out);
    const Matrix right = oracle::lstm_step(gates, cell);
    writer.expected("out", right);
    const auto wrong = [&](const char* words, const LstmFlaws& flaws) {
        mistake(writer, words, "out", oracle::lstm_step(gates, cell, flaws), right);
    };
    wrong("gates in the order f i g o: they stand i f g o", {.order = {1, 0, 2, 3}});
    wrong("gates in the order i f o g: they stand i f g o", {.order = {0, 1, 3, 2}});
    wrong("gates in the order i g f o: they stand i f g o", {.order = {0, 2, 1, 3}});
    wrong("gates in the order o f g i: they stand i f g o", {.order = {3, 1, 2, 0}});
    wrong("the four gates of a unit side by side: first come all i, then all f, all g and all o",
          {.interleaved = true});
    wrong("h' = o c': a tanh belongs between", {.plain_cell = true});
    wrong("g by a sigmoid: it is what is written, of either sign, by a tanh", {.sigmoid_g = true});
    wrong("c' before h': h' comes first", {.exchanged = true});

    Matrix a = gates, c = cell;
    const auto gradients = [&](const Tensor<2>& d) {
        const auto loss = [&] { return dot(oracle::lstm_step(a, c), d); };
        return std::pair{slopes(a, loss), slopes(c, loss)};
    };
    const auto [d_gates, d_cell] = gradients(d_out);
    writer.expected("d_gates", d_gates).expected("d_cell", d_cell);
    for (const bool of_h : {true, false}) {  // the gradient through one half of the result
        Tensor<2> half = d_out;
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t k = 0; k < hidden; ++k) half(b, of_h ? hidden + k : k) = 0;
        }
        auto [part_of_gates, part_of_cell] = gradients(half);
        for (std::size_t b = 0; b < batch; ++b) {  // o's gradient is right in either way
            for (std::size_t k = 3 * hidden; k < 4 * hidden; ++k) part_of_gates(b, k) = d_gates(b, k);
        }
        const std::string words = of_h ? "what comes through h' alone: c' has a gradient of its own"
                                       : "what comes through c' alone: h' is made of c', too";
        mistake(writer, words, "d_gates", part_of_gates, d_gates);
        mistake(writer, words, "d_cell", part_of_cell, d_cell);
    }
}

using Forecast = std::function<Series(const Series& past, Parameters& parameters)>;
using Shapes = std::vector<std::pair<std::string, std::size_t>>;

/// A model's parameters and question, its answer, and all gradients.
struct Question {
    Series past;
    Parameters parameters;
    Series out;
};

Question write_model(CaseWriter& writer, Draw& draw, const std::array<std::size_t, 3>& shape, std::size_t horizon,
                     const Shapes& sizes, double range, const Forecast& forecast) {
    const Tensor<3> past = draw.uniform<3>(shape, 2), d_out = draw.uniform<3>({shape[0], horizon, shape[2]}, 1);
    writer.in("past", past).in("d_out", d_out).number("horizon", static_cast<double>(horizon));
    Question q;
    q.past = past;
    for (const auto& [name, size] : sizes) {
        const Tensor<1> drawn = draw.uniform<1>({size}, range);
        writer.in(name, drawn);
        q.parameters[name].assign(drawn.begin(), drawn.end());
    }
    q.out = forecast(q.past, q.parameters);
    writer.expected("out", q.out);
    const auto loss = [&] { return dot(forecast(q.past, q.parameters), d_out); };
    writer.expected("d_past", slopes(q.past, loss));
    for (auto& [name, numbers] : q.parameters) {
        Tensor<1, double> gradient(std::array<std::size_t, 1>{numbers.size()});
        for (std::size_t n = 0; n < numbers.size(); ++n) gradient(n) = slope(numbers[n], loss);
        writer.expected("d_" + name, gradient);
    }
    return q;
}

void write_d_linear(Draw& draw, const std::array<std::size_t, 3>& shape, std::size_t horizon, long window) {
    CaseWriter writer("6.5/d_linear", shape_name({{"batch", shape[0]},
                                                  {"lookback", shape[1]},
                                                  {"variates", shape[2]},
                                                  {"horizon", horizon},
                                                  {"window", static_cast<std::size_t>(window)}}));
    writer.number("window", static_cast<double>(window));
    const std::size_t size = horizon * shape[1];
    Question q = write_model(
        writer, draw, shape, horizon,
        {{"trend.weight", size}, {"trend.bias", horizon}, {"seasonal.weight", size}, {"seasonal.bias", horizon}}, 0.5,
        [=](const Series& past, Parameters& parameters) { return oracle::d_linear(past, parameters, window); });
    const auto wrong = [&](const char* words, const DLinearFlaws& flaws) {
        mistake(writer, words, "out", oracle::d_linear(q.past, q.parameters, window, flaws), q.out);
    };
    wrong("the forecast with the two matrices exchanged", {.exchanged = true});
    wrong("the forecast by the trend alone", {.only_trend = true});
    wrong("the forecast by the season alone", {.only_seasonal = true});
    wrong("the forecast with the whole past for its seasonal part", {.whole_for_seasonal = true});
    wrong("the forecast by the trend's matrix for both parts", {.one_matrix = true});
    wrong("the forecast without biases", {.no_bias = true});
    wrong("the forecast with an average over variates: decompose along time, before axes are exchanged",
          {.across_variates = true});
    wrong("the forecast read as [variates, horizon]: exchange the axes back, do not reshape", {.reshaped = true});
    wrong("the forecast of the past read as [variates, lookback]: exchange the axes, do not reshape",
          {.reshaped_past = true});
}

void write_lstm(Draw& draw, const std::array<std::size_t, 3>& shape, std::size_t hidden, std::size_t horizon) {
    const std::size_t variates = shape[2];
    CaseWriter writer("6.5/lstm", shape_name({{"batch", shape[0]},
                                              {"lookback", shape[1]},
                                              {"variates", variates},
                                              {"hidden", hidden},
                                              {"horizon", horizon}}));
    writer.number("hidden", static_cast<double>(hidden));
    Question q = write_model(
        writer, draw, shape, horizon,
        {{"input.weight", 4 * hidden * variates},
         {"input.bias", 4 * hidden},
         {"recurrent.weight", 4 * hidden * hidden},
         {"output.weight", horizon * variates * hidden},
         {"output.bias", horizon * variates}},
        0.8, [](const Series& past, Parameters& parameters) { return oracle::lstm_forecast(past, parameters); });
    const auto wrong = [&](const char* words, const LstmFlaws& flaws) {
        mistake(writer, words, "out", oracle::lstm_forecast(q.past, q.parameters, flaws), q.out);
    };
    wrong("the forecast with h = 0 before each row: h is what the row before has left", {.forgets_h = true});
    wrong("the forecast with c = 0 before each row: c is what the row before has left", {.forgets_c = true});
    wrong("the forecast that reads the last row first", {.backwards = true});
    wrong("the forecast by the last row alone", {.last_row_only = true});
    wrong("output(c): the last hidden state h says the horizon", {.says_c = true});
    wrong("output of the mean of all h: the last one says the horizon", {.says_mean = true});
    wrong("output's numbers as [variates, horizon]: they are the horizon row by row", {.by_variate = true});
    wrong("the forecast with h and c exchanged after each step", {.exchanged = true});
    wrong("the forecast with gates in the order f i g o: they stand i f g o", {.order = {1, 0, 2, 3}});
    wrong("the forecast with gates in the order i f o g: they stand i f g o", {.order = {0, 1, 3, 2}});
}

WB_CASES(baselines) {
    Draw draw(seed + 65);
    write_last(draw, {2, 5, 3}, 4);
    write_last(draw, {3, 1, 2}, 7);
    write_last(draw, {4, 3, 5}, 1);
    write_season(draw, {2, 9, 3}, 10, 4);  // neither look-back nor horizon whole seasons
    write_season(draw, {3, 7, 2}, 4, 5);
    write_season(draw, {1, 6, 4}, 13, 6);
    write_season(draw, {2, 5, 3}, 3, 1);
    write_step(draw, 3, 4);
    write_step(draw, 2, 5);
    write_step(draw, 5, 1);
    write_step(draw, 1, 3);
    write_d_linear(draw, {2, 7, 3}, 4, 3);
    write_d_linear(draw, {3, 5, 2}, 6, 9);
    write_d_linear(draw, {1, 8, 5}, 3, 5);
    write_lstm(draw, {2, 5, 3}, 4, 2);
    write_lstm(draw, {3, 4, 2}, 5, 3);
    write_lstm(draw, {1, 7, 1}, 3, 6);
}

}  // namespace
}  // namespace wb
