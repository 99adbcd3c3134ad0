/// @file
/// Writes the cases of exercise 6.7's model. Families:
///
///     6.7/model           a forecast, its weights, and slopes
///     6.7/no_blocks       a model of embeddings and projection alone: each answer is about one row of the calendar
///     6.7/rows_dropout    the same with every way to drop channels of the decoder's rows
///     6.7/memory_dropout  weights of a decoder that asks for channels of the memory, which may be dropped
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "encoder_decoder_case.hpp"
#include "encoder_decoder_oracle.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "mistake.hpp"

namespace wb {
namespace {

using Numbers = Tensor<3, double>;
using oracle::ForecastParameters;
using oracle::Nudge;
using oracle::encoder_decoder::Flaws;
using oracle::encoder_decoder::forecast;
using oracle::encoder_decoder::memory_of;

ModelWeights with_inputs(ModelWeights parameters, const Tensor<3>& past, const Tensor<3>& calendar) {
    parameters.push_back(numbers_of("past", past));
    parameters.push_back(numbers_of("calendar", calendar));
    return parameters;
}

/// Parameters and inputs of one model.
struct Drawn {
    Drawn(Draw& draw, const EncoderDecoderOptions& options, std::size_t batch, double range = 0.45)
        : parameters(draw_parameters(encoder_decoder_shapes(options), range, draw)),
          past(draw.uniform<3>({batch, options.lookback, options.variates}, 2)),
          calendar(draw.uniform<3>({batch, options.lookback + options.horizon, options.features}, 1.5)) {}

    [[nodiscard]] ModelWeights all() const { return with_inputs(parameters, past, calendar); }
    std::vector<float>& named(const std::string& name) {
        const auto found = std::find_if(parameters.begin(), parameters.end(),
                                        [&](const NamedWeights& one) { return one.name == name; });
        return found->values;
    }

