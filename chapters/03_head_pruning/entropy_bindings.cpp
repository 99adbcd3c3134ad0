/// @file
/// Binds the probes of exercise 3.4 to the submission's functions.
#include <stdexcept>

#include "entropy_probes.hpp"
#include "probe/worker.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

HeadEntropy ask_head_entropies(const std::vector<std::size_t>& heads, const std::vector<probes::WeightsBatch>& calls) {
    HeadEntropies entropies(HeadSet{heads});
    for (const probes::WeightsBatch& call : calls) {
        bool refused = false;
        try {
            entropies.add(call.module, call.weights, call.query_lengths);
        } catch (const ShapeError&) {  // an invalid_argument too, but not the one that is expected
            throw;
        } catch (const std::invalid_argument&) {
            if (!call.refused) throw;
            refused = true;
        }
        if (refused != call.refused) throw std::runtime_error("weights that are no distribution were taken");
    }
    return entropies.mean();
}

}  // namespace

WB_BIND(entropy) {
    worker.bind(probes::head_entropies, &ask_head_entropies);
    worker.bind(probes::entropy_shift,
                [](const HeadEntropy& before, const HeadEntropy& after, const std::vector<std::size_t>& live) {
                    return entropy_shift(before, after, live);
                });
}

}  // namespace wb
