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
// SOLUTION BEGIN 1.9 removed
namespace {

void require_one_shape(const std::string& where, const KvCache& cache) {
    const char* axes[] = {"num_kv_blocks", "num_kv_heads", "block_size", "head_dim"};
    for (std::size_t axis = 0; axis < 4; ++axis) {
        require_same_axis(where, axes[axis], Named{"cache.k", cache.k}, axis, Named{"cache.v", cache.v}, axis);
    }
}

std::string list(const char* name, std::size_t index) {
    return std::string(name) + "[" + std::to_string(index) + "]";
}

/// "the pool has KV blocks 0..255", or that it has none.
std::string pool_text(std::size_t num_blocks) {
    return num_blocks == 0 ? "the pool has no KV blocks"
                           : "the pool has KV blocks 0.." + std::to_string(num_blocks - 1);
}

/// Where a head's rows of a block begin, as a number of elements: the axes before the last two, times the last two.
std::size_t head_start(const Tensor<4>& cache, std::size_t block, std::size_t head) {
    return (block * cache.shape(1) + head) * cache.shape(2) * cache.shape(3);
}

}  // namespace
// SOLUTION END

// TODO(1.9): put each token's key and value where its slot says.
//   Equation: block = slot / block_size, offset = slot % block_size; then one row of head_dim for each KV head.
//   Start:    one token, one head. Which of k's three axes and of the cache's four are the same?
//   Ask:      the fifth slot of six is wrong. What has happened to the first four, and what must have?
//   Traps:    in the cache a token's heads do not lie beside each other: block_size * head_dim elements are between them.
//             -1 / block_size is 0 in C++, so a token to skip would land in block 0.
void reshape_and_cache(const Tensor<3>& k, const Tensor<3>& v, const std::vector<Slot>& slot_mapping, KvCache& cache) {
    // SOLUTION BEGIN 1.9
    const std::string where = "reshape_and_cache";
    require_one_shape(where, cache);
    require_same_axis(where, "num_tokens", Named{"k", k}, 0, Named{"v", v}, 0);
    require_same_axis(where, "num_kv_heads", Named{"k", k}, 1, Named{"v", v}, 1);
    require_same_axis(where, "head_dim", Named{"k", k}, 2, Named{"v", v}, 2);
    require_same_axis(where, "num_kv_heads", Named{"k", k}, 1, Named{"cache.k", cache.k}, 1);
    require_same_axis(where, "head_dim", Named{"k", k}, 2, Named{"cache.k", cache.k}, 3);
    if (slot_mapping.size() != k.shape(0)) {
        throw ShapeError(where + ": slot_mapping has " + std::to_string(slot_mapping.size()) + " entries, but k " +
                         shape_text(k) + " has " + std::to_string(k.shape(0)) + " tokens (axis 0)");
    }
    const std::size_t heads = k.shape(1), head_dim = k.shape(2);
    const std::size_t num_blocks = cache.k.shape(0), block_size = cache.k.shape(2);
    const auto num_slots = static_cast<Slot>(num_blocks * block_size);
    for (std::size_t token = 0; token < slot_mapping.size(); ++token) {  // all of them first: an error changes nothing
        const Slot slot = slot_mapping[token];
        if (slot >= -1 && slot < num_slots) continue;
        throw std::invalid_argument(list("slot_mapping", token) + " is " + std::to_string(slot) +
                                    ", but the cache has slots 0.." + std::to_string(num_slots - 1) + " (" +
                                    std::to_string(num_blocks) + " KV blocks of " + std::to_string(block_size) +
                                    "), or -1 for a token to skip");
    }
    for (std::size_t token = 0; token < slot_mapping.size(); ++token) {
        if (slot_mapping[token] < 0) continue;
        const auto slot = static_cast<std::size_t>(slot_mapping[token]);
        for (std::size_t head = 0; head < heads; ++head) {
            const std::size_t from = (token * heads + head) * head_dim;
            const std::size_t to = head_start(cache.k, slot / block_size, head) + slot % block_size * head_dim;
            std::copy_n(k.data() + from, head_dim, cache.k.data() + to);
            std::copy_n(v.data() + from, head_dim, cache.v.data() + to);
        }
    }
    // SOLUTION END
}

