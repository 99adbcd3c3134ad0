/// @file
/// Questions of exercise 6.13, as the case maker writes them and as the tests ask them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "evaluation_probes.hpp"
#include "judge/case.hpp"

namespace wb {

inline void write_batches(grader::CaseWriter& writer, const std::vector<probes::ForecastBatch>& batches) {
    writer.number("batches", static_cast<double>(batches.size()));
    for (std::size_t n = 0; n < batches.size(); ++n) {
        writer.in("forecast." + std::to_string(n), batches[n].forecast);
        writer.in("truth." + std::to_string(n), batches[n].truth);
    }
}

inline std::vector<probes::ForecastBatch> batches_of(const grader::Case& c) {
    std::vector<probes::ForecastBatch> batches;
    for (std::size_t n = 0; n < static_cast<std::size_t>(c.number("batches")); ++n)
        batches.push_back({c.in<3>("forecast." + std::to_string(n)), c.in<3>("truth." + std::to_string(n))});
    return batches;
}

}  // namespace wb
