/// @file
/// Writes the cases of exercise 6.11. Families:
///
///     6.11/model    a forecast, its weights, and slopes
///     6.11/twenty   one model about 7 and about 20 variates
///     6.11/dropout  every way to drop channels of a token
#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "forecast_oracle.hpp"
#include "itransformer_case.hpp"
#include "itransformer_oracle.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

using Numbers = Tensor<3, double>;
using oracle::ForecastParameters;
using oracle::Nudge;
using Flaws = oracle::ITransformerFlaws;

ModelWeights with_past(ModelWeights parameters, const Tensor<3>& past) {
    parameters.push_back(past_of(past));
    return parameters;
}

/// Where there are as many variates as rows, so that past may be taken either way.
void write_square_mistakes(CaseWriter& writer, const ModelWeights& parameters, const Tensor<3>& past,
                           const ITransformerOptions& options) {
    const std::size_t batch = past.shape(0), variates = past.shape(2);
    Tensor<3> other(past.shape());
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < variates; ++t) {
            for (std::size_t v = 0; v < variates; ++v) other(b, v, t) = past(b, t, v);
        }
    }
    const ModelWeights turned = with_past(parameters, other);
    writer.mistake("rows as tokens: here a token is a variate's whole look-back", "out",
                   oracle::itransformer(ForecastParameters(turned), options, batch));
    if (options.horizon == variates) {
        writer.mistake("rows as tokens, and the answer left as it is", "out",
                       oracle::exchanged(oracle::itransformer(ForecastParameters(turned), options, batch), false));
        writer.mistake(
            "an answer [variates, horizon]: its axes have to be exchanged", "out",
            oracle::exchanged(oracle::itransformer(ForecastParameters(with_past(parameters, past)), options, batch),
                              false));
    }
}

void write_slopes(CaseWriter& writer, Draw& draw, const ModelWeights& all, const ITransformerOptions& options,
                  const Tensor<3>& d_out) {
    ParameterShapes shapes = itransformer_shapes(options);
    shapes.push_back({"past", {d_out.shape(0), options.lookback, d_out.shape(2)}});
    const ModelWeights directions = draw_parameters(shapes, 0.45, draw);
    Tensor<1, double> slopes = zeros<1, double>({directions.size()});
    const auto loss = [&](const Nudge& nudge) {
        return oracle::sum_of_products(oracle::itransformer(ForecastParameters(all, nudge), options, d_out.shape(0)),
                                       d_out);
    };
    for (std::size_t n = 0; n < directions.size(); ++n) slopes(n) = oracle::slope(loss, directions[n]);
    write_parameters(writer, "direction", directions);
    writer.expected("slopes", slopes);
}

void write_model(Draw& draw, std::size_t batch, std::size_t variates, const ITransformerOptions& options) {
    const ModelWeights parameters = draw_parameters(itransformer_shapes(options), 0.45, draw);
    const Tensor<3> past = draw.uniform<3>({batch, options.lookback, variates}, 2);
    const Tensor<3> d_out = draw.uniform<3>({batch, options.horizon, variates}, 1);
    const ModelWeights all = with_past(parameters, past);
    const std::size_t layers = options.blocks.layers;
    CaseWriter writer("6.11/model", shape_name({{"batch", batch},
                                                {"lookback", options.lookback},
                                                {"variates", variates},
                                                {"horizon", options.horizon},
                                                {"layers", layers}}));
    write_itransformer(writer, options, parameters, past);
    writer.in("d_out", d_out);
    std::vector<Tensor<4, double>> maps;
    writer.expected("out", oracle::itransformer(ForecastParameters(all), options, batch, {}, &maps));
    for (std::size_t n = 0; n < layers; ++n) {
        writer.expected("weights." + std::to_string(n), maps[n]);
        if (layers > 1)
            writer.mistake("another block's weights: block 0's come first", "weights." + std::to_string(n),
                           maps[layers - 1 - n == n ? 0 : layers - 1 - n]);
    }
    const auto mistake = [&](const char* words, const Flaws& flaws) {
        writer.mistake(words, "out", oracle::itransformer(ForecastParameters(all), options, batch, flaws));
    };
    mistake("projection(tokens): the layer norm between is missing", {.no_norm = true});
    mistake("a layer norm before the blocks: it stands behind them", {.normed_tokens = true});
    mistake("tokens with positions: variates have no order", {.positions = true});
    mistake("tokens that have not seen the blocks", {.no_blocks = true});
    mistake("the tokens added once more behind the blocks: each block has its own sums inside", {.plus_tokens = true});
    const bool square = variates == options.lookback;  // where a reshape does nothing at all
    if (variates > 1 && !square) {
        mistake("a past that was reshaped: its numbers read in the order they lie in, with the axes' names exchanged",
                {.reshaped_past = true});
        mistake("an answer that was reshaped: [variates, horizon] becomes [horizon, variates] by transpose",
                {.reshaped_answer = true});
    }
    if (batch > 1)
        mistake("windows that listen to each other: the tokens of a window are among themselves",
                {.windows_meet = true});
    if (layers > 1) {
        mistake("the first block, again and again: each has parameters of its own", {.first_block_again = true});
        mistake("the last block alone: each block reads what the block before it made", {.last_block_alone = true});
    }
    if (square) write_square_mistakes(writer, parameters, past, options);
    write_slopes(writer, draw, all, options, d_out);
}