// TODO(1.9): copy whole blocks, keys and values.
//   Ask:      which part of a block need not be copied? Is it worth the trouble to find out?
//   Traps:    a block that one pair writes may be what the next one reads: keep the order.
void copy_blocks(const std::vector<BlockCopy>& copies, KvCache& cache) {
    // SOLUTION BEGIN 1.9
    require_one_shape("copy_blocks", cache);
    const std::size_t num_blocks = cache.k.shape(0);
    for (std::size_t n = 0; n < copies.size(); ++n) {
        for (const BlockId block : {copies[n].source, copies[n].destination}) {
            if (block >= 0 && static_cast<std::size_t>(block) < num_blocks) continue;
            throw std::invalid_argument(list("copies", n) +
                                        (block == copies[n].source ? ".source is " : ".destination is ") +
                                        std::to_string(block) + ", but " + pool_text(num_blocks));
        }
    }
    const std::size_t elements = cache.k.shape(1) * cache.k.shape(2) * cache.k.shape(3);
    for (const BlockCopy& copy : copies) {
        const std::size_t from = static_cast<std::size_t>(copy.source) * elements;
        const std::size_t to = static_cast<std::size_t>(copy.destination) * elements;
        if (from == to) continue;
        std::copy_n(cache.k.data() + from, elements, cache.k.data() + to);
        std::copy_n(cache.v.data() + from, elements, cache.v.data() + to);
    }
    // SOLUTION END
}

// SOLUTION BEGIN 1.9 removed
namespace {

void require_attention_fits(const Tensor<3>& q, const KvCache& cache, const Tensor<2, BlockId>& block_table,
                            const std::vector<std::int32_t>& context_lens) {
    const std::string where = "paged_decode_attention";
    require_one_shape(where, cache);
    const Named named_q{"q", q};
    require_same_axis(where, "head_dim", named_q, 2, Named{"cache.k", cache.k}, 3);
    require_same_axis(where, "num_seqs", named_q, 0, Named{"block_table", block_table}, 0);
    const std::size_t num_seqs = q.shape(0), num_heads = q.shape(1), num_kv_heads = cache.k.shape(1);
    if (num_kv_heads == 0 ? num_heads != 0 : num_heads % num_kv_heads != 0) {
        throw ShapeError(where + ": q " + shape_text(q) + " has " + std::to_string(num_heads) +
                         " heads (axis 1), not a multiple of the " + std::to_string(num_kv_heads) +
                         " KV heads (axis 1) of cache.k " + shape_text(cache.k));
    }
    if (context_lens.size() != num_seqs) {
        throw ShapeError(where + ": context_lens has " + std::to_string(context_lens.size()) + " entries, but q " +
                         shape_text(q) + " has " + std::to_string(num_seqs) + " sequences (axis 0)");
    }
    const std::size_t num_blocks = cache.k.shape(0), block_size = cache.k.shape(2);
    for (std::size_t s = 0; s < num_seqs; ++s) {
        const std::int64_t length = context_lens[s];
        if (length < 0 || static_cast<std::size_t>(length) > block_table.shape(1) * block_size) {
            throw ShapeError(where + ": " + list("context_lens", s) + " is " + std::to_string(length) +
                             ", but a row of block_table " + shape_text(block_table) + " holds 0.." +
                             std::to_string(block_table.shape(1) * block_size) + " tokens in blocks of " +
                             std::to_string(block_size));
        }
        for (std::size_t b = 0; b * block_size < static_cast<std::size_t>(length); ++b) {
            const BlockId block = block_table(s, b);
            if (block >= 0 && static_cast<std::size_t>(block) < num_blocks) continue;
            throw std::invalid_argument(list("block_table", s) + "[" + std::to_string(b) + "] is " +
                                        std::to_string(block) + ", but " + pool_text(num_blocks) +
                                        ". Is this a slot, or a logical number, where a physical one belongs?");
        }
    }
}

constexpr std::size_t rows_at_once = 4;  // independent sums, so that no addition waits for the one before

/// scores[t] = scale * q . rows[t], t < count.
void score_rows(const float* q, const float* rows, std::size_t count, std::size_t size, float scale, float* scores) {
    std::size_t t = 0;
    for (; t + rows_at_once <= count; t += rows_at_once) {
        const float *a = rows + t * size, *b = a + size, *c = b + size, *d = c + size;
        float sum_a = 0, sum_b = 0, sum_c = 0, sum_d = 0;
#pragma omp simd reduction(+ : sum_a, sum_b, sum_c, sum_d)
        for (std::size_t n = 0; n < size; ++n) {
            sum_a += q[n] * a[n];
            sum_b += q[n] * b[n];
            sum_c += q[n] * c[n];
            sum_d += q[n] * d[n];
        }
        scores[t] = scale * sum_a;
        scores[t + 1] = scale * sum_b;
        scores[t + 2] = scale * sum_c;
        scores[t + 3] = scale * sum_d;
    }
    for (; t < count; ++t) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::size_t n = 0; n < size; ++n) sum += q[n] * rows[t * size + n];
        scores[t] = scale * sum;
    }
}

