/// @file
/// Questions of exercise 6.11, as the case maker writes them and as the tests ask them.
#pragma once

#include <cstddef>
#include <string>

#include "forecast_case.hpp"
#include "itransformer_probes.hpp"
#include "judge/case.hpp"

namespace wb {

/// In the model's order.
inline ParameterShapes itransformer_shapes(const ITransformerOptions& options) {
    ParameterShapes shapes;
    add_linear(shapes, "embedding", options.lookback, options.blocks.d_model);
    add_blocks(shapes, options.blocks);
    add_norm(shapes, "norm", options.blocks.d_model);
    add_linear(shapes, "projection", options.blocks.d_model, options.horizon);
    return shapes;
}

/// Written as in.parameter.<name>, in.past, and numbers for the options.
inline void write_itransformer(grader::CaseWriter& writer, const ITransformerOptions& options,
                               const ModelWeights& parameters, const Tensor<3>& past) {
    writer.number("lookback", static_cast<double>(options.lookback));
    writer.number("horizon", static_cast<double>(options.horizon));
    write_blocks(writer, options.blocks);
    write_parameters(writer, "parameter", parameters);
    writer.in("past", past);
}

inline ITransformerOptions itransformer_options(const grader::Case& c) {
    return {static_cast<std::size_t>(c.number("lookback")), static_cast<std::size_t>(c.number("horizon")),
            read_blocks(c)};
}

inline NamedWeights past_of(const Tensor<3>& past) {
    return {"past", {past.shape().begin(), past.shape().end()}, {past.begin(), past.end()}};
}

/// In Mode::infer, without weights.
inline probes::ITransformerQuestion itransformer_question(const grader::Case& c) {
    probes::ITransformerQuestion question;
    question.options = itransformer_options(c);
    question.parameters = read_parameters(c, "parameter", itransformer_shapes(question.options));
    question.past = past_of(c.in<3>("past"));
    return question;
}

}  // namespace wb