    ModelWeights parameters;
    Tensor<3> past, calendar;
};

void write_mistakes(CaseWriter& writer, const ForecastParameters& parameters, const EncoderDecoderOptions& options,
                    const Numbers& out) {
    const auto wrong = [&](const std::string& words, const Flaws& flaws) {
        mistake(writer, words, "out", forecast(parameters, options, flaws), out);
    };
    const auto lookback = static_cast<int>(options.lookback), label = static_cast<int>(options.label);
    wrong("positions of the decoder that begin anew at 0: its first row has place lookback - label", {.first = 0});
    wrong("positions of the decoder that begin at the look-back: the label rows have the places they had in the past",
          {.first = lookback});
    if (label > 0) wrong("positions of the decoder that begin at label", {.first = label});
    wrong("the calendar's first label + horizon rows for the decoder: its rows begin at lookback - label",
          {.calendar = 0});
    wrong("an encoder that reads the calendar's last rows: the past's stand first", {.encoder_late = true});
    wrong("a decoder without a calendar: the dates of its rows are known", {.no_calendar = true});
    wrong("the answers to the first rows of the decoder: the label rows come first, and are known",
          {.first_rows = true});
    wrong("the first `label` rows of the past shown again: the last ones are due", {.early_label = true});
    wrong("the last row of the past in the empty rows: those are zeros", {.held = true});
    wrong("one embedding for both: encoder and decoder each have their own", {.one_embedding = true});
    wrong("a memory of tokens: the encoder's blocks are missing", {.bare_memory = true});
    wrong("a decoder with a causal mask: all its rows may see each other", {.block = {.causal = true}});
    wrong("a decoder that never asks the memory", {.block = {.no_cross = true}});
    wrong("decoder blocks that each read the first block's parameters", {.first_again = true});
    wrong("the last decoder block alone: each block reads what the block before it made", {.last_alone = true});
    wrong("a memory that moves on: every block of the decoder asks the encoder's", {.memory_moves_on = true});
    wrong("the first window's memory for all windows", {.windows_meet = true});
}

void write_slopes(CaseWriter& writer, Draw& draw, const ModelWeights& all, const EncoderDecoderOptions& options,
                  const Tensor<3>& d_out) {
    ParameterShapes shapes = encoder_decoder_shapes(options);
    for (std::size_t n = all.size() - 2; n < all.size(); ++n) shapes.push_back({all[n].name, all[n].shape});
    const ModelWeights directions = draw_parameters(shapes, 0.45, draw);
    Tensor<1, double> slopes = zeros<1, double>({directions.size()});
    const auto loss = [&](const Nudge& nudge) {
        return oracle::sum_of_products(forecast(ForecastParameters(all, nudge), options), d_out);
    };
    for (std::size_t n = 0; n < directions.size(); ++n) slopes(n) = oracle::slope(loss, directions[n]);
    write_parameters(writer, "direction", directions);
    writer.expected("slopes", slopes);
}

void write_model(Draw& draw, std::size_t batch, const EncoderDecoderOptions& options) {
    const Drawn drawn(draw, options, batch);
    const Tensor<3> d_out = draw.uniform<3>({batch, options.horizon, options.variates}, 1);
    const ModelWeights all = drawn.all();
    CaseWriter writer("6.7/model", shape_name({{"batch", batch},
                                               {"lookback", options.lookback},
                                               {"label", options.label},
                                               {"horizon", options.horizon},
                                               {"encoder", options.blocks.layers},
                                               {"decoder", options.decoder_layers}}));
    write_encoder_decoder(writer, options, drawn.parameters, drawn.past, drawn.calendar);
    writer.in("d_out", d_out);
    std::vector<Tensor<4, double>> weights;
    const Numbers out = forecast(ForecastParameters(all), options, {}, &weights);
    writer.expected("out", out).expected("weights", weights.back());
    mistake(writer, "the first block's weights: the last one's are asked for", "weights", weights.front(),
            weights.back());
    write_mistakes(writer, ForecastParameters(all), options, out);
    write_slopes(writer, draw, all, options, d_out);
}

/// expected.out, and expected.moved: the same with each row of the horizon's calendar moved by in.move [features].
void write_no_blocks(Draw& draw, const EncoderDecoderOptions& options) {
    Drawn drawn(draw, options, 2);
    const Tensor<1> move = draw.uniform<1>({options.features}, 1.5);
    CaseWriter writer("6.7/no_blocks", shape_name({{"label", options.label}, {"horizon", options.horizon}}));
    write_encoder_decoder(writer, options, drawn.parameters, drawn.past, drawn.calendar);
    writer.in("move", move);
    const Numbers out = forecast(ForecastParameters(drawn.all()), options);
    writer.expected("out", out);
    write_mistakes(writer, ForecastParameters(drawn.all()), options, out);
    for (std::size_t b = 0; b < 2; ++b) {
        for (std::size_t h = 0; h < options.horizon; ++h) {
            for (std::size_t f = 0; f < options.features; ++f) drawn.calendar(b, options.lookback + h, f) += move(f);
        }
    }
    writer.expected("moved", forecast(ForecastParameters(drawn.all()), options));
}

/// expected.answers [2^d_model, batch, horizon, variates]: answer m is that of rows of which channel c was dropped where m has bit c.
void write_rows_dropout(Draw& draw) {
    const EncoderDecoderOptions options{6, 8, 2, 3, 4, 0, {.d_model = 4, .heads = 2, .layers = 0, .d_ff = 5}};
    const double probability = 0.25;
    const std::size_t batch = 10, ways = std::size_t{1} << options.blocks.d_model;
    const Drawn drawn(draw, options, batch, 0.9);
    const ForecastParameters parameters(drawn.all());
    Tensor<4, double> answers = zeros<4, double>({ways, batch, options.horizon, options.variates});
    for (std::size_t way = 0; way < ways; ++way) {
        Flaws dropped;
        for (std::size_t c = 0; c < options.blocks.d_model; ++c)
            dropped.factors.push_back((way >> c & 1) != 0 ? 0 : 1 / (1 - probability));
        const Numbers answer = forecast(parameters, options, dropped);
        std::copy(answer.begin(), answer.end(), answers.data() + way * answer.size());
    }
    CaseWriter writer("6.7/rows_dropout", "a_quarter_of_4_channels");
    write_encoder_decoder(writer, options, drawn.parameters, drawn.past, drawn.calendar);
    writer.number("dropout", probability).expected("answers", answers);
    writer.expected("out", forecast(parameters, options));
}

/// Each of 4 heads asks for one channel of the two rows of the memory, whatever the decoder's rows hold: the log of its two weights' ratio
/// is the difference of that channel. expected.differences [4, batch, channel]: of channels both kept, without row 0's, without row 1's,
/// without both.
void write_memory_dropout(Draw& draw) {
    const EncoderDecoderOptions options{2, 2, 1, 3, 4, 1, {.d_model = 4, .heads = 4, .layers = 0, .d_ff = 5}};
    const double probability = 0.25;
    const std::size_t batch = 40, d_model = options.blocks.d_model;
    Drawn drawn(draw, options, batch, 0.9);
    for (const char* zero : {"query.weight", "key.weight", "key.bias"}) {
        std::vector<float>& values = drawn.named("decoder.0.cross_attention." + std::string(zero));
        std::fill(values.begin(), values.end(), 0.0F);
    }
    std::vector<float>& query = drawn.named("decoder.0.cross_attention.query.bias");
    std::fill(query.begin(), query.end(), 1.0F);
    for (std::size_t c = 0; c < d_model; ++c) drawn.named("decoder.0.cross_attention.key.weight")[c * d_model + c] = 1;
    const ForecastParameters parameters(drawn.all());
    const Numbers memory = memory_of(parameters, options, {});
    Numbers differences = zeros<3, double>({4, batch, d_model});
    for (std::size_t way = 0; way < 4; ++way) {
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t c = 0; c < d_model; ++c)
                differences(way, b, c) =
                    ((way & 1 ? 0 : memory(b, 0, c)) - (way & 2 ? 0 : memory(b, 1, c))) / (1 - probability);
        }
    }
    CaseWriter writer("6.7/memory_dropout", "a_quarter_of_4_channels");
    write_encoder_decoder(writer, options, drawn.parameters, drawn.past, drawn.calendar);
    writer.number("dropout", probability).expected("differences", differences);
    std::vector<Tensor<4, double>> weights;
    writer.expected("out", forecast(parameters, options, {}, &weights));
    writer.expected("weights", weights.front());
}

}  // namespace