/// out += sum of weights[t] * rows[t], t < count.
void mix_rows(const float* weights, const float* rows, std::size_t count, std::size_t size, float* out) {
    std::size_t t = 0;
    for (; t + rows_at_once <= count; t += rows_at_once) {
        const float *w = weights + t, *a = rows + t * size, *b = a + size, *c = b + size, *d = c + size;
#pragma omp simd
        for (std::size_t n = 0; n < size; ++n) out[n] += w[0] * a[n] + w[1] * b[n] + w[2] * c[n] + w[3] * d[n];
    }
    for (; t < count; ++t) {
#pragma omp simd
        for (std::size_t n = 0; n < size; ++n) out[n] += weights[t] * rows[t * size + n];
    }
}

/// Softmax in place. Nothing happens to an empty row.
void softmax(std::span<float> row) {
    const float largest = row_max(row);
    for (float& score : row) score -= largest;  // the largest becomes exp(0) = 1: nothing overflows
    exp_in_place(row);
    const float factor = 1.0F / row_sum(row);
    for (float& weight : row) weight *= factor;
}

/// Asks for memory before it is needed: the processor foresees rows that lie one behind the other, not where the next block is.
void prefetch(const float* data, std::size_t size) {
    constexpr std::size_t cache_line = 64 / sizeof(float);
    for (std::size_t n = 0; n < size; n += cache_line) __builtin_prefetch(data + n);
}

/// Calls visit(first token, rows, number of rows) for the blocks of one sequence and KV head, in order; rows past the context
/// are nobody's and left out.
template <class Visit>
void for_each_block(const Tensor<4>& cache, std::size_t kv_head, const BlockId* blocks, std::size_t length,
                    Visit visit) {
    const std::size_t block_size = cache.shape(2), elements = block_size * cache.shape(3);
    const auto rows = [&](std::size_t first) {
        return cache.data() + head_start(cache, static_cast<std::size_t>(blocks[first / block_size]), kv_head);
    };
    for (std::size_t first = 0; first < length; first += block_size) {
        if (first + block_size < length) prefetch(rows(first + block_size), elements);
        visit(first, rows(first), std::min(block_size, length - first));
    }
}

/// The query heads that share one KV head, over one sequence's context.
/// @param q, out  [group, head_dim]; out is 0
/// @param scores  gets room for [group, length]
void attend(const float* q, const KvCache& cache, std::size_t kv_head, const BlockId* blocks, std::size_t length,
            std::size_t group, std::vector<float>& scores, float* out) {
    const std::size_t head_dim = cache.k.shape(3);
    const float scale = 1.0F / std::sqrt(static_cast<float>(head_dim));
    scores.resize(group * length);
    for_each_block(cache.k, kv_head, blocks, length, [&](std::size_t first, const float* keys, std::size_t count) {
        for (std::size_t g = 0; g < group; ++g) {
            score_rows(q + g * head_dim, keys, count, head_dim, scale, scores.data() + g * length + first);
        }
    });
    for (std::size_t g = 0; g < group; ++g) softmax({scores.data() + g * length, length});
    for_each_block(cache.v, kv_head, blocks, length, [&](std::size_t first, const float* values, std::size_t count) {
        for (std::size_t g = 0; g < group; ++g) {
            mix_rows(scores.data() + g * length + first, values, count, head_dim, out + g * head_dim);
        }
    });
}

}  // namespace
// SOLUTION END

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
    // SOLUTION BEGIN 1.9
    require_attention_fits(q, cache, block_table, context_lens);
    const std::size_t num_seqs = q.shape(0), num_heads = q.shape(1), head_dim = q.shape(2);
    const std::size_t num_kv_heads = cache.k.shape(1), max_blocks = block_table.shape(1);
    Tensor<3> out = zeros<3>({num_seqs, num_heads, head_dim});
    if (out.size() == 0) return out;
    const std::size_t group = num_heads / num_kv_heads;
#pragma omp parallel
    {
        std::vector<float> scores;
#pragma omp for collapse(2) schedule(dynamic)
        for (std::size_t s = 0; s < num_seqs; ++s) {
            for (std::size_t kv_head = 0; kv_head < num_kv_heads; ++kv_head) {
                const std::size_t at = (s * num_heads + kv_head * group) * head_dim;
                attend(q.data() + at, cache, kv_head, block_table.data() + s * max_blocks,
                       static_cast<std::size_t>(context_lens[s]), group, scores, out.data() + at);
            }
        }
    }
    return out;
    // SOLUTION END
}

}  // namespace wb
