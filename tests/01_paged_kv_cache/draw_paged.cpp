/// @file
/// See draw_paged.hpp.
#include "draw_paged.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace wb {
namespace {

using oracle::PagedDecode;
using oracle::PagedFlaws;

std::size_t blocks_for(std::int32_t tokens, std::size_t block_size) {
    return (static_cast<std::size_t>(tokens) + block_size - 1) / block_size;
}

/// 0 .. count - 1 in random order.
std::vector<std::int32_t> shuffled(std::size_t count, Draw& draw) {
    std::vector<std::int32_t> numbers(count);
    for (std::size_t n = 0; n < count; ++n) numbers[n] = static_cast<std::int32_t>(n);
    for (std::size_t n = count; n > 1; --n) std::swap(numbers[n - 1], numbers[draw.below(n)]);
    return numbers;
}

const std::vector<std::pair<std::string, PagedFlaws>>& known_mistakes() {
    static const std::vector<std::pair<std::string, PagedFlaws>> mistakes = {
        {"the result without the 1/sqrt(head_dim) scale", {.no_scale = true}},
        {"the result with 1/head_dim in place of 1/sqrt(head_dim)", {.scale_by_head_dim = true}},
        {"the result when query head h reads KV head h % num_kv_heads: it is h / (num_heads / num_kv_heads)",
         {.heads_interleaved = true}},
        {"the result when every query head reads KV head 0", {.first_kv_head = true}},
        {"the result with context_lens[0] for every sequence", {.first_length_for_all = true}},
        {"the result with the block table of sequence 0 for every sequence", {.first_table_for_all = true}},
        {"the result when the newest token is left out", {.last_token_dropped = true}},
        {"the result when one slot past the context is read (t <= where t < is meant)", {.one_token_too_many = true}},
        {"the result when a last block that is not full is left out", {.whole_blocks_only = true}},
        {"the result when the last block is read to its end, past the context", {.whole_last_block = true}},
        {"the result when logical block b is taken from physical block b: look it up in the table",
         {.logical_block = true}},
        {"the result with the keys in place of the values", {.keys_as_values = true}},
        {"the result when the cache is read as [num_kv_blocks, block_size, num_kv_heads, head_dim]",
         {.tokens_before_heads = true}},
        {"sum exp(s - m) v, without the division by sum exp(s - m)", {.not_divided = true}},
        {"the result of the first 512 tokens alone", {.first_partition_of = 512}},
        {"the result of the last partition of 512 tokens alone", {.last_partition_of = 512}},
        {"the plain mean over partitions of 512 tokens: each must count by its sum of exponentials",
         {.mean_of_partitions = 512}},
        {"partitions of 512 tokens merged as if their maxima were equal: rescale each by exp(max - largest max)",
         {.maxima_ignored = 512}},
    };
    return mistakes;
}

}  // namespace

std::string paged_name(const PagedSizes& sizes) {
    std::string name = "h" + std::to_string(sizes.num_heads) + "_" + std::to_string(sizes.num_kv_heads) + "_d" +
                       std::to_string(sizes.head_dim) + "_b" + std::to_string(sizes.block_size);
    for (const std::int32_t length : sizes.context_lens) name += "_" + std::to_string(length);
    return name;
}

PagedDecode draw_paged(const PagedSizes& sizes, Draw& draw) {
    const std::size_t num_seqs = sizes.context_lens.size();
    std::size_t in_use = 0, most = 0;
    for (const std::int32_t length : sizes.context_lens) {
        in_use += blocks_for(length, sizes.block_size);
        most = std::max(most, blocks_for(length, sizes.block_size));
    }
    const std::size_t num_blocks = in_use + 3;
    PagedDecode x;
    x.q = draw_exact<3>({num_seqs, sizes.num_heads, sizes.head_dim}, draw);
    x.k_cache = draw_exact<4>({num_blocks, sizes.num_kv_heads, sizes.block_size, sizes.head_dim}, draw);
    x.v_cache = draw_exact<4>(x.k_cache.shape(), draw);
    x.block_table = Tensor<2, std::int32_t>(std::array<std::size_t, 2>{num_seqs, most + 1}, -1);
    x.context_lens = Tensor<1, std::int32_t>(std::array<std::size_t, 1>{num_seqs});
    std::vector<std::int32_t> blocks = shuffled(num_blocks, draw);
    for (std::size_t s = 0; s < num_seqs; ++s) {
        x.context_lens(s) = sizes.context_lens[s];
        for (std::size_t b = 0; b < blocks_for(sizes.context_lens[s], sizes.block_size); ++b) {
            x.block_table(s, b) = blocks.back();
            blocks.pop_back();
        }
    }
    return x;
}

