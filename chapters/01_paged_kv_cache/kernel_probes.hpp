/// @file
/// What the tests may ask the kernels of exercises 1.10 to 1.12. The given drivers in kernel_bindings.cpp copy the question to
/// device memory, in float or in half, call the submission's launcher, and copy the answer back. Numbers cross the pipe as
/// float; what half cannot hold is rounded on the way to the device. The order in which a block's threads run is part of every
/// question: a kernel that needs a barrier and has none may be right in one order by luck.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "probe/probe.hpp"
#include "wb/tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb::probes {

using kernels::ThreadOrder;

/// What the numbers are kept as in device memory: a launcher's template parameter.
enum class Storage : std::uint8_t { float32, float16 };

/// A cache after a kernel wrote to it.
struct DeviceCache {
    Tensor<4> k, v;  ///< [num_kv_blocks, num_kv_heads, block_size, head_dim]
};
inline auto fields(DeviceCache& cache) {
    return std::tie(cache.k, cache.v);
}

/// A question to reshape_and_cache.
struct CacheWriteQuestion {
    Tensor<3> k, v;                          ///< [num_tokens, num_kv_heads, head_dim]
    std::vector<std::int64_t> slot_mapping;  ///< [num_tokens]
    DeviceCache cache;
};
inline auto fields(CacheWriteQuestion& x) {
    return std::tie(x.k, x.v, x.slot_mapping, x.cache);
}

/// -> the cache afterwards
inline const Probe<DeviceCache(CacheWriteQuestion, Storage, ThreadOrder)> reshape_and_cache_kernel{
    "1.10/reshape_and_cache"};

/// block_pairs [num_pairs, 2] -> the cache afterwards
inline const Probe<DeviceCache(Tensor<2, std::int32_t> block_pairs, DeviceCache, Storage, ThreadOrder)>
    copy_blocks_kernel{"1.10/copy_blocks"};

/// A question to paged attention.
struct PagedDecodeQuestion {
    Tensor<3> q;  ///< [num_seqs, num_heads, head_dim]
    DeviceCache cache;
    Tensor<2, std::int32_t> block_table;     ///< [num_seqs, max_blocks]
    std::vector<std::int32_t> context_lens;  ///< [num_seqs]
};
inline auto fields(PagedDecodeQuestion& x) {
    return std::tie(x.q, x.cache, x.block_table, x.context_lens);
}

/// -> out [num_seqs, num_heads, head_dim], by one CUDA block for each sequence and head
inline const Probe<Tensor<3>(PagedDecodeQuestion, Storage, ThreadOrder)> paged_decode_kernel{"1.11/paged_decode"};

/// -> out [num_seqs, num_heads, head_dim], by partitions of the context and a merge
inline const Probe<Tensor<3>(PagedDecodeQuestion, Storage, ThreadOrder)> paged_decode_v2_kernel{"1.12/paged_decode_v2"};

/// What partitions of the context give; NaN where a kernel has written nothing.
struct DevicePartitions {
    Tensor<3> max, sum;  ///< [num_seqs, num_heads, num_partitions]
    Tensor<4> out;       ///< [num_seqs, num_heads, num_partitions, head_dim]
};
inline auto fields(DevicePartitions& x) {
    return std::tie(x.max, x.sum, x.out);
}

/// -> the partitions' results alone, in memory that was NaN before
inline const Probe<DevicePartitions(PagedDecodeQuestion, Storage, ThreadOrder)> decode_partitions_kernel{
    "1.12/decode_partitions"};

/// partitions, context_lens -> out [num_seqs, num_heads, head_dim]: the merge alone
inline const Probe<Tensor<3>(DevicePartitions, std::vector<std::int32_t> context_lens, Storage, ThreadOrder)>
    merge_partitions_kernel{"1.12/merge_partitions"};

}  // namespace wb::probes
