/// @file
/// What the tests may ask of exercise 3.5. gradual_order gets a table of importances in place of a measure, quality_curve a table of losses in
/// place of a model; the driver notes which gates they asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "gate_table.hpp"
#include "probe/probe.hpp"
#include "pruning.hpp"

namespace wb::probes {

/// Importances by what is closed: importance_h = alone_h + sum_k instead_hk (1 - gate_k) for a live head, so that heads can stand in for each
/// other; a closed head's is `of_closed`.
struct ImportanceTable {
    Tensor<1, double> alone;    ///< [heads]
    Tensor<2, double> instead;  ///< [heads, heads]
    double of_closed = 0;
    std::size_t answers = 0;  ///< how many numbers come back: [heads] is right, another is an error of the measure's
};
inline auto fields(ImportanceTable& table) {
    return std::tie(table.alone, table.instead, table.of_closed, table.answers);
}

/// An order, and the gates that were asked for on the way.
struct OrderRun {
    std::vector<std::size_t> order;
    std::vector<Tensor<1>> asked;
};
inline auto fields(OrderRun& run) {
    return std::tie(run.order, run.asked);
}

/// A curve, and the gates that were asked for.
struct CurveRun {
    std::vector<CurvePoint> curve;
    std::vector<Tensor<1>> asked;
};
inline auto fields(CurveRun& run) {
    return std::tie(run.curve, run.asked);
}

/// importance -> order
inline const Probe<std::vector<std::size_t>(Tensor<1, double>)> one_shot_order{"3.5/one_shot_order"};

/// table, heads, options -> order. Gates of another number than there are heads are an error of the driver's (std::logic_error); so are more
/// questions than heads, since every step closes one: a loop without end is not waited for.
inline const Probe<OrderRun(ImportanceTable, HeadSet, PruneOptions)> gradual_order{"3.5/gradual_order"};

/// heads, seeds, keep one -> an order for each seed
inline const Probe<std::vector<std::vector<std::size_t>>(HeadSet, std::vector<std::uint64_t>, bool)> random_orders{
    "3.5/random_orders"};

/// heads, order, count -> gates
inline const Probe<Tensor<1>(std::size_t, std::vector<std::size_t>, std::size_t)> gates_after{"3.5/gates_after"};

/// table, heads, order, counts -> curve
inline const Probe<CurveRun(GateTable, std::size_t, std::vector<std::size_t>, std::vector<std::size_t>)> quality_curve{
    "3.5/quality_curve"};

/// The same where something is wrong with the question. Throws what was thrown, if the model was not asked before; otherwise answers how
/// often it was asked.
inline const Probe<std::size_t(GateTable, std::size_t, std::vector<std::size_t>, std::vector<std::size_t>)>
    asked_in_vain{"3.5/asked_in_vain"};

/// curve -> area
inline const Probe<double(std::vector<CurvePoint>)> area_under_curve{"3.5/area_under_curve"};

/// curve -> a sample's area each
inline const Probe<std::vector<double>(std::vector<CurvePoint>)> sample_areas{"3.5/sample_areas"};

/// baselines, curve, confidence -> difference
inline const Probe<PairedDifference(std::vector<std::vector<CurvePoint>>, std::vector<CurvePoint>, double)>
    area_difference{"3.5/area_difference"};

}  // namespace wb::probes