void dirty_the_free_slots(PagedDecode& x) {
    const std::size_t kv_heads = x.k_cache.shape(1), block_size = x.k_cache.shape(2), head_dim = x.k_cache.shape(3);
    std::vector<bool> used(x.k_cache.shape(0) * block_size, false);
    for (std::size_t s = 0; s < x.context_lens.size(); ++s) {
        for (std::size_t t = 0; t < static_cast<std::size_t>(x.context_lens(s)); ++t) {
            used[static_cast<std::size_t>(x.block_table(s, t / block_size)) * block_size + t % block_size] = true;
        }
    }
    for (std::size_t slot = 0; slot < used.size(); ++slot) {
        if (used[slot]) continue;
        for (std::size_t h = 0; h < kv_heads; ++h) {
            for (std::size_t d = 0; d < head_dim; ++d) {
                x.k_cache(slot / block_size, h, slot % block_size, d) = std::numeric_limits<float>::quiet_NaN();
                x.v_cache(slot / block_size, h, slot % block_size, d) = std::numeric_limits<float>::quiet_NaN();
            }
        }
    }
}

PagedDecode draw_large_scores(const PagedSizes& sizes, int level, Draw& draw) {
    PagedDecode x = draw_paged(sizes, draw);
    const std::size_t num_seqs = x.q.shape(0), block_size = sizes.block_size;
    for (std::size_t s = 0; s < num_seqs; ++s) {
        for (std::size_t h = 0; h < sizes.num_heads; ++h) {
            for (std::size_t d = 0; d < sizes.head_dim; ++d) x.q(s, h, d) = h % 2 == 0 ? 2.0F : -2.0F;
        }
        // A score is 2 (63 k + k_0) / 8 = 16 k + (k_0 - k) / 4: within 3 of +-level, so that many weights count.
        for (std::size_t t = 0; t < static_cast<std::size_t>(x.context_lens(s)); ++t) {
            const auto block = static_cast<std::size_t>(x.block_table(s, t / block_size));
            for (std::size_t kv_head = 0; kv_head < sizes.num_kv_heads; ++kv_head) {
                const float sign = s == 0 && draw.below(2) == 0 ? 1.0F : -1.0F,
                            k = sign * static_cast<float>(level) / 16.0F;
                for (std::size_t d = 0; d < sizes.head_dim; ++d) x.k_cache(block, kv_head, t % block_size, d) = k;
                x.k_cache(block, kv_head, t % block_size, 0) = k - sign * 4.0F * static_cast<float>(draw.below(4));
            }
        }
    }
    return x;
}

void put_paged(CaseWriter& writer, const PagedDecode& x) {
    writer.in("q", x.q).in("k_cache", x.k_cache).in("v_cache", x.v_cache);
    writer.in("block_table", x.block_table).in("context_lens", x.context_lens);
}

oracle::CacheWrite draw_cache_write(std::size_t num_kv_heads, std::size_t head_dim, std::size_t block_size,
                                    std::size_t num_tokens, Draw& draw) {
    const std::size_t num_blocks = num_tokens / block_size + 3;
    oracle::CacheWrite x;
    x.k = draw_exact<3>({num_tokens, num_kv_heads, head_dim}, draw);
    x.v = draw_exact<3>({num_tokens, num_kv_heads, head_dim}, draw);
    x.k_cache = draw_exact<4>({num_blocks, num_kv_heads, block_size, head_dim}, draw);
    x.v_cache = draw_exact<4>({num_blocks, num_kv_heads, block_size, head_dim}, draw);
    x.slot_mapping = Tensor<1, std::int64_t>(std::array<std::size_t, 1>{num_tokens});
    const std::vector<std::int32_t> slots = shuffled(num_blocks * block_size, draw);
    for (std::size_t n = 0; n < num_tokens; ++n) x.slot_mapping(n) = n % 5 == 3 ? -1 : slots[n];
    return x;
}

