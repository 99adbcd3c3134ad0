/// @file
/// Questions of exercise 4.10, as the case maker writes them and as the tests ask them; and what a table of losses says of gates.
#pragma once

#include <cstddef>
#include <vector>

#include "head_drop_probes.hpp"
#include "vit_case.hpp"

namespace wb {

inline void write_question(grader::CaseWriter& writer, const probes::EvaluationQuestion& question) {
    write_options(writer, question.options);
    write_parameters(writer, "parameter", question.weights);
    Tensor<1> labels(std::array<std::size_t, 1>{question.labels.size()});
    std::copy(question.labels.begin(), question.labels.end(), labels.data());
    writer.in("pixels", question.pixels).in("labels", labels);
}

inline probes::EvaluationQuestion evaluation_question_of(const grader::Case& c) {
    const VitOptions options = options_of(c);
    const Tensor<1> labels = c.in<1>("labels");
    return {options,
            read_parameters(c, "parameter", vit_shapes(options)),
            c.in<4>("pixels"),
            {labels.begin(), labels.end()}};
}

inline void write_table(grader::CaseWriter& writer, const probes::LossTable& table) {
    writer.number("layers", static_cast<double>(table.layers)).number("heads", static_cast<double>(table.heads));
    writer.in("base", table.base).in("single", table.single).in("together", table.together);
}

inline probes::LossTable table_of(const grader::Case& c) {
    return {static_cast<std::size_t>(c.number("layers")), static_cast<std::size_t>(c.number("heads")),
            c.in<1, double>("base"), c.in<2, double>("single"), c.in<1, double>("together")};
}

/// The table's losses, by the formula in head_drop_probes.hpp.
inline std::vector<double> losses_with(const probes::LossTable& table, const Tensor<2>& gates) {
    std::vector<double> losses;
    for (std::size_t n = 0; n < table.base.size(); ++n) {
        double dropped = 0, alone = 0;
        for (std::size_t k = 0; k < gates.size(); ++k) {
            dropped += 1 - gates.data()[k];
            alone += table.single(n, k) * (1 - gates.data()[k]);
        }
        losses.push_back(table.base(n) + alone + table.together(n) * dropped * dropped);
    }
    return losses;
}

}  // namespace wb
