/// @file
/// What the tests may ask of exercise 1.9. A cache crosses the pipe whole, before and after: tests keep theirs small.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "paged_attention.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// What became of a cache, also where the operation threw.
struct CacheAnswer {
    KvCache cache;
    bool threw_invalid_argument =
        false;            ///< std::invalid_argument, ShapeError included; anything else goes to the judge
    std::string message;  ///< of the exception
};

/// The members, in wire order.
inline auto fields(CacheAnswer& answer) {
    return std::tie(answer.cache, answer.threw_invalid_argument, answer.message);
}

/// k, v, slot_mapping, cache -> the cache afterwards
inline const Probe<CacheAnswer(Tensor<3> k, Tensor<3> v, std::vector<Slot>, KvCache)> reshape_and_cache{
    "1.9/reshape_and_cache"};

/// copies, cache -> the cache afterwards
inline const Probe<CacheAnswer(std::vector<BlockCopy>, KvCache)> copy_blocks{"1.9/copy_blocks"};

/// q, cache, block_table, context_lens -> out [num_seqs, num_heads, head_dim]
inline const Probe<Tensor<3>(Tensor<3> q, KvCache, Tensor<2, BlockId>, std::vector<std::int32_t>)>
    paged_decode_attention{"1.9/paged_decode_attention"};

}  // namespace wb::probes
