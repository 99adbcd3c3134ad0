/// @file
/// A table in place of a model, for the tests of this chapter: losses and scores by which gates are closed, in closed form.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "gated_model.hpp"

namespace wb::probes {

/// With c_h = 1 - gate_h:  loss_n = base_n + sum_h single_nh c_h + together_n (sum_h c_h)^2, so that two heads together are missed more than
/// each alone; and score_n = 1 where loss_n < 1, else 0. `short_by` samples are left out of every answer but the first, and `scores_short_by` more
/// scores of every answer.
struct GateTable {
    Tensor<1, double> base;           ///< [samples]
    Tensor<2, double> single;         ///< [samples, heads]
    Tensor<1, double> together;       ///< [samples]
    std::size_t short_by = 0;         ///< numbers that the gates lack, for a question with a mistake in it
    std::size_t scores_short_by = 0;  ///< the same of the scores
};
/// The members, in wire order.
inline auto fields(GateTable& table) {
    return std::tie(table.base, table.single, table.together, table.short_by, table.scores_short_by);
}

/// The table as what it stands for. Notes what it is asked in `asked`.
inline EvaluateGates function_of(const GateTable& table, std::vector<Tensor<1>>& asked) {
    return [&table, &asked](const Tensor<1>& gates) {
        const std::size_t heads = table.single.shape(1), samples = table.base.size();
        if (gates.size() != heads)
            throw std::logic_error("asked for gates " + shape_text(gates) + ", but there are " + std::to_string(heads) +
                                   " heads");
        Measures measures;
        for (std::size_t n = 0; n < samples - (asked.empty() ? 0 : table.short_by); ++n) {
            double loss = table.base(n), closed = 0;
            for (std::size_t h = 0; h < heads; ++h) {
                const double c = 1 - static_cast<double>(gates(h));
                loss += table.single(n, h) * c;
                closed += c;
            }
            loss += table.together(n) * closed * closed;
            measures.losses.push_back(loss);
            measures.scores.push_back(loss < 1 ? 1 : 0);
        }
        measures.scores.resize(measures.scores.size() - table.scores_short_by);
        asked.push_back(gates);
        return measures;
    };
}

}  // namespace wb::probes
