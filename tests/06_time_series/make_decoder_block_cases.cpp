/// @file
/// Writes the cases of exercise 6.7 that lead to the model. Families:
///
///     6.7/input          rows of the past, and empty ones
///     6.7/block          a decoder's block, its weights, and slopes
///     6.7/block_dropout  every way to drop channels of what one sublayer adds
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "decoder_oracle.hpp"
#include "encoder_decoder_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "mistake.hpp"

namespace wb {
namespace {

using Numbers = Tensor<3, double>;
using oracle::DecoderBlockFlaws;
using oracle::ForecastParameters;
using oracle::Nudge;

/// Row i is past's row[i]; where that is -1, zeros.
Numbers rows_of(const Tensor<3>& past, const std::vector<int>& row) {
    Numbers out = zeros<3, double>({past.shape(0), row.size(), past.shape(2)});
    for (std::size_t b = 0; b < past.shape(0); ++b) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            for (std::size_t v = 0; v < past.shape(2) && row[i] >= 0; ++v)
                out(b, i, v) = static_cast<double>(past(b, static_cast<std::size_t>(row[i]), v));
        }
    }
    return out;
}

void write_input(Draw& draw, std::size_t batch, std::size_t lookback, std::size_t variates, std::size_t label,
                 std::size_t horizon) {
    const Tensor<3> past = draw.uniform<3>({batch, lookback, variates}, 2);
    const Tensor<3> d_out = draw.uniform<3>({batch, label + horizon, variates}, 1);
    CaseWriter writer("6.7/input", shape_name({{"batch", batch},
                                               {"lookback", lookback},
                                               {"variates", variates},
                                               {"label", label},
                                               {"horizon", horizon}}));
    writer.in("past", past).in("d_out", d_out);
    writer.number("label", static_cast<double>(label)).number("horizon", static_cast<double>(horizon));
    std::vector<int> right, early, behind, held, whole;
    for (std::size_t i = 0; i < label + horizon; ++i) {
        const auto at = static_cast<int>(i), last = static_cast<int>(lookback) - 1;
        const bool known = i < label;
        right.push_back(known ? last + 1 - static_cast<int>(label) + at : -1);
        early.push_back(known ? at : -1);
        behind.push_back(i < horizon ? -1 : last + 1 - static_cast<int>(label + horizon) + at);
        held.push_back(known ? right.back() : last);
        whole.push_back(-1);
    }
    const Numbers out = rows_of(past, right);
    writer.expected("out", out);
    mistake(writer, "the first `label` rows of the past: the last ones are due", "out", rows_of(past, early), out);
    mistake(writer, "empty rows before the label rows: time goes on, so they stand behind", "out",
            rows_of(past, behind), out);
    mistake(writer, "the last row held through the horizon: those rows are zeros", "out", rows_of(past, held), out);
    mistake(writer, "zeros alone: the label rows are the past's", "out", rows_of(past, whole), out);
    Numbers d_past = zeros<3, double>({batch, lookback, variates});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t i = 0; i < label; ++i) {
            for (std::size_t v = 0; v < variates; ++v)
                d_past(b, lookback - label + i, v) = static_cast<double>(d_out(b, i, v));
        }
    }
    writer.expected("d_past", d_past);
}

ModelWeights with_inputs(ModelWeights parameters, const Tensor<3>& x, const Tensor<3>& memory) {
    parameters.push_back(numbers_of("x", x));
    parameters.push_back(numbers_of("memory", memory));
    return parameters;
}

Numbers input(const ForecastParameters& parameters, const std::string& name, std::size_t batch, std::size_t width) {
    const std::vector<double>& values = parameters[name];
    Numbers x = zeros<3, double>({batch, values.size() / batch / width, width});
    std::copy(values.begin(), values.end(), x.begin());
    return x;
}

Numbers answer(const ForecastParameters& parameters, const BlockOptions& options, std::size_t batch,
               const DecoderBlockFlaws& flaws = {}, Tensor<4, double>* weights = nullptr,
               Tensor<4, double>* of_self = nullptr) {
    return oracle::decoder_block(parameters, "", options.heads, input(parameters, "x", batch, options.d_model),
                                 input(parameters, "memory", batch, options.d_model), weights, flaws, of_self);
}

