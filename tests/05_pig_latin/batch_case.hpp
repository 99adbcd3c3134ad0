/// @file
/// Batches of words, and numbers by parameters' names, as part of a case file.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "batches.hpp"
#include "judge/case.hpp"
#include "model_case.hpp"

namespace wb {

/// @param number  of several in one case, e.g. ".0"
inline void put_batch(grader::CaseWriter& writer, const Batch& batch, const std::string& number = "") {
    writer.in("source" + number, batch.source).in("decoder_input" + number, batch.decoder_input);
    writer.in("target" + number, batch.target);
}

inline Batch batch_of(const grader::Case& c, const std::string& number = "") {
    return {c.in<2, int>("source" + number), c.in<2, int>("decoder_input" + number), c.in<2, int>("target" + number)};
}

/// Numbers of each parameter, by its name.
using ParameterNumbers = std::map<std::string, std::vector<double>>;

/// A parameter's numbers in its shape, a row or a table: calls `take(tensor)`.
template <class Take>
void as_parameter(const std::vector<double>& values, const std::vector<std::size_t>& shape, Take take) {
    if (shape.size() == 1) {
        Tensor<1, double> row(std::array<std::size_t, 1>{shape[0]});
        std::copy(values.begin(), values.end(), row.begin());
        take(row);
    } else {
        Tensor<2, double> table(std::array<std::size_t, 2>{shape[0], shape[1]});
        std::copy(values.begin(), values.end(), table.begin());
        take(table);
    }
}

/// Written as expected.<prefix><name>.
inline void expect_numbers(grader::CaseWriter& writer, const std::string& prefix, const ParameterNumbers& numbers,
                           const ParameterShapes& shapes) {
    for (const auto& [name, shape] : shapes)
        as_parameter(numbers.at(name), shape,
                     [&, &key = name](const auto& tensor) { writer.expected(prefix + key, tensor); });
}

/// Written as mistakes of <prefix><name>.
inline void add_mistake(grader::CaseWriter& writer, const std::string& words, const std::string& prefix,
                        const ParameterNumbers& numbers, const ParameterShapes& shapes) {
    for (const auto& [name, shape] : shapes)
        as_parameter(numbers.at(name), shape,
                     [&, &key = name](const auto& tensor) { writer.mistake(words, prefix + key, tensor); });
}

inline ParameterNumbers expected_numbers(const grader::Case& c, const std::string& prefix,
                                         const ParameterShapes& shapes) {
    ParameterNumbers numbers;
    for (const auto& [name, shape] : shapes) {
        if (shape.size() == 1) {
            const Tensor<1, double> row = c.expected<1>(prefix + name);
            numbers[name] = {row.begin(), row.end()};
        } else {
            const Tensor<2, double> table = c.expected<2>(prefix + name);
            numbers[name] = {table.begin(), table.end()};
        }
    }
    return numbers;
}

}  // namespace wb
