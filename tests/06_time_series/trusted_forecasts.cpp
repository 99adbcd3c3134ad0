/// @file
/// By models of the judge's own, in float64: what a submission says of its own forecasts counts for nothing.
#include <string>
#include <utility>
#include <xtensor/xview.hpp>

#include "direct_oracle.hpp"
#include "encoder_decoder_oracle.hpp"
#include "forecaster_oracle.hpp"
#include "itransformer_oracle.hpp"
#include "patchtst_oracle.hpp"
#include "trained_forecasts.hpp"

namespace wb::trained {
namespace {

NamedWeights named(const std::string& name, const Numbers& numbers) {
    return {name, {numbers.shape().begin(), numbers.shape().end()}, {numbers.begin(), numbers.end()}};
}

/// The parameters, and what is asked as one of them.
oracle::ForecastParameters with_past(ModelWeights weights, const Numbers& past) {
    weights.push_back(named("past", past));
    return oracle::ForecastParameters(weights);
}
oracle::ForecastParameters with_past(ModelWeights weights, const Numbers& past, const Numbers& calendar) {
    weights.push_back(named("calendar", calendar));
    return with_past(std::move(weights), past);
}

oracle::Parameters by_name(const ModelWeights& weights) {
    oracle::Parameters parameters;
    for (const NamedWeights& one : weights) parameters[one.name] = {one.values.begin(), one.values.end()};
    return parameters;
}

}  // namespace

Numbers d_linear(const ModelWeights& weights, const Numbers& past, std::size_t, std::size_t window) {
    oracle::Parameters parameters = by_name(weights);
    return oracle::d_linear(past, parameters, static_cast<long>(window));
}

Numbers lstm(const ModelWeights& weights, const Numbers& past, std::size_t, std::size_t) {
    oracle::Parameters parameters = by_name(weights);
    return oracle::lstm_forecast(past, parameters);
}

Numbers encoder_decoder(const ModelWeights& weights, const Numbers& past, const Numbers& calendar,
                        const EncoderDecoderOptions& options) {
    return oracle::encoder_decoder::forecast(with_past(weights, past, calendar), options);
}

Numbers direct(const ModelWeights& weights, const Numbers& past, const Numbers& calendar,
               const DirectOptions& options) {
    const Numbers known = xt::view(calendar, xt::all(), xt::range(0, options.lookback), xt::all());
    return oracle::direct_forecast(with_past(weights, past, known), options, past.shape(0));
}

Numbers patchtst(const ModelWeights& weights, const Numbers& past, const PatchTstOptions& options) {
    return oracle::patchtst(with_past(weights, past), options, past.shape(0));
}

Numbers itransformer(const ModelWeights& weights, const Numbers& past, const ITransformerOptions& options) {
    return oracle::itransformer(with_past(weights, past), options, past.shape(0));
}

}  // namespace wb::trained
