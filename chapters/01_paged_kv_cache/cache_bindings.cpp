/// @file
/// Binds the probes of exercise 1.5 to the submission; the driver of traces is cache_driver.hpp.
#include "cache_driver.hpp"
#include "cache_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

std::vector<BlockHash> run_hash_blocks(const std::vector<BlockHash>& parents, const std::vector<int>& tokens,
                                       int block_size) {
    std::vector<BlockHash> hashes;
    const std::span<const int> all(tokens);
    for (std::size_t i = 0; i < parents.size(); ++i) {
        const auto size = static_cast<std::size_t>(block_size);
        hashes.push_back(hash_block(parents[i], all.subspan(i * size, size)));
    }
    return hashes;
}

bool run_make_cache(int block_size) {
    BlockAllocator allocator(1);
    const PrefixCache cache(allocator, block_size);
    return cache.num_cached() == 0;
}

}  // namespace

WB_BIND(cache) {
    worker.bind(probes::hash_blocks, &run_hash_blocks);
    worker.bind(probes::cache_trace, &drivers::run_cache_trace);
    worker.bind(probes::make_cache, &run_make_cache);
}

}  // namespace wb
