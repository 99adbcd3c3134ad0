/// @file
/// Patches and the PatchTST of exercise 6.10 in double, of the case maker's own, right and wrong.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "forecast_oracle.hpp"
#include "patchtst.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

using Rows = Tensor<2, double>;
using Patches = Tensor<3, double>;

/// Counts patch by patch.
inline std::size_t count_patches(std::size_t lookback, std::size_t patch, std::size_t stride) {
    std::size_t count = 0;
    while (count * stride + patch <= lookback + stride) ++count;
    return count;
}

/// Where number i of patch p is taken from, among `lookback` numbers of a row; below 0 for a zero.
using Place = std::function<long(long p, long i)>;

/// The right one.
inline Place place_in(long lookback, long stride) {
    return [=](long p, long i) { return std::min(p * stride + i, lookback - 1); };
}

inline Patches unfold(const Rows& x, std::size_t patches, std::size_t patch, const Place& place) {
    Patches out = zeros<3, double>({x.shape(0), patches, patch});
    for (std::size_t r = 0; r < x.shape(0); ++r) {
        for (std::size_t p = 0; p < patches; ++p) {
            for (std::size_t i = 0; i < patch; ++i) {
                const long from = place(static_cast<long>(p), static_cast<long>(i));
                if (from >= 0) out(r, p, i) = x(r, static_cast<std::size_t>(from));
            }
        }
    }
    return out;
}

/// What is wrong with a PatchTST.
struct PatchTstFlaws {
    bool zeros_behind = false;   ///< in place of the last number
    bool reshaped_past = false;  ///< [lookback, variates] taken for [variates, lookback]
    bool reshaped_out = false;   ///< [variates, horizon] taken for [horizon, variates]
    bool no_positions = false, positions_last = false;
    bool scaled = false;            ///< tokens by sqrt(d_model) before positions
    bool normalised = false;        ///< each variate of each window by its own mean and deviation, not put back
    bool no_blocks = false;         ///<
    bool last_block_only = false;   ///< each block reads the tokens, and the last one counts
    bool first_block_only = false;  ///< in each block's place
    bool together = false;          ///< attention goes over the tokens of all variates of a window
    bool by_channel = false;        ///< the head reads [d_model, patches]
};

/// [batch, lookback, variates] -> [batch variates, lookback]
inline Rows rows_of(const std::vector<double>& past, std::size_t batch, std::size_t lookback, std::size_t variates,
                    const PatchTstFlaws& flaws) {
    Rows rows = zeros<2, double>({batch * variates, lookback});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < lookback; ++t) {
            for (std::size_t v = 0; v < variates; ++v) {
                const std::size_t place = flaws.reshaped_past ? v * lookback + t : t * variates + v;
                rows(b * variates + v, t) = past[b * lookback * variates + place];
            }
        }
    }
    for (std::size_t r = 0; r < rows.shape(0) && flaws.normalised; ++r) {
        double mean = 0, variance = 0;
        for (std::size_t t = 0; t < lookback; ++t) mean += rows(r, t) / static_cast<double>(lookback);
        for (std::size_t t = 0; t < lookback; ++t)
            variance += (rows(r, t) - mean) * (rows(r, t) - mean) / static_cast<double>(lookback);
        for (std::size_t t = 0; t < lookback; ++t) rows(r, t) = (rows(r, t) - mean) / std::sqrt(variance + 1e-5);
    }
    return rows;
}

inline void add_positions(Patches& x, const std::vector<double>& positions) {
    for (std::size_t n = 0; n < x.size(); ++n) x.data()[n] += positions[n % positions.size()];
}

inline Patches in_shape(const Patches& x, const std::array<std::size_t, 3>& shape) {
    Patches result(shape);
    std::copy(x.begin(), x.end(), result.begin());
    return result;
}

/// @param parameters  the model's, and "past", [batch, lookback, variates]
/// @param maps        where not null, gets each block's weights
/// @return            [batch, horizon, variates]
inline Tensor<3, double> patchtst(const ForecastParameters& parameters, const PatchTstOptions& options,
                                  std::size_t batch, const PatchTstFlaws& flaws = {},
                                  std::vector<Tensor<4, double>>* maps = nullptr) {
    const std::size_t lookback = options.lookback, d_model = options.blocks.d_model;
    const std::size_t variates = parameters["past"].size() / (batch * lookback);
    const std::size_t patches = count_patches(lookback, options.patch, options.stride);
    const Place right = place_in(static_cast<long>(lookback), static_cast<long>(options.stride));
    const Place zeros_behind = [&](long p, long i) {
        const long place = p * static_cast<long>(options.stride) + i;
        return place < static_cast<long>(lookback) ? place : -1;
    };
    const Rows rows = rows_of(parameters["past"], batch, lookback, variates, flaws);
    Patches x = linear(parameters, "embedding",
                       unfold(rows, patches, options.patch, flaws.zeros_behind ? zeros_behind : right));
    if (flaws.scaled) x *= std::sqrt(static_cast<double>(d_model));
    if (!flaws.no_positions && !flaws.positions_last) add_positions(x, parameters["positions"]);
    const Patches tokens = x;
    for (std::size_t n = 0; n < options.blocks.layers && !flaws.no_blocks; ++n) {
        Tensor<4, double> weights;
        const std::string prefix = "blocks." + std::to_string(flaws.first_block_only ? 0 : n) + ".";
        if (flaws.last_block_only) x = tokens;
        if (flaws.together) x = in_shape(x, {batch, variates * patches, d_model});
        x = encoder_block(parameters, prefix, options.blocks.heads, x, &weights);
        x = in_shape(x, tokens.shape());
        if (maps != nullptr) maps->push_back(weights);
    }
    if (flaws.positions_last) add_positions(x, parameters["positions"]);
    Patches flat = zeros<3, double>({1, batch * variates, patches * d_model});
    for (std::size_t r = 0; r < batch * variates; ++r) {
        for (std::size_t p = 0; p < patches; ++p) {
            for (std::size_t c = 0; c < d_model; ++c)
                flat(0, r, flaws.by_channel ? c * patches + p : p * d_model + c) = x(r, p, c);
        }
    }
    const Patches said = linear(parameters, "head", flat);
    Tensor<3, double> out = zeros<3, double>({batch, options.horizon, variates});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < options.horizon; ++t) {
            for (std::size_t v = 0; v < variates; ++v) {
                const std::size_t to = flaws.reshaped_out ? v * options.horizon + t : t * variates + v;
                out.data()[b * options.horizon * variates + to] = said(0, b * variates + v, t);
            }
        }
    }
    return out;
}

}  // namespace wb::oracle
