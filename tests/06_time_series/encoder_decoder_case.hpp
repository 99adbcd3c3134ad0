/// @file
/// Questions of exercise 6.7, as the case makers write them and as the tests ask them.
#pragma once

#include <cstddef>
#include <string>

#include "encoder_decoder_probes.hpp"
#include "forecast_case.hpp"
#include "judge/case.hpp"
#include "time_encodings_case.hpp"

namespace wb {

/// In the block's order.
inline void add_decoder_block(ParameterShapes& shapes, const std::string& prefix, const BlockOptions& options) {
    for (const std::string attention : {"self_attention.", "cross_attention."}) {
        for (const char* part : {"query", "key", "value", "output"})
            add_linear(shapes, prefix + attention + part, options.d_model, options.d_model);
    }
    add_linear(shapes, prefix + "feed_forward.linear1", options.d_model, options.d_ff);
    add_linear(shapes, prefix + "feed_forward.linear2", options.d_ff, options.d_model);
    for (const char* norm : {"norm1", "norm2", "norm3"}) add_norm(shapes, prefix + norm, options.d_model);
}

inline ParameterShapes decoder_block_shapes(const BlockOptions& options) {
    ParameterShapes shapes;
    add_decoder_block(shapes, "", options);
    return shapes;
}

/// In the model's order.
inline ParameterShapes encoder_decoder_shapes(const EncoderDecoderOptions& options) {
    ParameterShapes shapes;
    const std::size_t d_model = options.blocks.d_model;
    for (const std::string side : {"encoder_embedding.", "decoder_embedding."}) {
        add_linear(shapes, side + "value", options.variates, d_model);
        shapes.push_back({side + "calendar.weight", {d_model, options.features}});
    }
    add_blocks(shapes, options.blocks, "encoder");
    for (std::size_t n = 0; n < options.decoder_layers; ++n)
        add_decoder_block(shapes, "decoder." + std::to_string(n) + ".", options.blocks);
    add_linear(shapes, "projection", d_model, options.variates);
    return shapes;
}

/// Written as in.parameter.<name>, in.x, in.memory, and numbers for the options.
inline void write_decoder_block(grader::CaseWriter& writer, const BlockOptions& options, const ModelWeights& parameters,
                                const Tensor<3>& x, const Tensor<3>& memory) {
    write_blocks(writer, options);
    write_parameters(writer, "parameter", parameters);
    writer.in("x", x).in("memory", memory);
}

/// In Mode::infer, without weights.
inline probes::DecoderQuestion decoder_block_question(const grader::Case& c) {
    probes::DecoderQuestion question;
    question.options.blocks = read_blocks(c);
    question.parameters = read_parameters(c, "parameter", decoder_block_shapes(question.options.blocks));
    question.first = numbers_of("x", c.in<3>("x"));
    question.second = numbers_of("memory", c.in<3>("memory"));
    return question;
}

/// Written as in.parameter.<name>, in.past, in.calendar, and numbers for the options.
inline void write_encoder_decoder(grader::CaseWriter& writer, const EncoderDecoderOptions& options,
                                  const ModelWeights& parameters, const Tensor<3>& past, const Tensor<3>& calendar) {
    const auto number = [&](const char* key, std::size_t value) { writer.number(key, static_cast<double>(value)); };
    number("lookback", options.lookback);
    number("horizon", options.horizon);
    number("label", options.label);
    number("variates", options.variates);
    number("features", options.features);
    number("decoder_layers", options.decoder_layers);
    write_blocks(writer, options.blocks);
    write_parameters(writer, "parameter", parameters);
    writer.in("past", past).in("calendar", calendar);
}

inline EncoderDecoderOptions encoder_decoder_options(const grader::Case& c) {
    const auto number = [&](const char* key) { return static_cast<std::size_t>(c.number(key)); };
    return {number("lookback"), number("horizon"),        number("label"), number("variates"),
            number("features"), number("decoder_layers"), read_blocks(c)};
}

/// In Mode::infer, without weights.
inline probes::DecoderQuestion encoder_decoder_question(const grader::Case& c) {
    probes::DecoderQuestion question;
    question.options = encoder_decoder_options(c);
    question.parameters = read_parameters(c, "parameter", encoder_decoder_shapes(question.options));
    question.first = numbers_of("past", c.in<3>("past"));
    question.second = numbers_of("calendar", c.in<3>("calendar"));
    return question;
}

}  // namespace wb
