/// @file
/// Binds the probes of exercise 1.9 to the submission's functions.
#include <stdexcept>
#include <vector>

#include "paged_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

/// Runs an operation that changes a cache, and returns the cache whether it threw or not.
template <class Operation>
probes::CacheAnswer changed(KvCache cache, Operation operation) {
    probes::CacheAnswer answer;
    try {
        operation(cache);
    } catch (const std::invalid_argument& error) {
        answer.threw_invalid_argument = true;
        answer.message = error.what();
    }
    answer.cache = std::move(cache);
    return answer;
}

}  // namespace

WB_BIND(paged) {
    worker.bind(probes::reshape_and_cache,
                [](const Tensor<3>& k, const Tensor<3>& v, const std::vector<Slot>& slots, const KvCache& cache) {
                    return changed(cache, [&](KvCache& into) { reshape_and_cache(k, v, slots, into); });
                });
    worker.bind(probes::copy_blocks, [](const std::vector<BlockCopy>& copies, const KvCache& cache) {
        return changed(cache, [&](KvCache& into) { copy_blocks(copies, into); });
    });
    worker.bind(probes::paged_decode_attention, &paged_decode_attention);
}

}  // namespace wb
