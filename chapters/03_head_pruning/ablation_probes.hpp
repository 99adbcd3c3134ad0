/// @file
/// What the tests may ask of exercise 3.2. ablate_heads gets a table in place of a model, and the driver notes which gates it asked for.
#pragma once

#include <cstddef>
#include <tuple>
#include <vector>

#include "ablation.hpp"
#include "gate_table.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// What ablate_heads found, and the gates that it asked for.
struct AblationRun {
    Ablation ablation;
    std::vector<Tensor<1>> asked;
};
inline auto fields(AblationRun& run) {
    return std::tie(run.ablation, run.asked);
}

/// before, after, confidence -> difference
inline const Probe<PairedDifference(std::vector<double>, std::vector<double>, double)> paired_difference{
    "3.2/paired_difference"};

/// before, after -> difference, with the default confidence
inline const Probe<PairedDifference(std::vector<double>, std::vector<double>)> default_difference{
    "3.2/default_difference"};

/// table, heads, confidence -> ablation. Gates of another number than the table's heads are an error of the driver's (std::logic_error).
inline const Probe<AblationRun(GateTable, std::size_t, double)> ablate_heads{"3.2/ablate_heads"};

/// p -> adjusted p
inline const Probe<std::vector<double>(std::vector<double>)> holm{"3.2/holm"};

/// differences, alpha -> heads
inline const Probe<std::vector<std::size_t>(std::vector<PairedDifference>, double)> significant_heads{
    "3.2/significant_heads"};

}  // namespace wb::probes
