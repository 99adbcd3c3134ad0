/// @file
/// Binds the probes of exercise 3.5 to the submission's functions.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "probe/worker.hpp"
#include "pruning_probes.hpp"

namespace wb {
namespace {

probes::OrderRun ask_gradual_order(const probes::ImportanceTable& table, const HeadSet& heads,
                                   const PruneOptions& options) {
    probes::OrderRun run;
    const auto importance_of = [&](const Tensor<1>& gates) {
        const std::size_t total = table.alone.size();
        if (gates.size() != total)
            throw std::logic_error("asked for gates " + shape_text(gates) + ", but there are " + std::to_string(total) +
                                   " heads");
        if (run.asked.size() >= std::max<std::size_t>(total, 1))
            throw std::logic_error("asked for the importance of " + std::to_string(total) + " heads " +
                                   std::to_string(run.asked.size() + 1) + " times: does each step close a head?");
        run.asked.push_back(gates);
        Tensor<1, double> importance = zeros<1, double>({table.answers});
        for (std::size_t h = 0; h < std::min(total, table.answers); ++h) {
            importance(h) = table.alone(h);
            for (std::size_t k = 0; k < total; ++k)
                importance(h) += table.instead(h, k) * (1 - static_cast<double>(gates(k)));
            if (gates(h) == 0) importance(h) = table.of_closed;
        }
        return importance;
    };
    run.order = gradual_order(importance_of, heads, options);
    return run;
}

std::vector<std::vector<std::size_t>> ask_random_orders(const HeadSet& heads, const std::vector<std::uint64_t>& seeds,
                                                        bool keep_one) {
    std::vector<std::vector<std::size_t>> orders;
    for (const std::uint64_t seed : seeds) orders.push_back(random_order(heads, seed, keep_one));
    return orders;
}

probes::CurveRun ask_quality_curve(const probes::GateTable& table, std::size_t heads,
                                   const std::vector<std::size_t>& order, const std::vector<std::size_t>& counts) {
    probes::CurveRun run;
    run.curve = quality_curve(probes::function_of(table, run.asked), heads, order, counts);
    return run;
}

std::size_t ask_in_vain(const probes::GateTable& table, std::size_t heads, const std::vector<std::size_t>& order,
                        const std::vector<std::size_t>& counts) {
    std::vector<Tensor<1>> asked;
    try {
        quality_curve(probes::function_of(table, asked), heads, order, counts);
    } catch (const std::logic_error&) {
        if (asked.empty()) throw;
    }
    return asked.size();
}

}  // namespace

WB_BIND(pruning) {
    worker.bind(probes::one_shot_order, &one_shot_order);
    worker.bind(probes::gradual_order, &ask_gradual_order);
    worker.bind(probes::random_orders, &ask_random_orders);
    worker.bind(probes::gates_after, [](std::size_t heads, const std::vector<std::size_t>& order, std::size_t count) {
        return gates_after(heads, order, count);
    });
    worker.bind(probes::quality_curve, &ask_quality_curve);
    worker.bind(probes::asked_in_vain, &ask_in_vain);
    worker.bind(probes::area_under_curve, [](const std::vector<CurvePoint>& curve) { return area_under_curve(curve); });
    worker.bind(probes::sample_areas, [](const std::vector<CurvePoint>& curve) { return sample_areas(curve); });
    worker.bind(probes::area_difference,
                [](const std::vector<std::vector<CurvePoint>>& baselines, const std::vector<CurvePoint>& curve,
                   double confidence) { return area_difference(baselines, curve, confidence); });
}

}  // namespace wb
