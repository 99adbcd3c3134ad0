/// @file
/// What trained models forecast: of parameters that come from a submission's training, no case can know beforehand. In the full workbook the
/// judge asks models of its own (trusted_forecasts.cpp), in the student edition the submission's (own_forecasts.cpp).
/// Each takes normalised past [windows, lookback, variates] to [windows, horizon, variates]; where a calendar is read, it has a row for each
/// of lookback + horizon.
#pragma once

#include <cstddef>

#include "direct_head.hpp"
#include "encoder_decoder.hpp"
#include "itransformer.hpp"
#include "patchtst.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::trained {

using Numbers = Tensor<3, double>;

/// @param window  of the moving average
Numbers d_linear(const ModelWeights& weights, const Numbers& past, std::size_t horizon, std::size_t window);
Numbers lstm(const ModelWeights& weights, const Numbers& past, std::size_t horizon, std::size_t hidden);
Numbers encoder_decoder(const ModelWeights& weights, const Numbers& past, const Numbers& calendar,
                        const EncoderDecoderOptions& options);
Numbers direct(const ModelWeights& weights, const Numbers& past, const Numbers& calendar, const DirectOptions& options);
Numbers patchtst(const ModelWeights& weights, const Numbers& past, const PatchTstOptions& options);
Numbers itransformer(const ModelWeights& weights, const Numbers& past, const ITransformerOptions& options);

}  // namespace wb::trained
