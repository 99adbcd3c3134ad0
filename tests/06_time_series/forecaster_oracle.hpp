/// @file
/// DLinear and the LSTM of exercise 6.5 in double, of the case maker's own, right and wrong. Parameters are numbers by name, so that one
/// of them can be moved for a difference.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "wb/tensor.hpp"
#include "window_means.hpp"

namespace wb::oracle {

using Matrix = Tensor<2, double>;
using Numbers = std::vector<double>;
using Parameters = std::map<std::string, Numbers>;

/// What is wrong with an LSTM.
struct LstmFlaws {
    std::array<std::size_t, 4> order{0, 1, 2, 3};  ///< where i, f, g and o stand
    bool interleaved = false;                      ///< the four gates of a unit side by side
    bool plain_cell = false;                       ///< h' = o c'
    bool sigmoid_g = false;                        ///<
    bool exchanged = false;                        ///< c' before h'
    bool forgets_h = false, forgets_c = false;
    bool backwards = false;      ///< the last row first
    bool last_row_only = false;  ///<
    bool says_c = false;         ///< output(c)
    bool says_mean = false;      ///< output(mean of all h)
    bool by_variate = false;     ///< output's numbers as [variates, horizon]
};

/// One step: [batch, 4 hidden], [batch, hidden] -> [batch, 2 hidden].
inline Matrix lstm_step(const Matrix& gates, const Matrix& cell, const LstmFlaws& flaws = {}) {
    const std::size_t hidden = cell.shape(1);
    Matrix out(std::array<std::size_t, 2>{cell.shape(0), 2 * hidden});
    const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
    for (std::size_t b = 0; b < cell.shape(0); ++b) {
        for (std::size_t k = 0; k < hidden; ++k) {
            const auto gate = [&](std::size_t n) {
                return gates(b, flaws.interleaved ? 4 * k + flaws.order[n] : flaws.order[n] * hidden + k);
            };
            const double g = flaws.sigmoid_g ? sigmoid(gate(2)) : std::tanh(gate(2));
            const double c = sigmoid(gate(1)) * cell(b, k) + sigmoid(gate(0)) * g;
            const double h = sigmoid(gate(3)) * (flaws.plain_cell ? c : std::tanh(c));
            out(b, k) = flaws.exchanged ? c : h;
            out(b, hidden + k) = flaws.exchanged ? h : c;
        }
    }
    return out;
}

/// x weight^T (+ bias), row by row.
inline Matrix linear(const Matrix& x, const Numbers& weight, const Numbers& bias) {
    const std::size_t in = x.shape(1), out = weight.size() / in;
    Matrix y(std::array<std::size_t, 2>{x.shape(0), out});
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t o = 0; o < out; ++o) {
            y(b, o) = bias.empty() ? 0 : bias[o];
            for (std::size_t i = 0; i < in; ++i) y(b, o) += weight[o * in + i] * x(b, i);
        }
    }
    return y;
}

inline Series lstm_forecast(const Series& past, Parameters& parameters, const LstmFlaws& flaws = {}) {
    const std::size_t batch = past.shape(0), rows = past.shape(1), variates = past.shape(2);
    const std::size_t hidden = parameters["input.bias"].size() / 4;
    Matrix h(std::array<std::size_t, 2>{batch, hidden}), c = h, x(std::array<std::size_t, 2>{batch, variates});
    h.fill(0);
    c.fill(0);
    Matrix mean = h;
    for (std::size_t n = flaws.last_row_only ? rows - 1 : 0; n < rows; ++n) {
        const std::size_t t = flaws.backwards ? rows - 1 - n : n;
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t v = 0; v < variates; ++v) x(b, v) = past(b, t, v);
        }
        if (flaws.forgets_h) h.fill(0);
        if (flaws.forgets_c) c.fill(0);
        Matrix gates = linear(x, parameters["input.weight"], parameters["input.bias"]);
        gates += linear(h, parameters["recurrent.weight"], {});
        const Matrix next = lstm_step(gates, c, flaws);
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t k = 0; k < hidden; ++k) {
                h(b, k) = next(b, k);
                c(b, k) = next(b, hidden + k);
                mean(b, k) += h(b, k) / static_cast<double>(rows);
            }
        }
    }
    const Matrix& said = flaws.says_c ? c : flaws.says_mean ? mean : h;
    const Matrix y = linear(said, parameters["output.weight"], parameters["output.bias"]);
    const std::size_t horizon = y.shape(1) / variates;
    Series out(std::array<std::size_t, 3>{batch, horizon, variates});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < horizon; ++t) {
            for (std::size_t v = 0; v < variates; ++v)
                out(b, t, v) = y(b, flaws.by_variate ? v * horizon + t : t * variates + v);
        }
    }
    return out;
}

/// What is wrong with DLinear.
struct DLinearFlaws {
    bool exchanged = false, only_trend = false, only_seasonal = false, whole_for_seasonal = false, one_matrix = false;
    bool no_bias = false;
    bool across_variates = false;  ///< the average is
    bool reshaped = false;         ///< [variates, horizon] taken for [horizon, variates]
    bool reshaped_past = false;    ///< [lookback, variates] taken for [variates, lookback]
};

inline Series d_linear(const Series& past, Parameters& parameters, long window, const DLinearFlaws& flaws = {}) {
    const std::size_t batch = past.shape(0), rows = past.shape(1), variates = past.shape(2);
    const std::size_t horizon = parameters["trend.bias"].size();
    Series trend = window_means(past, window);
    if (flaws.across_variates) trend = xt::transpose(window_means(xt::transpose(past, {0, 2, 1}), window), {0, 2, 1});
    Series out(std::array<std::size_t, 3>{batch, horizon, variates});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t h = 0; h < horizon; ++h) {
            for (std::size_t v = 0; v < variates; ++v) {
                double by_trend = flaws.no_bias ? 0 : parameters["trend.bias"][h];
                double by_season = flaws.no_bias ? 0 : parameters["seasonal.bias"][h];
                for (std::size_t t = 0; t < rows; ++t) {
                    const std::size_t place = flaws.reshaped_past ? v * rows + t : t * variates + v;
                    const double x = past.data()[b * rows * variates + place];
                    double slow = trend.data()[b * rows * variates + place], rest = x - slow;
                    if (flaws.whole_for_seasonal) rest = x;
                    if (flaws.exchanged) std::swap(slow, rest);
                    const std::size_t at = h * rows + t;
                    by_trend += parameters["trend.weight"][at] * slow;
                    by_season += parameters[flaws.one_matrix ? "trend.weight" : "seasonal.weight"][at] * rest;
                }
                const std::size_t to = flaws.reshaped ? v * horizon + h : h * variates + v;
                out.data()[b * horizon * variates + to] =
                    (flaws.only_seasonal ? 0 : by_trend) + (flaws.only_trend ? 0 : by_season);
            }
        }
    }
    return out;
}

}  // namespace wb::oracle
