/// @file
/// Draws questions to paged attention and writes them as cases, for exercises 1.9, 1.11 and 1.12.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cache_oracle.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "paged_attention_oracle.hpp"

namespace wb {

/// Sizes of a question.
struct PagedSizes {
    std::size_t num_heads = 1, num_kv_heads = 1, head_dim = 32, block_size = 16;
    std::vector<std::int32_t> context_lens = {};
};

/// "h8_2_d64_b16_511_513", for the name of a case.
std::string paged_name(const PagedSizes& sizes);

/// A tensor of multiples of 1/512 within +-2: half precision holds them exactly, so that both storages get the same question.
template <std::size_t N>
Tensor<N> draw_exact(const typename Tensor<N>::shape_type& shape, Draw& draw) {
    Tensor<N> value(shape);
    for (float& x : value) x = (static_cast<float>(draw.below(2048)) - 1024.0F) / 512.0F;
    return value;
}

/// A question with blocks in random order all over the pool, and some that are nobody's. Slots that hold no token are filled
/// too, with numbers as good as any. A row of the table has at least one -1 behind its blocks.
oracle::PagedDecode draw_paged(const PagedSizes& sizes, Draw& draw);

/// Fills every slot that holds no token with NaN.
void dirty_the_free_slots(oracle::PagedDecode& x);

/// The same with scores of about +-`level`, exact in float and in half: q is 2 or -2 throughout a head, k a whole number for
/// each token. In sequence 0 both signs occur; in the others all scores of even heads are negative, and of odd heads positive.
/// head_dim must be 64, and level a multiple of 16.
oracle::PagedDecode draw_large_scores(const PagedSizes& sizes, int level, Draw& draw);

/// Puts the question into a case, and what known mistakes return.
void put_paged(CaseWriter& writer, const oracle::PagedDecode& x);

/// A whole case with the expected `out`.
void write_paged_case(const std::string& family, const std::string& name, const oracle::PagedDecode& x);

/// Writes of num_tokens tokens into slots all over a pool; every fifth token is to be skipped.
oracle::CacheWrite draw_cache_write(std::size_t num_kv_heads, std::size_t head_dim, std::size_t block_size,
                                    std::size_t num_tokens, Draw& draw);

/// A case of writing tokens into slots: expected `k_cache` and `v_cache`.
void write_cache_case(const std::string& family, const std::string& name, const oracle::CacheWrite& x);

/// A case of copying blocks, with 2 KV heads and blocks of 3: expected `k_cache` and `v_cache`.
/// @param copies  pairs of source and destination
void write_copy_case(const std::string& family, const std::string& name,
                     const std::vector<std::array<std::int32_t, 2>>& copies, std::size_t num_blocks,
                     std::size_t head_dim, Draw& draw);

}  // namespace wb
