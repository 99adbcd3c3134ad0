/// @file
/// Questions of exercise 6.8, as the case maker writes them and as the tests ask them.
#pragma once

#include <cstddef>
#include <string>

#include "direct_head_probes.hpp"
#include "forecast_case.hpp"
#include "judge/case.hpp"
#include "time_encodings_case.hpp"

namespace wb {

/// In the model's order.
/// @param pooled  how long the vector is that the head reads: the case maker's number, not the submission's
inline ParameterShapes direct_shapes(const DirectOptions& options, std::size_t pooled) {
    ParameterShapes shapes;
    add_linear(shapes, "embedding.value", options.variates, options.blocks.d_model);
    shapes.push_back({"embedding.calendar.weight", {options.blocks.d_model, options.features}});
    add_blocks(shapes, options.blocks);
    add_linear(shapes, "head", pooled, options.horizon * options.variates);
    return shapes;
}

inline void write_direct(grader::CaseWriter& writer, const DirectOptions& options, std::size_t pooled) {
    writer.number("lookback", static_cast<double>(options.lookback));
    writer.number("horizon", static_cast<double>(options.horizon));
    writer.number("variates", static_cast<double>(options.variates));
    writer.number("features", static_cast<double>(options.features));
    writer.number("pooling", static_cast<double>(options.pooling)).number("pooled", static_cast<double>(pooled));
    write_blocks(writer, options.blocks);
}

inline DirectOptions direct_options(const grader::Case& c) {
    const auto number = [&](const char* key) { return static_cast<std::size_t>(c.number(key)); };
    return {number("lookback"),
            number("horizon"),
            number("variates"),
            number("features"),
            static_cast<Pooling>(number("pooling")),
            read_blocks(c)};
}

inline ParameterShapes direct_shapes(const grader::Case& c) {
    return direct_shapes(direct_options(c), static_cast<std::size_t>(c.number("pooled")));
}

/// In Mode::infer.
inline probes::DirectQuestion direct_question(const grader::Case& c) {
    probes::DirectQuestion question;
    question.options = direct_options(c);
    question.parameters = read_parameters(c, "parameter", direct_shapes(c));
    question.past = numbers_of("past", c.in<3>("past"));
    question.calendar = numbers_of("calendar", c.in<3>("calendar"));
    return question;
}

inline const char* name_of(Pooling pooling) {
    switch (pooling) {
        case Pooling::last:
            return "last";
        case Pooling::average:
            return "average";
        case Pooling::flatten:
            break;
    }
    return "flatten";
}

}  // namespace wb
