/// @file
/// Binds the probes of exercise 3.2 to the submission's functions.
#include "ablation_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

PairedDifference ask_difference(const std::vector<double>& before, const std::vector<double>& after,
                                double confidence) {
    return paired_difference(before, after, confidence);
}

PairedDifference ask_default(const std::vector<double>& before, const std::vector<double>& after) {
    return paired_difference(before, after);
}

probes::AblationRun ask_ablation(const probes::GateTable& table, std::size_t heads, double confidence) {
    probes::AblationRun run;
    run.ablation = ablate_heads(probes::function_of(table, run.asked), heads, confidence);
    return run;
}

}  // namespace

WB_BIND(ablation) {
    worker.bind(probes::paired_difference, &ask_difference);
    worker.bind(probes::default_difference, &ask_default);
    worker.bind(probes::ablate_heads, &ask_ablation);
    worker.bind(probes::holm, [](const std::vector<double>& p) { return holm(p); });
    worker.bind(probes::significant_heads, [](const std::vector<PairedDifference>& differences, double alpha) {
        return significant_heads(differences, alpha);
    });
}

}  // namespace wb