void write_block(Draw& draw, std::size_t batch, std::size_t rows, std::size_t kv_len, const BlockOptions& options) {
    const ModelWeights parameters = draw_parameters(decoder_block_shapes(options), 0.45, draw);
    const Tensor<3> x = draw.uniform<3>({batch, rows, options.d_model}, 1.5);
    const Tensor<3> memory = draw.uniform<3>({batch, kv_len, options.d_model}, 1.5);
    const Tensor<3> d_out = draw.uniform<3>({batch, rows, options.d_model}, 1);
    const ModelWeights all = with_inputs(parameters, x, memory);
    CaseWriter writer("6.7/block",
                      shape_name({{"batch", batch}, {"rows", rows}, {"kv_len", kv_len}, {"heads", options.heads}}));
    write_decoder_block(writer, options, parameters, x, memory);
    writer.in("d_out", d_out);
    Tensor<4, double> weights, of_self;
    const Numbers out = answer(ForecastParameters(all), options, batch, {}, &weights, &of_self);
    writer.expected("out", out).expected("weights", weights);
    if (of_self.shape() == weights.shape())
        mistake(writer, "the self-attention's weights: the cross-attention's are asked for", "weights", of_self,
                weights);
    const auto wrong = [&](const char* words, const DecoderBlockFlaws& flaws) {
        mistake(writer, words, "out", answer(ForecastParameters(all), options, batch, flaws), out);
    };
    wrong("a self-attention with a causal mask: all rows of the decoder may see each other", {.causal = true});
    wrong("the cross-attention before the self-attention", {.cross_first = true});
    wrong("a cross-attention that asks x: it asks memory", {.crossed_itself = true});
    wrong("a self-attention that asks memory: it asks x", {.self_asks_memory = true});
    wrong("a block without cross-attention: it knows nothing of the past", {.no_cross = true});
    wrong("a block without its feed-forward", {.no_feed_forward = true});
    wrong("sublayers that replace x: what they say is added to it", {.no_sums = true});
    wrong("a cross-attention whose answer replaces x: it is added to it", {.sum_forgotten = true});
    wrong("norms before the sublayers: here they stand behind the sums", {.norm_first = true});
    wrong("norm1 behind each of the sums: each has a norm of its own", {.one_norm = true});

    ParameterShapes shapes = decoder_block_shapes(options);
    shapes.push_back({"x", {batch, rows, options.d_model}});
    shapes.push_back({"memory", {batch, kv_len, options.d_model}});
    const ModelWeights directions = draw_parameters(shapes, 0.45, draw);
    Tensor<1, double> slopes = zeros<1, double>({directions.size()});
    const auto loss = [&](const Nudge& nudge) {
        return oracle::sum_of_products(answer(ForecastParameters(all, nudge), options, batch), d_out);
    };
    for (std::size_t n = 0; n < directions.size(); ++n) slopes(n) = oracle::slope(loss, directions[n]);
    write_parameters(writer, "direction", directions);
    writer.expected("slopes", slopes);
}

/// Only one sublayer adds anything, and that is its last bias: nothing but the dropout of it is random. expected.answers [2^d_model, batch,
/// rows, d_model]: answer m is that of a sum whose channel c was dropped where m has bit c.
void write_block_dropout(Draw& draw, const std::string& adds) {
    const BlockOptions options{.d_model = 4, .heads = 2, .layers = 1, .d_ff = 5};
    const std::size_t batch = 5, rows = 8, kv_len = 3, ways = std::size_t{1} << options.d_model;
    const double probability = 0.25;
    ModelWeights parameters = draw_parameters(decoder_block_shapes(options), 0.9, draw);
    NamedWeights* bias = nullptr;
    for (NamedWeights& one : parameters) {
        const bool last =
            one.name.find("output.") != std::string::npos || one.name.find("linear2.") != std::string::npos;
        if (one.name == adds + ".bias") {
            bias = &one;
            for (float& number : one.values) number += number < 0 ? -0.5F : 0.5F;  // far enough from nothing
        } else if (last) {
            std::fill(one.values.begin(), one.values.end(), 0.0F);
        }
    }
    const Tensor<3> x = draw.uniform<3>({batch, rows, options.d_model}, 2);
    const Tensor<3> memory = draw.uniform<3>({batch, kv_len, options.d_model}, 2);
    CaseWriter writer("6.7/block_dropout", adds);
    write_decoder_block(writer, options, parameters, x, memory);
    writer.text("adds", adds).number("dropout", probability);
    writer.expected("out", answer(ForecastParameters(with_inputs(parameters, x, memory)), options, batch));
    const std::vector<float> kept = bias->values;
    Tensor<4, double> answers = zeros<4, double>({ways, batch, rows, options.d_model});
    for (std::size_t way = 0; way < ways; ++way) {
        for (std::size_t c = 0; c < options.d_model; ++c)
            bias->values[c] = (way >> c & 1) != 0 ? 0 : kept[c] / static_cast<float>(1 - probability);
        const Numbers dropped = answer(ForecastParameters(with_inputs(parameters, x, memory)), options, batch);
        std::copy(dropped.begin(), dropped.end(), answers.data() + way * dropped.size());
    }
    writer.expected("answers", answers);
}

}  // namespace

WB_CASES(decoder_block) {
    Draw draw(seed + 671);
    write_input(draw, 2, 6, 3, 2, 4);
    write_input(draw, 1, 5, 2, 0, 3);  // nothing is shown again
    write_input(draw, 3, 4, 1, 4, 2);  // everything is
    write_input(draw, 2, 9, 4, 5, 1);
    write_block(draw, 2, 5, 3, {.d_model = 8, .heads = 2, .layers = 1, .d_ff = 10});
    write_block(draw, 3, 4, 4, {.d_model = 12, .heads = 3, .layers = 1, .d_ff = 7});
    write_block(draw, 1, 2, 9, {.d_model = 6, .heads = 1, .layers = 1, .d_ff = 5});
    write_block(draw, 2, 1, 1, {.d_model = 8, .heads = 4, .layers = 1, .d_ff = 8});
    for (const char* adds : {"self_attention.output", "cross_attention.output", "feed_forward.linear2"})
        write_block_dropout(draw, adds);
}

}  // namespace wb
