/// @file
/// See cache_oracle.hpp.
#include "cache_oracle.hpp"

#include <cstddef>
#include <utility>

namespace wb::oracle {
namespace {

Tensor<4, double> in_double(const Tensor<4>& x) {
    Tensor<4, double> y(x.shape());
    for (std::size_t n = 0; n < x.size(); ++n) y.data()[n] = static_cast<double>(x.data()[n]);
    return y;
}

Tensor<4, double> one_written(const Tensor<3>& tokens, const Tensor<1, std::int64_t>& slot_mapping,
                              const Tensor<4>& cache, const CacheFlaws& flaws) {
    Tensor<4, double> result = in_double(cache);
    const std::size_t heads = cache.shape(1), block_size = cache.shape(2), head_dim = cache.shape(3);
    for (std::size_t n = 0; n < tokens.shape(0); ++n) {
        std::int64_t slot = slot_mapping(n);
        if (slot < 0 && !flaws.skipped_into_slot_0) continue;
        if (slot < 0) slot = 0;
        if (flaws.mapping_ignored) slot = static_cast<std::int64_t>(n);
        const std::size_t block = static_cast<std::size_t>(slot) / block_size;
        const std::size_t offset = static_cast<std::size_t>(slot) % block_size;
        for (std::size_t h = 0; h < (flaws.first_head_only ? 1 : heads); ++h) {
            for (std::size_t d = 0; d < head_dim; ++d) {
                if (flaws.tokens_before_heads) {
                    result.data()[((block * block_size + offset) * heads + h) * head_dim + d] = tokens(n, h, d);
                } else {
                    result(block, h, offset, d) = tokens(n, h, d);
                }
            }
        }
    }
    return result;
}

}  // namespace

Caches written(const CacheWrite& x, const CacheFlaws& flaws) {
    if (flaws.nothing) return {in_double(x.k_cache), in_double(x.v_cache)};
    return {one_written(x.k, x.slot_mapping, x.k_cache, flaws),
            one_written(flaws.keys_twice ? x.k : x.v, x.slot_mapping, x.v_cache, flaws)};
}

Tensor<4, double> copied(const Tensor<4>& cache, const Tensor<2, std::int32_t>& copies, const CopyFlaws& flaws) {
    Tensor<4, double> result = in_double(cache);
    if (flaws.nothing) return result;
    const Tensor<4, double> before = result;
    const std::size_t num_copies = flaws.first_pair_only && copies.shape(0) > 1 ? 1 : copies.shape(0);
    for (std::size_t n = 0; n < num_copies; ++n) {
        const std::size_t pair = flaws.last_pair_first ? num_copies - 1 - n : n;
        auto source = static_cast<std::size_t>(copies(pair, 0)),
             destination = static_cast<std::size_t>(copies(pair, 1));
        if (flaws.backwards) std::swap(source, destination);
        const Tensor<4, double>& from = flaws.all_at_once ? before : result;
        for (std::size_t h = 0; h < (flaws.first_head_only ? 1 : cache.shape(1)); ++h) {
            for (std::size_t t = 0; t < cache.shape(2); ++t) {
                for (std::size_t d = 0; d < cache.shape(3); ++d) result(destination, h, t, d) = from(source, h, t, d);
            }
        }
    }
    return result;
}

}  // namespace wb::oracle
