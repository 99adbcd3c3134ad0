/// @file
/// The decoder's block of exercise 6.7 in float64, and what is made wrong in it.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "forecast_oracle.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

/// What is wrong with a decoder's block.
struct DecoderBlockFlaws {
    bool causal = false;          ///< row i sees rows 0 to i of x
    bool cross_first = false;     ///< memory before x itself, each with its own norm
    bool crossed_itself = false;  ///< the cross-attention asks x
    bool self_asks_memory = false;
    bool no_cross = false;
    bool no_feed_forward = false;
    bool no_sums = false;        ///< what a sublayer says replaces x
    bool norm_first = false;     ///< pre-norm: x + sublayer(norm(x))
    bool one_norm = false;       ///< norm1 behind each sum
    bool sum_forgotten = false;  ///< the cross-attention's answer without x
};

/// @param weights  where not null, is set to the cross-attention's weights
/// @param of_self  where not null, is set to the self-attention's weights
inline Tensor<3, double> decoder_block(const ForecastParameters& parameters, const std::string& prefix,
                                       std::size_t heads, const Tensor<3, double>& given,
                                       const Tensor<3, double>& memory, Tensor<4, double>* weights = nullptr,
                                       const DecoderBlockFlaws& flaws = {}, Tensor<4, double>* of_self = nullptr) {
    using Numbers = Tensor<3, double>;
    const auto norm = [&](const std::string& name, const Numbers& x) {
        return layer_norm(parameters, prefix + (flaws.one_norm ? "norm1" : name), x);
    };
    const auto sublayer = [&](const std::string& name, const Numbers& x, const auto& says, bool bare = false) {
        if (flaws.norm_first) return added(x, says(norm(name, x)));
        const Numbers said = says(x);
        return norm(name, flaws.no_sums || bare ? said : added(x, said));
    };
    const auto itself = [&](const Numbers& x) {
        return attention(parameters, prefix + "self_attention.", heads, x, flaws.self_asks_memory ? memory : x, of_self,
                         flaws.causal);
    };
    const auto past = [&](const Numbers& x) {
        return attention(parameters, prefix + "cross_attention.", heads, x, flaws.crossed_itself ? x : memory, weights);
    };
    Numbers x = given;
    if (flaws.cross_first) {
        x = sublayer("norm1", sublayer("norm2", x, past), itself);
    } else {
        x = sublayer("norm1", x, itself);
        if (!flaws.no_cross) x = sublayer("norm2", x, past, flaws.sum_forgotten);
    }
    if (flaws.no_feed_forward) return x;
    return sublayer("norm3", x,
                    [&](const Numbers& y) { return feed_forward(parameters, prefix + "feed_forward.", y); });
}

}  // namespace wb::oracle
