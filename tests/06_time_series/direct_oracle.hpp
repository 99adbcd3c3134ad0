/// @file
/// The direct forecaster of exercise 6.8 in float64, of the case maker's own, right and wrong. Its linear layers and blocks are
/// tests/oracles/forecast_oracle's.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "direct_head.hpp"
#include "forecast_oracle.hpp"

namespace wb::oracle {

/// Tokens [batch, tokens, d_model], vectors [1, batch, pooled].
using Tokens = Tensor<3, double>;

/// Ways to make a vector of tokens; the first three are right.
enum class Pool { last, average, flatten, first, total, largest, without_last, by_channel, of_all_windows };

inline Tokens pool(const Tokens& x, Pool how) {
    const std::size_t batch = x.shape(0), tokens = x.shape(1), d_model = x.shape(2);
    const bool wide = how == Pool::flatten || how == Pool::by_channel;
    Tokens y = zeros<3, double>({1, batch, wide ? tokens * d_model : d_model});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t c = 0; c < d_model; ++c) {
            if (how == Pool::largest) y(0, b, c) = x(b, 0, c);
            for (std::size_t t = 0; t < tokens; ++t) {
                const double number = x(b, t, c), count = static_cast<double>(tokens);
                if (how == Pool::flatten) y(0, b, t * d_model + c) = number;
                if (how == Pool::by_channel) y(0, b, c * tokens + t) = number;
                if (how == Pool::average) y(0, b, c) += number / count;
                if (how == Pool::total) y(0, b, c) += number;
                if (how == Pool::without_last && t + 1 < tokens) y(0, b, c) += number / (count - 1);
                if (how == Pool::largest) y(0, b, c) = std::max(y(0, b, c), number);
                if (how == Pool::first && t == 0) y(0, b, c) = number;
                if (how == Pool::last && t + 1 == tokens) y(0, b, c) = number;
                if (how == Pool::of_all_windows) {
                    for (std::size_t other = 0; other < batch; ++other)
                        y(0, other, c) += number / count / static_cast<double>(batch);
                }
            }
        }
    }
    return y;
}

inline Pool right_pool(Pooling pooling) {
    return pooling == Pooling::last ? Pool::last : pooling == Pooling::average ? Pool::average : Pool::flatten;
}

/// What is wrong with a forecast.
struct DirectFlaws {
    bool by_variate = false;         ///< the head's numbers as [variates, horizon]
    bool last_row_first = false;     ///< rows of the answer
    bool no_calendar = false;        ///<
    bool no_places = false;          ///<
    bool places_behind = false;      ///< the first row at place `lookback`
    bool no_blocks = false;          ///<
    bool first_block_again = false;  ///< in place of the others
    bool last_block_alone = false;   ///< every block reads the tokens
    bool normalised = false;         ///< each window by its own mean and deviation, and not put back
    bool plus_last_row = false;      ///< the last row added to each of the answer's
    const Pool* pool = nullptr;      ///< another one
};

/// @param parameters  of the model, "past" and "calendar"
inline Tokens direct_forecast(const ForecastParameters& parameters, const DirectOptions& options, std::size_t batch,
                              const DirectFlaws& flaws = {}) {
    const auto numbers = [&](const char* name, std::size_t width) {
        Tokens x = zeros<3, double>({batch, options.lookback, width});
        std::copy(parameters[name].begin(), parameters[name].end(), x.begin());
        return x;
    };
    Tokens past = numbers("past", options.variates);
    const Tokens calendar = numbers("calendar", options.features);
    const std::size_t rows = options.lookback, d_model = options.blocks.d_model;
    for (std::size_t n = 0; n < batch * options.variates && flaws.normalised; ++n) {
        const std::size_t b = n / options.variates, v = n % options.variates;
        double mean = 0, square = 0;
        for (std::size_t t = 0; t < rows; ++t) mean += past(b, t, v) / static_cast<double>(rows);
        for (std::size_t t = 0; t < rows; ++t) square += std::pow(past(b, t, v) - mean, 2) / static_cast<double>(rows);
        for (std::size_t t = 0; t < rows; ++t) past(b, t, v) = (past(b, t, v) - mean) / std::sqrt(square + 1e-5);
    }
    Tokens x = linear(parameters, "embedding.value", past);
    const std::vector<double>& of_calendar = parameters["embedding.calendar.weight"];
    for (std::size_t n = 0; n < x.size(); ++n) {
        const std::size_t b = n / (rows * d_model), t = n / d_model % rows, c = n % d_model;
        const double power = static_cast<double>(c - c % 2) / static_cast<double>(d_model);
        const double angle = static_cast<double>(flaws.places_behind ? rows + t : t) * std::pow(1e4, -power);
        if (!flaws.no_places) x(b, t, c) += c % 2 == 0 ? std::sin(angle) : std::cos(angle);
        for (std::size_t f = 0; f < options.features && !flaws.no_calendar; ++f)
            x(b, t, c) += of_calendar[c * options.features + f] * calendar(b, t, f);
    }
    const Tokens tokens = x;
    for (std::size_t n = 0; n < options.blocks.layers && !flaws.no_blocks; ++n) {
        const std::string prefix = "blocks." + std::to_string(flaws.first_block_again ? 0 : n) + ".";
        x = encoder_block(parameters, prefix, options.blocks.heads, flaws.last_block_alone ? tokens : x);
    }
    const Tokens said =
        linear(parameters, "head", pool(x, flaws.pool != nullptr ? *flaws.pool : right_pool(options.pooling)));
    Tokens out = zeros<3, double>({batch, options.horizon, options.variates});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t h = 0; h < options.horizon; ++h) {
            for (std::size_t v = 0; v < options.variates; ++v) {
                const std::size_t row = flaws.last_row_first ? options.horizon - 1 - h : h;
                out(b, h, v) = said(0, b, flaws.by_variate ? v * options.horizon + row : row * options.variates + v);
                if (flaws.plus_last_row) out(b, h, v) += past(b, rows - 1, v);
            }
        }
    }
    return out;
}

}  // namespace wb::oracle
