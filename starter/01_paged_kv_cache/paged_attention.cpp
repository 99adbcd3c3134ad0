/// @file
/// Exercise 1.9: decoding from a paged KV cache. The contract is chapters/01_paged_kv_cache/paged_attention.hpp.
/// One thread has a KV head of a sequence to itself: it walks over that head's blocks twice, once for k, once for v, and
/// serves all query heads that share it while a block's rows are still in the processor's cache.
#include "paged_attention.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"
#include "wb/shape_checks.hpp"
#include "wb/vector_math.hpp"

namespace wb {

// TODO(1.9): put each token's key and value where its slot says.
//   Equation: block = slot / block_size, offset = slot % block_size; then one row of head_dim for each KV head.
//   Start:    one token, one head. Which of k's three axes and of the cache's four are the same?
//   Ask:      the fifth slot of six is wrong. What has happened to the first four, and what must have?
//   Traps:    in the cache a token's heads do not lie beside each other: block_size * head_dim elements are between them.
//             -1 / block_size is 0 in C++, so a token to skip would land in block 0.
void reshape_and_cache(const Tensor<3>& k, const Tensor<3>& v, const std::vector<Slot>& slot_mapping, KvCache& cache) {
    throw wb::NotImplemented("1.9");
}

// TODO(1.9): copy whole blocks, keys and values.
//   Ask:      which part of a block need not be copied? Is it worth the trouble to find out?
//   Traps:    a block that one pair writes may be what the next one reads: keep the order.
void copy_blocks(const std::vector<BlockCopy>& copies, KvCache& cache) {
    throw wb::NotImplemented("1.9");
}

// TODO(1.9): check, then walk over each sequence's blocks.
//   Equation: token t of sequence s lies in block block_table[s][t / block_size] at offset t % block_size; query head h reads
//             KV head h / (num_heads / num_kv_heads). Then out = sum_t softmax_t(q . k_t / sqrt(head_dim)) v_t.
//   Start:    one sequence, one head, plain loops over t; the judge asks for numbers, not for speed.
//   Ask:      what is the same for all tokens of a block? How many rows of the last block are tokens? Which loops run over
//             memory that lies in one piece?
//   Traps:    a weight of 0 does not save you from NaN, so leave the loop at the context's end; a length of 0 has no maximum;
//             8 query heads on 2 KV heads are 0 0 0 0 1 1 1 1, not 0 1 0 1 ..; a thread must not let an exception out.
Tensor<3> paged_decode_attention(const Tensor<3>& q, const KvCache& cache, const Tensor<2, BlockId>& block_table,
                                 const std::vector<std::int32_t>& context_lens) {
    throw wb::NotImplemented("1.9");
}

}  // namespace wb
