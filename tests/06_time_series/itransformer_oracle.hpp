/// @file
/// The iTransformer of exercise 6.11 in double, of the case maker's own, right and wrong.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "forecast_oracle.hpp"
#include "itransformer.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

/// What is wrong with an iTransformer.
struct ITransformerFlaws {
    bool no_norm = false;              ///< projection(tokens)
    bool normed_tokens = false;        ///< a layer norm before the blocks, none behind
    bool positions = false;            ///< added to the tokens
    bool reshaped_past = false;        ///< [lookback, variates] read as [variates, lookback]
    bool reshaped_answer = false;      ///< [variates, horizon] read as [horizon, variates]
    bool no_blocks = false;            ///<
    bool first_block_again = false;    ///< in place of the others
    bool last_block_alone = false;     ///< every block reads the tokens
    bool plus_tokens = false;          ///< tokens once more behind the blocks
    bool windows_meet = false;         ///< the tokens of all windows listen to each other
    std::vector<double> factors = {};  ///< of each token's channels; none: 1
};

inline Tensor<3, double> exchanged(const Tensor<3, double>& x, bool only_reshaped) {
    Tensor<3, double> y = zeros<3, double>({x.shape(0), x.shape(2), x.shape(1)});
    if (only_reshaped) std::copy(x.begin(), x.end(), y.begin());
    for (std::size_t b = 0; b < x.shape(0) && !only_reshaped; ++b) {
        for (std::size_t i = 0; i < x.shape(1); ++i) {
            for (std::size_t j = 0; j < x.shape(2); ++j) y(b, j, i) = x(b, i, j);
        }
    }
    return y;
}

inline void add_positions(Tensor<3, double>& tokens) {
    for (std::size_t b = 0; b < tokens.shape(0); ++b) {
        for (std::size_t n = 0; n < tokens.shape(1); ++n) {
            for (std::size_t d = 0; d < tokens.shape(2); ++d) {
                const double power = static_cast<double>(d - d % 2) / static_cast<double>(tokens.shape(2));
                const double angle = static_cast<double>(n) * std::pow(1e4, -power);
                tokens(b, n, d) += d % 2 == 0 ? std::sin(angle) : std::cos(angle);
            }
        }
    }
}

/// @param parameters  of the model, and "past"
/// @param maps        where not null, is set to each block's weights
inline Tensor<3, double> itransformer(const ForecastParameters& parameters, const ITransformerOptions& options,
                                      std::size_t batch, const ITransformerFlaws& flaws = {},
                                      std::vector<Tensor<4, double>>* maps = nullptr) {
    const std::vector<double>& numbers = parameters["past"];
    Tensor<3, double> past = zeros<3, double>({batch, options.lookback, numbers.size() / batch / options.lookback});
    std::copy(numbers.begin(), numbers.end(), past.begin());
    Tensor<3, double> tokens = linear(parameters, "embedding", exchanged(past, flaws.reshaped_past));
    for (std::size_t n = 0; n < tokens.size() && !flaws.factors.empty(); ++n)
        tokens.data()[n] *= flaws.factors[n % flaws.factors.size()];
    if (flaws.positions) add_positions(tokens);
    if (flaws.normed_tokens) tokens = layer_norm(parameters, "norm", tokens);
    const Tensor<3, double>::shape_type apart = tokens.shape();
    if (flaws.windows_meet) tokens.reshape(Tensor<3, double>::shape_type{1, apart[0] * apart[1], apart[2]});
    Tensor<3, double> x = tokens;
    for (std::size_t n = 0; n < options.blocks.layers && !flaws.no_blocks; ++n) {
        Tensor<4, double> weights;
        const std::string prefix = "blocks." + std::to_string(flaws.first_block_again ? 0 : n) + ".";
        x = encoder_block(parameters, prefix, options.blocks.heads, flaws.last_block_alone ? tokens : x, &weights);
        if (maps != nullptr) maps->push_back(weights);
    }
    for (std::size_t n = 0; n < x.size() && flaws.plus_tokens; ++n) x.data()[n] += tokens.data()[n];
    x.reshape(apart);
    if (!flaws.no_norm && !flaws.normed_tokens) x = layer_norm(parameters, "norm", x);
    return exchanged(linear(parameters, "projection", x), flaws.reshaped_answer);
}

}  // namespace wb::oracle
