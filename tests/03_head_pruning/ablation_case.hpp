/// @file
/// Questions of exercise 3.2, as the case maker writes them and as the tests ask them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "ablation_probes.hpp"
#include "judge/case.hpp"
#include "rows.hpp"

namespace wb {

inline probes::GateTable table_of(const grader::Case& c) {
    return {c.in<1, double>("base"), c.in<2, double>("single"), c.in<1, double>("together")};
}

/// The table's answer, by the formula in gate_table.hpp. @param closed  [heads]
inline Measures measures_with(const probes::GateTable& table, const std::vector<bool>& closed) {
    const auto missing = static_cast<double>(std::count(closed.begin(), closed.end(), true));
    Measures measures;
    for (std::size_t n = 0; n < table.base.size(); ++n) {
        double loss = table.base(n) + table.together(n) * missing * missing;
        for (std::size_t h = 0; h < closed.size(); ++h) loss += closed[h] ? table.single(n, h) : 0;
        measures.losses.push_back(loss);
        measures.scores.push_back(loss < 1 ? 1 : 0);
    }
    return measures;
}

}  // namespace wb