WB_CASES(encoder_decoder) {
    Draw draw(seed + 67);
    write_model(draw, 2, {7, 4, 3, 3, 4, 1, {.d_model = 8, .heads = 2, .layers = 1, .d_ff = 10}});
    write_model(draw, 3, {9, 6, 4, 2, 3, 2, {.d_model = 12, .heads = 3, .layers = 2, .d_ff = 5}});
    write_model(draw, 1,
                {5, 8, 0, 4, 4, 2, {.d_model = 8, .heads = 4, .layers = 1, .d_ff = 8}});  // nothing shown again
    write_model(draw, 2, {4, 3, 4, 1, 2, 1, {.d_model = 6, .heads = 1, .layers = 2, .d_ff = 7}});  // all of it
    write_model(draw, 2, {12, 1, 5, 5, 6, 3, {.d_model = 8, .heads = 2, .layers = 1, .d_ff = 6}});
    write_no_blocks(draw, {6, 4, 2, 3, 4, 0, {.d_model = 6, .heads = 2, .layers = 1, .d_ff = 5}});
    write_no_blocks(draw, {5, 3, 0, 2, 3, 0, {.d_model = 8, .heads = 2, .layers = 0, .d_ff = 5}});
    write_no_blocks(draw, {4, 5, 4, 2, 3, 0, {.d_model = 8, .heads = 2, .layers = 0, .d_ff = 5}});
    write_rows_dropout(draw);
    write_memory_dropout(draw);
}

}  // namespace wb
