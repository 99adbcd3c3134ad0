/// @file
/// What the tests may ask the kernels of exercise 3.10. The given drivers in kernel_bindings.cpp copy the question to device memory, call
/// the submission's launcher, and copy the answer back. The order in which a block's threads run is part of every question: a kernel that
/// needs a barrier and has none may be right in one order by luck.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "probe/probe.hpp"
#include "wb/tensor.hpp"
#include "wb_kernels/run.hpp"

namespace wb::probes {

using kernels::ThreadOrder;

/// A question to live_heads_attention.
struct LiveHeadsQuestion {
    Tensor<3> q;     ///< [batch, q_len, heads * head_dim]
    Tensor<3> k, v;  ///< [batch, kv_len, heads * head_dim]
    std::int32_t heads = 0;
    std::vector<std::int32_t> live, key_lengths;  ///< key_lengths may be empty
    bool causal = false;
    bool cut = false;  ///< the arrays end with the last column of the list's last pair
    Tensor<3> before;  ///< [batch, q_len, heads * head_dim]: what `out` holds before
};
inline auto fields(LiveHeadsQuestion& question) {
    return std::tie(question.q, question.k, question.v, question.heads, question.live, question.key_lengths,
                    question.causal, question.cut, question.before);
}

/// -> out
inline const Probe<Tensor<3>(LiveHeadsQuestion, ThreadOrder)> live_heads_kernel{"3.10/live_heads"};

/// What a launcher took.
struct LaunchFigures {
    std::uint64_t blocks = 0;     ///< CUDA blocks of all its launches
    std::uint64_t allocated = 0;  ///< device memory of its own, in bytes: the most at one time
};
inline auto fields(LaunchFigures& figures) {
    return std::tie(figures.blocks, figures.allocated);
}

inline const Probe<LaunchFigures(LiveHeadsQuestion)> live_heads_launch{"3.10/live_heads_launch"};

/// A question to head_entropy_sums.
struct HeadEntropyQuestion {
    Tensor<4> weights;                        ///< [batch, heads, q_len, kv_len]
    std::vector<std::int32_t> query_lengths;  ///< [batch], or empty
};
inline auto fields(HeadEntropyQuestion& question) {
    return std::tie(question.weights, question.query_lengths);
}

/// NaN, and -1 rows, where the kernel has written nothing.
struct HeadEntropySums {
    Tensor<1> nats;                  ///< [heads]
    std::vector<std::int32_t> rows;  ///< [heads]
};
inline auto fields(HeadEntropySums& sums) {
    return std::tie(sums.nats, sums.rows);
}

inline const Probe<HeadEntropySums(HeadEntropyQuestion, ThreadOrder)> head_entropy_kernel{"3.10/head_entropy"};

}  // namespace wb::probes
