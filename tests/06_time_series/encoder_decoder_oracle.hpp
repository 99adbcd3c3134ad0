/// @file
/// The encoder-decoder of exercise 6.7 in float64, of the case maker's own, right and wrong.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "decoder_oracle.hpp"
#include "encoder_decoder.hpp"
#include "forecast_oracle.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle::encoder_decoder {

using Numbers = Tensor<3, double>;

/// What is wrong with a forecast.
struct Flaws {
    int first = -1;                ///< place of the decoder's first row; -1: lookback - label
    int calendar = -1;             ///< the decoder's first row of it; -1: the same
    bool encoder_late = false;     ///< the encoder reads the calendar's last rows
    bool no_calendar = false;      ///< of the decoder
    bool first_rows = false;       ///< the answer: of the decoder's first rows
    bool early_label = false;      ///< the past's first rows shown again
    bool held = false;             ///< the last row in place of the empty ones
    bool one_embedding = false;    ///< the encoder's for both
    bool bare_memory = false;      ///< the embedded past, without blocks
    bool memory_moves_on = false;  ///< each block reads what the block before it has made
    bool first_again = false;      ///< the first decoder's block in place of the others
    bool last_alone = false;       ///< every decoder's block reads the tokens
    bool windows_meet = false;     ///< the first window's memory for all
    DecoderBlockFlaws block = {};
    std::vector<double> factors = {};  ///< of each channel of the decoder's rows; none: 1
};

/// value(x) + PE[first + t] + calendar(rows from `from` on)
inline Numbers embedded(const ForecastParameters& parameters, const std::string& name, const Numbers& x,
                        const Numbers& calendar, std::size_t from, std::size_t first, bool no_calendar = false) {
    Numbers tokens = linear(parameters, name + ".value", x);
    const std::vector<double>& matrix = parameters[name + ".calendar.weight"];
    const std::size_t features = calendar.shape(2), d_model = tokens.shape(2);
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t t = 0; t < x.shape(1); ++t) {
            for (std::size_t d = 0; d < d_model; ++d) {
                const double power = static_cast<double>(d - d % 2) / static_cast<double>(d_model);
                const double angle = static_cast<double>(first + t) * std::pow(1e4, -power);
                tokens(b, t, d) += d % 2 == 0 ? std::sin(angle) : std::cos(angle);
                for (std::size_t f = 0; f < features && !no_calendar; ++f)
                    tokens(b, t, d) += matrix[d * features + f] * calendar(b, from + t, f);
            }
        }
    }
    return tokens;
}

inline Numbers rows(const Numbers& x, std::size_t begin, std::size_t count) {
    Numbers y = zeros<3, double>({x.shape(0), count, x.shape(2)});
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t t = 0; t < count; ++t) {
            for (std::size_t c = 0; c < x.shape(2); ++c) y(b, t, c) = x(b, begin + t, c);
        }
    }
    return y;
}

inline Numbers input(const ForecastParameters& parameters, const std::string& name, std::size_t length,
                     std::size_t width) {
    const std::vector<double>& values = parameters[name];
    Numbers x = zeros<3, double>({values.size() / length / width, length, width});
    std::copy(values.begin(), values.end(), x.begin());
    return x;
}

inline Numbers asked(const Numbers& past, const EncoderDecoderOptions& options, const Flaws& flaws) {
    Numbers x = zeros<3, double>({past.shape(0), options.label + options.horizon, past.shape(2)});
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t t = 0; t < x.shape(1); ++t) {
            for (std::size_t v = 0; v < x.shape(2); ++v) {
                if (t < options.label)
                    x(b, t, v) = past(b, flaws.early_label ? t : options.lookback - options.label + t, v);
                else if (flaws.held)
                    x(b, t, v) = past(b, options.lookback - 1, v);
            }
        }
    }
    return x;
}

inline Numbers memory_of(const ForecastParameters& parameters, const EncoderDecoderOptions& options,
                         const Flaws& flaws) {
    const Numbers past = input(parameters, "past", options.lookback, options.variates);
    const Numbers calendar = input(parameters, "calendar", options.lookback + options.horizon, options.features);
    Numbers memory =
        embedded(parameters, "encoder_embedding", past, calendar, flaws.encoder_late ? options.horizon : 0, 0);
    for (std::size_t n = 0; n < options.blocks.layers && !flaws.bare_memory; ++n)
        memory = encoder_block(parameters, "encoder." + std::to_string(n) + ".", options.blocks.heads, memory);
    for (std::size_t n = 0; n < memory.size() && flaws.windows_meet; ++n)
        memory.data()[n] = memory.data()[n % (memory.shape(1) * memory.shape(2))];
    return memory;
}

/// @param parameters  of the model, "past" and "calendar"
/// @param weights     where not null, is set to each decoder block's cross-attention
inline Numbers forecast(const ForecastParameters& parameters, const EncoderDecoderOptions& options,
                        const Flaws& flaws = {}, std::vector<Tensor<4, double>>* weights = nullptr) {
    const Numbers past = input(parameters, "past", options.lookback, options.variates);
    const Numbers calendar = input(parameters, "calendar", options.lookback + options.horizon, options.features);
    const auto or_else = [&](int wrong) {
        return wrong < 0 ? options.lookback - options.label : static_cast<std::size_t>(wrong);
    };
    Numbers memory = memory_of(parameters, options, flaws);
    Numbers x = embedded(parameters, flaws.one_embedding ? "encoder_embedding" : "decoder_embedding",
                         asked(past, options, flaws), calendar, or_else(flaws.calendar), or_else(flaws.first),
                         flaws.no_calendar);
    for (std::size_t n = 0; n < x.size() && !flaws.factors.empty(); ++n)
        x.data()[n] *= flaws.factors[n % flaws.factors.size()];
    const Numbers tokens = x;
    for (std::size_t n = 0; n < options.decoder_layers; ++n) {
        Tensor<4, double> of_block;
        const std::string prefix = "decoder." + std::to_string(flaws.first_again ? 0 : n) + ".";
        x = decoder_block(parameters, prefix, options.blocks.heads, flaws.last_alone ? tokens : x, memory, &of_block,
                          flaws.block);
        if (flaws.memory_moves_on) memory = x;
        if (weights != nullptr) weights->push_back(of_block);
    }
    return linear(parameters, "projection", rows(x, flaws.first_rows ? 0 : options.label, options.horizon));
}

}  // namespace wb::oracle::encoder_decoder