/// The same parameters, about 7 variates and about 20, of which the first are the 7.
void write_twenty(Draw& draw) {
    const ITransformerOptions options{9, 5, {.d_model = 8, .heads = 2, .layers = 2, .d_ff = 12}};
    const std::size_t batch = 2, few = 7, many = 20;
    const ModelWeights parameters = draw_parameters(itransformer_shapes(options), 0.45, draw);
    const Tensor<3> past = draw.uniform<3>({batch, options.lookback, many}, 2);
    Tensor<3> first(std::array<std::size_t, 3>{batch, options.lookback, few});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < options.lookback; ++t)
            for (std::size_t v = 0; v < few; ++v) first(b, t, v) = past(b, t, v);
    }
    CaseWriter writer("6.11/twenty", "7_of_20_variates");
    write_itransformer(writer, options, parameters, past);
    writer.in("first", first);
    writer.expected("out", oracle::itransformer(ForecastParameters(with_past(parameters, past)), options, batch));
    const Numbers of_few = oracle::itransformer(ForecastParameters(with_past(parameters, first)), options, batch);
    writer.expected("out_of_first", of_few);
}

/// A model without blocks: nothing but the tokens' dropout is random. expected.answers [2^d_model, batch, horizon, variates]: answer m is
/// that of tokens of which channel c was dropped where m has bit c.
void write_dropout(Draw& draw) {
    const ITransformerOptions options{6, 3, {.d_model = 4, .heads = 2, .layers = 0, .d_ff = 5}};
    const std::size_t batch = 40, variates = 5, d_model = options.blocks.d_model, ways = std::size_t{1} << d_model;
    const double probability = 0.25;
    const ModelWeights parameters = draw_parameters(itransformer_shapes(options), 0.9, draw);
    const Tensor<3> past = draw.uniform<3>({batch, options.lookback, variates}, 2);
    Tensor<4, double> answers = zeros<4, double>({ways, batch, options.horizon, variates});
    for (std::size_t way = 0; way < ways; ++way) {
        Flaws dropped;
        for (std::size_t c = 0; c < d_model; ++c)
            dropped.factors.push_back((way >> c & 1) != 0 ? 0 : 1 / (1 - probability));
        const Numbers answer =
            oracle::itransformer(ForecastParameters(with_past(parameters, past)), options, batch, dropped);
        std::copy(answer.begin(), answer.end(), answers.data() + way * answer.size());
    }
    CaseWriter writer("6.11/dropout", "a_quarter_of_4_channels");
    write_itransformer(writer, options, parameters, past);
    writer.number("dropout", probability).expected("answers", answers);
    writer.expected("out", oracle::itransformer(ForecastParameters(with_past(parameters, past)), options, batch));
}

}  // namespace

WB_CASES(itransformer) {
    Draw draw(seed + 611);
    write_model(draw, 2, 3, {7, 4, {.d_model = 8, .heads = 2, .layers = 1, .d_ff = 10}});
    write_model(draw, 3, 5, {6, 9, {.d_model = 12, .heads = 3, .layers = 2, .d_ff = 5}});
    write_model(draw, 1, 7, {24, 12, {.d_model = 16, .heads = 4, .layers = 3, .d_ff = 8}});
    write_model(draw, 2, 4, {4, 4, {.d_model = 6, .heads = 2, .layers = 2, .d_ff = 7}});
    write_model(draw, 2, 1, {5, 3, {.d_model = 4, .heads = 1, .layers = 1, .d_ff = 6}});
    write_twenty(draw);
    write_dropout(draw);
}

}  // namespace wb
