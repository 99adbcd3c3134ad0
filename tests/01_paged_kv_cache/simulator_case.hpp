/// @file
/// Requests, options and results of exercise 1.8 as part of a case file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "judge/case.hpp"
#include "simulator.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// [requests, 3]: arrival, prompt_len, output_len.
inline Tensor<2, double> table_of(const std::vector<TraceRequest>& requests) {
    Tensor<2, double> table = zeros<2, double>({requests.size(), 3});
    for (std::size_t n = 0; n < requests.size(); ++n) {
        table(n, 0) = requests[n].arrival;
        table(n, 1) = requests[n].prompt_len;
        table(n, 2) = requests[n].output_len;
    }
    return table;
}

/// The requests of a case.
inline std::vector<TraceRequest> requests_of(const grader::Case& c) {
    const auto table = c.in<2, double>("requests");
    std::vector<TraceRequest> requests;
    for (std::size_t n = 0; n < table.shape(0); ++n) {
        requests.push_back({table(n, 0), static_cast<int>(table(n, 1)), static_cast<int>(table(n, 2))});
    }
    return requests;
}

/// Writes options into a case.
inline void put_options(grader::CaseWriter& writer, const SimulatorOptions& o) {
    writer.number("system", static_cast<int>(o.system)).number("num_slots", o.num_slots).number("max_len", o.max_len);
    writer.number("block_size", o.block_size).number("watermark", o.watermark);
}

/// The options of a case.
inline SimulatorOptions options_of(const grader::Case& c) {
    const auto number = [&](const char* name) { return static_cast<int>(c.number(name)); };
    return {static_cast<KvSystem>(number("system")), number("num_slots"), number("max_len"), number("block_size"),
            c.number("watermark")};
}

/// [2, 6]: busy and saturated; steps, running, tokens, reserved, internal, external. Exact up to 2^53.
inline Tensor<2, double> totals_of(const SimulationResult& result) {
    Tensor<2, double> table = zeros<2, double>({2, 6});
    const StepTotals* rows[] = {&result.busy, &result.saturated};
    for (std::size_t row = 0; row < 2; ++row) {
        const auto& [steps, running, slots] = *rows[row];
        const std::int64_t columns[] = {steps, running, slots.tokens, slots.reserved, slots.internal, slots.external};
        for (std::size_t column = 0; column < 6; ++column) table(row, column) = static_cast<double>(columns[column]);
    }
    return table;
}

/// [requests, 2]: admitted, finished.
inline Tensor<2, double> times_of(const SimulationResult& result) {
    Tensor<2, double> table = zeros<2, double>({result.requests.size(), 2});
    for (std::size_t n = 0; n < result.requests.size(); ++n) {
        table(n, 0) = static_cast<double>(result.requests[n].admitted);
        table(n, 1) = static_cast<double>(result.requests[n].finished);
    }
    return table;
}

/// [1]: preemptions.
inline Tensor<1, double> preemptions_of(const SimulationResult& result) {
    Tensor<1, double> one = zeros<1, double>({1});
    one(0) = static_cast<double>(result.preemptions);
    return one;
}

}  // namespace wb
