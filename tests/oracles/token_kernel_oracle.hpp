/// @file
/// What two kernels of exercise 6.14 should return, in float64 by plain loops over the definitions: tokens out of windows, and attention
/// between few of them. Shares no code with solutions/. Also what known mistakes return, one at a time; all flaws false: right.
#pragma once

#include <cstddef>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes in cutting windows into patches. NaN stands for what such a kernel reads beyond x.
struct UnfoldFlaws {
    bool batch_behind_variates = false;  ///< row v * batch + b in place of b * variates + v
    bool read_as_it_lies = false;        ///< x taken for [batch, variates, lookback]
    bool next_window = false;            ///< what lies behind a window's last row in place of that row
    bool next_variate = false;           ///< the next variate's first rows in place of the repeated last one
    bool repeated_by_zeros = false;      ///<
    bool side_by_side = false;           ///< patches at patch * p in place of stride * p
    bool places_first = false;           ///< [.., patch, patches]
    bool stops_before_the_last = false;  ///< at row lookback - 2
};
/// @param x  [batch, lookback, variates]
/// @return   [batch * variates, patches, patch]
Tensor<3, double> unfold(const Tensor<3>& x, std::size_t patch, std::size_t stride, const UnfoldFlaws& flaws = {});

/// Mistakes in attention between few tokens.
struct FewTokensFlaws {
    bool not_scaled = false;              ///< q k^T
    bool scaled_by_head_dim = false;      ///< q k^T / head_dim
    bool scaled_by_tokens = false;        ///< q k^T / sqrt(tokens)
    bool softmax_over_queries = false;    ///< each key's weights sum to 1
    bool not_divided = false;             ///< exp(score - largest)
    bool keys_ask = false;                ///< softmax of k q^T
    bool first_head_always = false;       ///< k and v of head 0
    bool first_warp_of_keys = false;      ///< keys from 32 on are not seen
    bool first_warp_of_channels = false;  ///< scores of the first 32 channels only
};
struct FewTokensAnswer {
    Tensor<3, double> out;      ///< [heads, tokens, head_dim]
    Tensor<3, double> weights;  ///< [heads, tokens, tokens]
};
/// @param q, k, v  [heads, tokens, head_dim]
FewTokensAnswer few_tokens_attention(const Tensor<3>& q, const Tensor<3>& k, const Tensor<3>& v,
                                     const FewTokensFlaws& flaws = {});

}  // namespace wb::oracle
