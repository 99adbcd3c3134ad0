/// @file
/// What the forecasters of exercises 6.7, 6.10 and 6.11 consist of, in float64 and plain loops: linear layers, layer norms, attention,
/// feed-forwards, and the encoder block that encoder_block.hpp gives. Nothing of it is the library's. Parameters are asked for by the names under which the modules list them.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "nudge.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

/// A model's parameters by name, in float64.
class ForecastParameters {
 public:
    explicit ForecastParameters(const ModelWeights& weights, const Nudge& nudge = {});

    /// @throws std::out_of_range naming a parameter that is not there
    [[nodiscard]] const std::vector<double>& operator[](const std::string& name) const;

 private:
    std::map<std::string, std::vector<double>> values_;
};

/// x W^T + b on the innermost axis, by name.weight [out, in] and name.bias.
Tensor<3, double> linear(const ForecastParameters& parameters, const std::string& name, const Tensor<3, double>& x);

/// The innermost axis normalised (epsilon 1e-5, variance of the population), times name.weight, plus name.bias.
Tensor<3, double> layer_norm(const ForecastParameters& parameters, const std::string& name, const Tensor<3, double>& x);

/// Multi-head attention by prefix + query, key, value and output. No dropout.
/// @param x        [batch, q_len, d_model], which asks
/// @param memory   [batch, kv_len, d_model], which is asked
/// @param weights  where not null, is set to [batch, heads, q_len, kv_len]
/// @param causal   row i sees only rows 0 to i of memory: what nobody here should do, for cases of mistakes
Tensor<3, double> attention(const ForecastParameters& parameters, const std::string& prefix, std::size_t heads,
                            const Tensor<3, double>& x, const Tensor<3, double>& memory,
                            Tensor<4, double>* weights = nullptr, bool causal = false);

/// linear2(gelu(linear1(x))), with the exact GELU
Tensor<3, double> feed_forward(const ForecastParameters& parameters, const std::string& prefix,
                               const Tensor<3, double>& x);

/// x + y, of one shape
Tensor<3, double> added(const Tensor<3, double>& x, const Tensor<3, double>& y);

/// One block: norm1(x + attention(x)), then norm2(x + feed_forward(x)). No dropout.
/// @param prefix   before the block's names, e.g. "blocks.0."
/// @param x        [batch, tokens, d_model]
/// @param weights  where not null, is set to the attention's weights, [batch, heads, tokens, tokens]
Tensor<3, double> encoder_block(const ForecastParameters& parameters, const std::string& prefix, std::size_t heads,
                                const Tensor<3, double>& x, Tensor<4, double>* weights = nullptr);

/// The slope of `loss` along a direction, by a central difference: sum(gradient * direction) for a loss without corners.
double slope(const std::function<double(const Nudge&)>& loss, const NamedWeights& direction);

/// sum(out * d_out)
double sum_of_products(const Tensor<3, double>& out, const Tensor<3>& d_out);

}  // namespace wb::oracle