void write_cache_case(const std::string& family, const std::string& name, const oracle::CacheWrite& x) {
    CaseWriter writer(family, name);
    writer.in("k", x.k).in("v", x.v).in("slot_mapping", x.slot_mapping);
    writer.in("k_cache", x.k_cache).in("v_cache", x.v_cache);
    const auto put = [&](const auto& into, const oracle::CacheFlaws& flaws) {
        const oracle::Caches caches = oracle::written(x, flaws);
        into("k_cache", caches.k);
        into("v_cache", caches.v);
    };
    put([&](const char* key, const Tensor<4, double>& cache) { writer.expected(key, cache); }, {});
    const std::vector<std::pair<std::string, oracle::CacheFlaws>> mistakes = {
        {"what the cache was before: nothing was written", {.nothing = true}},
        {"token n written into slot n, whatever slot_mapping says", {.mapping_ignored = true}},
        {"tokens to skip (slot -1) written into slot 0", {.skipped_into_slot_0 = true}},
        {"the cache written as [num_kv_blocks, block_size, num_kv_heads, head_dim]", {.tokens_before_heads = true}},
        {"only KV head 0 written", {.first_head_only = true}},
        {"the keys written into both caches", {.keys_twice = true}},
    };
    for (const auto& [words, flaws] : mistakes) {
        put([&, &text = words](const char* key, const Tensor<4, double>& cache) { writer.mistake(text, key, cache); },
            flaws);
    }
}

void write_copy_case(const std::string& family, const std::string& name,
                     const std::vector<std::array<std::int32_t, 2>>& copies, std::size_t num_blocks,
                     std::size_t head_dim, Draw& draw) {
    const Tensor<4> k_cache = draw_exact<4>({num_blocks, 2, 3, head_dim}, draw);
    const Tensor<4> v_cache = draw_exact<4>({num_blocks, 2, 3, head_dim}, draw);
    Tensor<2, std::int32_t> pairs(std::array<std::size_t, 2>{copies.size(), 2});
    for (std::size_t n = 0; n < copies.size(); ++n) {
        pairs(n, 0) = copies[n][0];
        pairs(n, 1) = copies[n][1];
    }
    CaseWriter writer(family, name);
    writer.in("copies", pairs).in("k_cache", k_cache).in("v_cache", v_cache);
    const auto put = [&](const auto& into, const oracle::CopyFlaws& flaws) {
        into("k_cache", oracle::copied(k_cache, pairs, flaws));
        into("v_cache", flaws.keys_only ? oracle::copied(v_cache, pairs, {.nothing = true})
                                        : oracle::copied(v_cache, pairs, flaws));
    };
    put([&](const char* key, const Tensor<4, double>& cache) { writer.expected(key, cache); }, {});
    const std::vector<std::pair<std::string, oracle::CopyFlaws>> mistakes = {
        {"what the cache was before: nothing was copied", {.nothing = true}},
        {"destination copied to source", {.backwards = true}},
        {"the pairs taken from last to first", {.last_pair_first = true}},
        {"all sources read before anything was written", {.all_at_once = true}},
        {"only the first pair copied", {.first_pair_only = true}},
        {"only KV head 0 of each block copied", {.first_head_only = true}},
        {"the keys copied and the values not", {.keys_only = true}},
    };
    for (const auto& [words, flaws] : mistakes) {
        put([&, &text = words](const char* key, const Tensor<4, double>& cache) { writer.mistake(text, key, cache); },
            flaws);
    }
}

void write_paged_case(const std::string& family, const std::string& name, const PagedDecode& x) {
    CaseWriter writer(family, name);
    put_paged(writer, x);
    writer.expected("out", oracle::paged_decode(x));
    for (const auto& [words, flaws] : known_mistakes()) {
        writer.mistake(words, "out", oracle::paged_decode(x, flaws));
    }
}

}  // namespace wb
