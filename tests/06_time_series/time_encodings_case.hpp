/// @file
/// Questions of exercise 6.3, as the case maker writes them and as the tests ask them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/case.hpp"
#include "time_encodings_probes.hpp"

namespace wb {

/// A tensor as named numbers, so that tests may ask in other shapes too.
template <std::size_t N>
NamedWeights numbers_of(const std::string& name, const Tensor<N>& tensor) {
    return {name, {tensor.shape().begin(), tensor.shape().end()}, {tensor.begin(), tensor.end()}};
}

inline void write_times(grader::CaseWriter& writer, const std::vector<Timestamp>& times) {
    Tensor<2> numbers(std::array<std::size_t, 2>{times.size(), 7});
    for (std::size_t n = 0; n < times.size(); ++n) {
        const Timestamp& t = times[n];
        const std::array<int, 7> row{t.year, t.month, t.day, t.hour, t.minute, t.weekday, t.day_of_year};
        for (std::size_t i = 0; i < row.size(); ++i) numbers(n, i) = static_cast<float>(row[i]);
    }
    writer.in("times", numbers);
}

inline std::vector<Timestamp> times_of(const grader::Case& c) {
    const Tensor<2> numbers = c.in<2>("times");
    std::vector<Timestamp> times(numbers.shape(0));
    for (std::size_t n = 0; n < times.size(); ++n) {
        const auto number = [&](std::size_t i) { return static_cast<int>(numbers(n, i)); };
        times[n] = {number(0), number(1), number(2), number(3), number(4), number(5), number(6)};
    }
    return times;
}

/// An embedding with its parameters and rows. Written as in.value.weight, .., in.x, in.features, in.d_out, first.
struct Tokens {
    Tensor<2> value_weight;     ///< [d_model, variates]
    Tensor<1> value_bias;       ///< [d_model]
    Tensor<2> calendar_weight;  ///< [d_model, features]
    Tensor<3> x, features, d_out;
    std::size_t first = 0;
};

inline void write_tokens(grader::CaseWriter& writer, const Tokens& tokens) {
    writer.in("value.weight", tokens.value_weight).in("value.bias", tokens.value_bias);
    writer.in("calendar.weight", tokens.calendar_weight).in("x", tokens.x).in("features", tokens.features);
    writer.in("d_out", tokens.d_out).number("first", static_cast<double>(tokens.first));
}

/// @param with_gradients  else Mode::infer
inline probes::TokenQuestion token_question_of(const grader::Case& c, bool with_gradients) {
    const Tensor<2> weight = c.in<2>("value.weight"), calendar = c.in<2>("calendar.weight");
    probes::TokenQuestion question{weight.shape(1), calendar.shape(1), weight.shape(0), {}, {}, {}, 0, {}};
    question.parameters = {numbers_of("value.weight", weight), numbers_of("value.bias", c.in<1>("value.bias")),
                           numbers_of("calendar.weight", calendar)};
    question.x = numbers_of("x", c.in<3>("x"));
    question.calendar = numbers_of("features", c.in<3>("features"));
    question.first = static_cast<std::size_t>(c.number("first"));
    if (with_gradients) question.d_out = c.in<3>("d_out");
    return question;
}

}  // namespace wb
