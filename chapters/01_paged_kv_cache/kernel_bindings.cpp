/// @file
/// Drivers of the kernels of exercises 1.10 to 1.12: copy the question to the device, in float or in half, run the submission's
/// launcher, copy the answer back. Every buffer has exactly the size that the contract states, so that the engine's ASan build
/// sees the first element beyond it; every answer starts as NaN, so that what the kernel does not write shows.
#include <cuda_fp16.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "cache_kernels.hpp"
#include "kernel_probes.hpp"
#include "paged_attention_kernel.hpp"
#include "paged_attention_v2.hpp"
#include "probe/worker.hpp"
#include "wb_kernels/device_buffer.hpp"
#include "wb_kernels/device_tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb {
namespace {

using kernels::ThreadOrder;
using probes::CacheWriteQuestion;
using probes::DeviceCache;
using probes::DevicePartitions;
using probes::PagedDecodeQuestion;
using probes::Storage;

/// Calls `run` with a number of the type that the question asks for: run(float{}) or run(__half{}).
template <class Run>
auto with_storage(Storage storage, ThreadOrder order, Run run) {
    kernels::set_thread_order(order);
    return storage == Storage::float32 ? run(float{}) : run(__half{});
}

template <class T>
DeviceBuffer<T> list_on_device(const std::vector<T>& values) {
    return DeviceBuffer<T>(std::span<const T>(values));
}

template <class Real>
DeviceCache run_reshape_and_cache(const CacheWriteQuestion& x) {
    const auto k = on_device_as<Real>(x.k), v = on_device_as<Real>(x.v);
    const auto slot_mapping = list_on_device(x.slot_mapping);
    auto k_cache = DeviceAnswer<4, Real>::holding(x.cache.k), v_cache = DeviceAnswer<4, Real>::holding(x.cache.v);
    const ReshapeAndCacheArgs<Real> args{.k = k.data(),
                                         .v = v.data(),
                                         .slot_mapping = slot_mapping.data(),
                                         .k_cache = k_cache.data(),
                                         .v_cache = v_cache.data(),
                                         .num_tokens = extent(x.k.shape()[0]),
                                         .num_kv_heads = extent(x.k.shape()[1]),
                                         .head_dim = extent(x.k.shape()[2]),
                                         .block_size = extent(x.cache.k.shape()[2])};
    kernels::run([&] { reshape_and_cache(args); });
    return {k_cache.to_host(), v_cache.to_host()};
}

template <class Real>
DeviceCache run_copy_blocks(const Tensor<2, std::int32_t>& block_pairs, const DeviceCache& cache) {
    const auto pairs = on_device(block_pairs);
    auto k_cache = DeviceAnswer<4, Real>::holding(cache.k), v_cache = DeviceAnswer<4, Real>::holding(cache.v);
    const auto& shape = cache.k.shape();
    const CopyBlocksArgs<Real> args{.k_cache = k_cache.data(),
                                    .v_cache = v_cache.data(),
                                    .block_pairs = pairs.data(),
                                    .num_pairs = extent(block_pairs.shape()[0]),
                                    .elements_per_block = extent(shape[1] * shape[2] * shape[3])};
    kernels::run([&] { copy_blocks(args); });
    return {k_cache.to_host(), v_cache.to_host()};
}

/// A question to attention in device memory, and memory for its answer.
template <class Real>
struct DeviceQuestion {
    DeviceBuffer<Real> q, k_cache, v_cache;
    DeviceBuffer<int> block_table, context_lens;
    DeviceAnswer<3, Real> out;
    PagedDecodeArgs<Real> args;

    explicit DeviceQuestion(const PagedDecodeQuestion& x)
        : q(on_device_as<Real>(x.q)),
          k_cache(on_device_as<Real>(x.cache.k)),
          v_cache(on_device_as<Real>(x.cache.v)),
          block_table(on_device(x.block_table)),
          context_lens(list_on_device(x.context_lens)),
          out(x.q.shape()),
          args{.q = q.data(),
               .k_cache = k_cache.data(),
               .v_cache = v_cache.data(),
               .block_table = block_table.data(),
               .context_lens = context_lens.data(),
               .out = out.data(),
               .num_seqs = extent(x.q.shape()[0]),
               .num_heads = extent(x.q.shape()[1]),
               .num_kv_heads = extent(x.cache.k.shape()[1]),
               .head_dim = extent(x.q.shape()[2]),
               .block_size = extent(x.cache.k.shape()[2]),
               .max_blocks = extent(x.block_table.shape()[1])} {}
};

/// Device memory for the results of partitions.
struct PartitionMemory {
    DeviceAnswer<3> max, sum;
    DeviceAnswer<4> out;
    int count = 0;  ///< for each sequence and head

