/// @file
/// Exercise 6.7 another way: the decoder's input is cut from past and zeros together; known and empty rows are embedded apart; attention is
/// put together from its projections; all rows are said, and the known ones cut off behind the projection.
#include "encoder_decoder.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "wb/errors.hpp"

namespace wb {
namespace {

/// What MultiHeadAttention does, from its layers.
Var<float> attended(const MultiHeadAttention<float>& layers, Var<float> x, Var<float> memory, std::size_t heads,
                    double probability, Var<float>* weights) {
    const Var<float> q = split_heads(layers.query(x), heads), k = split_heads(layers.key(memory), heads);
    const Var<float> v = split_heads(layers.value(memory), heads);
    const double scale = 1 / std::sqrt(static_cast<double>(q.shape()[3]));
    const Var<float> soft = softmax(matmul(q, transpose(k, 2, 3)) * static_cast<float>(scale));
    if (weights != nullptr) *weights = soft;
    return (*layers.output)(merge_heads(matmul(dropout(soft, probability), v)));
}

std::size_t heads_of(const MultiHeadAttention<float>& layers, Var<float> x) {
    Var<float> weights;
    layers(x, x, {}, &weights);
    return weights.shape()[1];
}

}  // namespace

Var<float> decoder_input(Var<float> past, std::size_t label, std::size_t horizon) {
    const auto refuse = [&](const std::string& why) {
        throw ShapeError("decoder_input: " + why + ": past " + shape_text(past.shape()) + ", label " +
                         std::to_string(label));
    };
    if (past.shape().rank() != 3) refuse("three axes are due");
    const std::size_t lookback = past.shape()[1];
    if (label > lookback) refuse("more label rows than there are");
    const std::vector<float> nothing(past.shape()[0] * horizon * past.shape()[2]);
    const Var<float> later = past.tape().constant({past.shape()[0], horizon, past.shape()[2]}, nothing);
    return slice(concat(std::vector<Var<float>>{past, later}, 1), 1, lookback - label, lookback + horizon);
}

Var<float> DecoderBlock::operator()(Var<float> x, Var<float> memory, Var<float>* weights) const {
    const double p = dropout_probability;
    const std::size_t heads = heads_of(self_attention, x);
    const Var<float> looked_round = norm1(dropout(attended(self_attention, x, x, heads, p, nullptr), p) + x);
    Var<float> map;
    const Var<float> told =
        norm2(dropout(attended(cross_attention, looked_round, memory, heads, p, &map), p) + looked_round);
    if (weights != nullptr) *weights = map;
    return norm3(dropout(feed_forward(told), p) + told);
}

Var<float> EncoderDecoder::operator()(Var<float> past, Var<float> calendar, Var<float>* weights) const {
    const auto [lookback, horizon, label, variates, features, layers, blocks] = options;
    const std::string given =
        "EncoderDecoder: past " + shape_text(past.shape()) + ", calendar " + shape_text(calendar.shape());
    if (past.shape().rank() != 3 || calendar.shape().rank() != 3) throw ShapeError(given + ": three axes each are due");
    const std::size_t batch = past.shape()[0];
    if (past.shape() != Shape{batch, lookback, variates}) throw ShapeError(given + ": past does not fit the model");
    if (calendar.shape() != Shape{batch, lookback + horizon, features})
        throw ShapeError(given + ": calendar does not fit the model and past");

    const auto between = [](Var<float> x, std::size_t begin, std::size_t end) { return slice(x, 1, begin, end); };
    Var<float> memory = dropout(encoder_embedding(past, between(calendar, 0, lookback)), blocks.dropout);
    for (std::size_t n = 0; n < encoder.size(); ++n) memory = encoder[n](memory);

    const Var<float> rows = decoder_input(past, label, horizon);
    const Var<float> empty = decoder_embedding(between(rows, label, label + horizon),
                                               between(calendar, lookback, lookback + horizon), lookback);
    Var<float> x = empty;
    if (label > 0) {
        const Var<float> known =
            decoder_embedding(between(rows, 0, label), between(calendar, lookback - label, lookback), lookback - label);
        x = concat(std::vector<Var<float>>{known, empty}, 1);
    }
    x = dropout(x, blocks.dropout);
    std::vector<Var<float>> maps(layers);
    for (std::size_t n = 0; n < layers; ++n) x = decoder[n](x, memory, &maps[n]);
    if (weights != nullptr && layers > 0) *weights = maps.back();
    return between(projection(x), label, label + horizon);
}

}  // namespace wb
