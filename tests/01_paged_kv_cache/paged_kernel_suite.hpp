/// @file
/// What the suites of exercises 1.11 and 1.12 share.
///
/// Tolerances: q, k and v lie within +-2, so a score is a sum of up to 128 products of up to 4, over sqrt(128): off by about
/// 1e-6 in float, and a weight is as much off, relative to its size. An output is a mean of values within +-2: 1e-5 leaves a
/// factor of 5. In half the sums are the same, in float; only the result is rounded, by at most half a unit in its last place
/// of 11 bits, 2^-11 of its size. A sum kept in half is off by far more.
#pragma once

#include "judge/kernel_suite.hpp"
#include "kernel_probes.hpp"
#include "paged_case.hpp"

namespace wb {

constexpr Tolerance float_tolerance{.absolute = 1e-5};
constexpr Tolerance half_tolerance{.absolute = 1.1e-5, .relative = 0x1p-11};
// Scores of 10,000 have a last bit of 1e-3 in float: who scales in another order moves a weight by that much.
constexpr Tolerance large_score_tolerance{.absolute = 5e-3};

/// A case's question, as the probes take it.
inline probes::PagedDecodeQuestion paged_question(const Case& c) {
    const PagedCase x = paged_case(c);
    return {x.q, {x.k_cache, x.v_cache}, x.block_table, x.context_lens};
}

/// What decoding must move of a case at least: the keys and values of each context, once for each KV head, a query and an answer for
/// each query head, and the tables. Slots without a token count nothing.
inline std::uint64_t least_bytes_of_decoding(const Case& c) {
    const PagedCase x = paged_case(c);
    std::uint64_t tokens = 0;
    for (const std::int32_t length : x.context_lens) tokens += static_cast<std::uint64_t>(length);
    return sizeof(float) * (2 * tokens * x.k_cache.shape(1) * x.k_cache.shape(3) + 2 * x.q.size()) +
           sizeof(std::int32_t) * (x.block_table.size() + x.context_lens.size());
}

/// A question that is right but for its head_dim or block_size.
inline probes::PagedDecodeQuestion question_of_zeros(std::size_t head_dim, std::size_t block_size) {
    const Tensor<4> cache = zeros<4>({2, 1, block_size, head_dim});
    return {zeros<3>({1, 2, head_dim}), {cache, cache}, Tensor<2, std::int32_t>{{0, 1}}, {1}};
}

/// A question about no sequence at all.
inline probes::PagedDecodeQuestion question_without_sequences() {
    const Tensor<4> cache = zeros<4>({2, 1, 16, 32});
    return {zeros<3>({0, 2, 32}), {cache, cache}, Tensor<2, std::int32_t>(std::array<std::size_t, 2>{0, 3}), {}};
}

}  // namespace wb