    ContextPartitions pointers() {
        return {.max = max.data(), .sum = sum.data(), .out = out.data(), .max_partitions = count};
    }
};

/// Memory for as many partitions as the longest context has.
PartitionMemory partition_memory(const PagedDecodeQuestion& x) {
    int longest = 0;
    for (const std::int32_t length : x.context_lens) longest = std::max(longest, length);
    const int count = (longest + partition_size - 1) / partition_size;
    const std::size_t num_seqs = x.q.shape()[0], num_heads = x.q.shape()[1],
                      partitions = static_cast<std::size_t>(count);
    return {DeviceAnswer<3>({num_seqs, num_heads, partitions}), DeviceAnswer<3>({num_seqs, num_heads, partitions}),
            DeviceAnswer<4>({num_seqs, num_heads, partitions, x.q.shape()[2]}), count};
}

template <class Real>
Tensor<3> run_paged_decode(const PagedDecodeQuestion& x) {
    DeviceQuestion<Real> question(x);
    kernels::run([&] { paged_decode_attention(question.args); });
    return question.out.to_host();
}

template <class Real>
Tensor<3> run_paged_decode_v2(const PagedDecodeQuestion& x) {
    DeviceQuestion<Real> question(x);
    PartitionMemory memory = partition_memory(x);
    const ContextPartitions partitions = memory.pointers();
    kernels::run([&] { paged_decode_attention_v2(question.args, partitions); });
    return question.out.to_host();
}

template <class Real>
DevicePartitions run_decode_partitions(const PagedDecodeQuestion& x) {
    DeviceQuestion<Real> question(x);
    PartitionMemory memory = partition_memory(x);
    const ContextPartitions partitions = memory.pointers();
    kernels::run([&] { decode_partitions(question.args, partitions); });
    return {memory.max.to_host(), memory.sum.to_host(), memory.out.to_host()};
}

template <class Real>
Tensor<3> run_merge_partitions(const DevicePartitions& x, const std::vector<std::int32_t>& lengths) {
    PartitionMemory memory{DeviceAnswer<3>::holding(x.max), DeviceAnswer<3>::holding(x.sum),
                           DeviceAnswer<4>::holding(x.out), extent(x.max.shape()[2])};
    const auto context_lens = list_on_device(lengths);
    DeviceAnswer<3, Real> out({x.out.shape()[0], x.out.shape()[1], x.out.shape()[3]});
    const MergePartitionsArgs<Real> args{.partitions = memory.pointers(),
                                         .context_lens = context_lens.data(),
                                         .out = out.data(),
                                         .num_seqs = extent(x.out.shape()[0]),
                                         .num_heads = extent(x.out.shape()[1]),
                                         .head_dim = extent(x.out.shape()[3])};
    kernels::run([&] { merge_partitions(args); });
    return out.to_host();
}

}  // namespace

WB_BIND(kernels) {
    worker.bind(probes::reshape_and_cache_kernel, [](const CacheWriteQuestion& x, Storage storage, ThreadOrder order) {
        return with_storage(storage, order, [&]<class Real>(Real) { return run_reshape_and_cache<Real>(x); });
    });
    worker.bind(probes::copy_blocks_kernel, [](const Tensor<2, std::int32_t>& block_pairs, const DeviceCache& cache,
                                               Storage storage, ThreadOrder order) {
        return with_storage(storage, order,
                            [&]<class Real>(Real) { return run_copy_blocks<Real>(block_pairs, cache); });
    });
    worker.bind(probes::paged_decode_kernel, [](const PagedDecodeQuestion& x, Storage storage, ThreadOrder order) {
        return with_storage(storage, order, [&]<class Real>(Real) { return run_paged_decode<Real>(x); });
    });
    worker.bind(probes::paged_decode_v2_kernel, [](const PagedDecodeQuestion& x, Storage storage, ThreadOrder order) {
        return with_storage(storage, order, [&]<class Real>(Real) { return run_paged_decode_v2<Real>(x); });
    });
    worker.bind(probes::decode_partitions_kernel, [](const PagedDecodeQuestion& x, Storage storage, ThreadOrder order) {
        return with_storage(storage, order, [&]<class Real>(Real) { return run_decode_partitions<Real>(x); });
    });
    worker.bind(probes::merge_partitions_kernel, [](const DevicePartitions& x, const std::vector<std::int32_t>& lengths,
                                                    Storage storage, ThreadOrder order) {
        return with_storage(storage, order, [&]<class Real>(Real) { return run_merge_partitions<Real>(x, lengths); });
    });
}

}  // namespace wb
