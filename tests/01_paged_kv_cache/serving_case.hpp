/// @file
/// A workload of the scheduler as part of a case file, and the decisions of its steps as a flat list of numbers.
#pragma once

#include <string>
#include <vector>

#include "judge/case.hpp"
#include "scheduler_probes.hpp"

namespace wb {

/// What a scheduler is asked to serve.
struct ServingCase {
    SchedulerOptions options;
    std::vector<probes::Arrival> arrivals;
    int most_steps = 0;
};

inline void put_serving(grader::CaseWriter& writer, const ServingCase& workload) {
    const SchedulerOptions& o = workload.options;
    writer.number("block_size", o.block_size)
        .number("num_gpu_blocks", o.num_gpu_blocks)
        .number("num_cpu_blocks", o.num_cpu_blocks)
        .number("watermark", o.watermark)
        .number("max_sequences", o.max_sequences)
        .number("preemption", static_cast<int>(o.preemption))
        .number("most_steps", workload.most_steps);
    std::size_t sequences = 0;
    for (const auto& arrival : workload.arrivals) sequences = std::max(sequences, arrival.lengths.size());
    Tensor<2, double> requests({workload.arrivals.size(), 5}), lengths({workload.arrivals.size(), sequences});
    lengths.fill(0);
    for (std::size_t i = 0; i < workload.arrivals.size(); ++i) {
        const auto& [step, request, wanted] = workload.arrivals[i];
        requests(i, 0) = step;
        requests(i, 1) = static_cast<double>(request.id);
        requests(i, 2) = request.prompt_len;
        requests(i, 3) = request.max_new_tokens;
        requests(i, 4) = request.num_sequences;
        for (std::size_t s = 0; s < wanted.size(); ++s) lengths(i, s) = wanted[s];
    }
    writer.in("requests", requests).in("lengths", lengths);
}

inline ServingCase serving_of(const grader::Case& c) {
    const auto whole = [&](const char* key) { return static_cast<int>(c.number(key)); };
    ServingCase workload{{whole("block_size"), whole("num_gpu_blocks"), whole("num_cpu_blocks"), c.number("watermark"),
                          whole("max_sequences"), static_cast<Preemption>(whole("preemption"))},
                         {},
                         whole("most_steps")};
    const auto requests = c.in<2, double>("requests"), lengths = c.in<2, double>("lengths");
    for (std::size_t i = 0; i < requests.shape(0); ++i) {
        const auto number = [&](std::size_t column) { return static_cast<int>(requests(i, column)); };
        probes::Arrival arrival{number(0), {number(1), number(2), number(3), number(4)}, {}};
        for (std::size_t s = 0; s < static_cast<std::size_t>(number(4)); ++s)
            arrival.lengths.push_back(static_cast<int>(lengths(i, s)));
        workload.arrivals.push_back(std::move(arrival));
    }
    return workload;
}

/// What one step decides, whichever blocks it uses. Ids in order of arrival.
struct Decision {
    std::vector<std::int64_t> running, admitted, resumed, preempted, rejected;
    int slots = 0;                                    ///< tokens that are computed
    int swapped_out = 0, swapped_in = 0, copied = 0;  ///< blocks
    int gpu_free = 0, cpu_free = 0;
    bool operator==(const Decision&) const = default;
};

/// For a case file: each list as its length and its elements.
inline std::vector<double> flat(const std::vector<Decision>& decisions) {
    std::vector<double> numbers;
    for (const Decision& d : decisions) {
        for (const auto* ids : {&d.running, &d.admitted, &d.resumed, &d.preempted, &d.rejected}) {
            numbers.push_back(static_cast<double>(ids->size()));
            numbers.insert(numbers.end(), ids->begin(), ids->end());
        }
        for (const int n : {d.slots, d.swapped_out, d.swapped_in, d.copied, d.gpu_free, d.cpu_free})
            numbers.push_back(n);
    }
    return numbers;
}

/// The inverse of flat().
inline std::vector<Decision> decisions_of(const std::vector<double>& numbers) {
    std::vector<Decision> decisions;
    for (auto number = numbers.begin(); number != numbers.end();) {
        Decision d;
        for (auto* ids : {&d.running, &d.admitted, &d.resumed, &d.preempted, &d.rejected}) {
            const auto size = static_cast<std::ptrdiff_t>(*number++);
            ids->assign(number, number + size);
            number += size;
        }
        for (int* n : {&d.slots, &d.swapped_out, &d.swapped_in, &d.copied, &d.gpu_free, &d.cpu_free})
            *n = static_cast<int>(*number++);
        decisions.push_back(std::move(d));
    }
    return decisions;
}

}  // namespace wb
