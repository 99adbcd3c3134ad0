/// @file
/// A question to paged attention as part of a case file.
#pragma once

#include <cstdint>
#include <vector>

#include "judge/case.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// What the judge reads of a case: the tensors as the contracts of 1.9, 1.11 and 1.12 have them.
struct PagedCase {
    Tensor<3> q;                             ///< [num_seqs, num_heads, head_dim]
    Tensor<4> k_cache, v_cache;              ///< [num_kv_blocks, num_kv_heads, block_size, head_dim]
    Tensor<2, std::int32_t> block_table;     ///< [num_seqs, max_blocks]
    std::vector<std::int32_t> context_lens;  ///< [num_seqs]
};

/// The question of a case.
inline PagedCase paged_case(const grader::Case& c) {
    const auto lengths = c.in<1, std::int32_t>("context_lens");
    return {c.in<3>("q"), c.in<4>("k_cache"), c.in<4>("v_cache"), c.in<2, std::int32_t>("block_table"),
            std::vector<std::int32_t>(lengths.begin(), lengths.end())};
}

}  // namespace wb
