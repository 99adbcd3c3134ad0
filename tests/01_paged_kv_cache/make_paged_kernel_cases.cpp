/// @file
/// Writes the cases of the kernels, exercises 1.10 to 1.12. All numbers are exact in half. The families, with names as in 1.9:
///
///     write, copy      1.10           borders, head_dims, long, grouped, dirty, empty, large     1.11
///     partitions       1.12: what each gives by itself       merge: partitions, made up, to merge
///     whole            1.12: both kernels                    small: for the race build, 50 times slower
///     profiled, profiled_..   one question that fills whole warps and blocks, for the counters of the profile build
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "draw_paged.hpp"

namespace wb {
namespace {

constexpr std::size_t partition = 512;  // tokens

oracle::PagedDecode draw_dirty(const PagedSizes& sizes, Draw& draw) {
    oracle::PagedDecode x = draw_paged(sizes, draw);
    dirty_the_free_slots(x);
    return x;
}

void write_clean(const std::string& family, const std::vector<PagedSizes>& all, Draw& draw) {
    for (const PagedSizes& sizes : all) write_paged_case(family, paged_name(sizes), draw_paged(sizes, draw));
}

void write_dirty(const std::string& family, const std::vector<PagedSizes>& all, Draw& draw) {
    for (const PagedSizes& sizes : all) write_paged_case(family, paged_name(sizes), draw_dirty(sizes, draw));
}

void write_partition_case(const PagedSizes& sizes, Draw& draw, const std::string& family = "partitions") {
    const oracle::PagedDecode x = draw_dirty(sizes, draw);
    std::int32_t longest = 0;
    for (const std::int32_t length : sizes.context_lens) longest = std::max(longest, length);
    const std::size_t count = (static_cast<std::size_t>(longest) + partition - 1) / partition;
    const oracle::Partitions parts = oracle::paged_partitions(x, partition, count);
    CaseWriter writer("1.12/" + family, paged_name(sizes));
    put_paged(writer, x);
    writer.expected("max", parts.max).expected("sum", parts.sum).expected("out", parts.out);
    Tensor<4, double> not_divided = parts.out;
    const std::size_t head_dim = sizes.head_dim;
    for (std::size_t n = 0; n < not_divided.size(); ++n) not_divided.data()[n] *= parts.sum.data()[n / head_dim];
    writer.mistake("sums of exp(score - max) v, without the division by the partition's own sum", "out", not_divided);
}

/// Partitions that nobody has computed: maxima within +-spread, sums of 1 to 500; NaN where the context does not reach.
void write_merge_case(const std::string& name, const std::vector<std::int32_t>& context_lens, double spread, Draw& draw,
                      std::size_t head_dim = 48, const std::string& family = "merge") {
    constexpr std::size_t num_heads = 2;
    const std::size_t num_seqs = context_lens.size();
    std::size_t count = 0;
    Tensor<1, std::int32_t> lengths(std::array<std::size_t, 1>{num_seqs});
    for (std::size_t s = 0; s < num_seqs; ++s) {
        lengths(s) = context_lens[s];
        count = std::max(count, (static_cast<std::size_t>(context_lens[s]) + partition - 1) / partition);
    }
    Tensor<3> max = draw.uniform<3>({num_seqs, num_heads, count}, spread);
    Tensor<3> sum({num_seqs, num_heads, count});
    for (float& value : sum) value = 1.0F + static_cast<float>(draw.below(500));
    Tensor<4> out = draw_exact<4>({num_seqs, num_heads, count, head_dim}, draw);
    for (std::size_t s = 0; s < num_seqs; ++s) {
        for (std::size_t h = 0; h < num_heads; ++h) {
            for (std::size_t p = (static_cast<std::size_t>(context_lens[s]) + partition - 1) / partition; p < count;
                 ++p) {
                max(s, h, p) = sum(s, h, p) = std::numeric_limits<float>::quiet_NaN();
                for (std::size_t d = 0; d < head_dim; ++d) out(s, h, p, d) = max(s, h, p);
            }
        }
    }
    const oracle::Partitions exact{max, sum, out};
    CaseWriter writer("1.12/" + family, name);
    writer.in("max", max).in("sum", sum).in("out", out).in("context_lens", lengths);
    writer.expected("out", oracle::merged(exact, lengths, partition));
    const std::vector<std::pair<std::string, oracle::MergeFlaws>> mistakes = {
        {"the mean of the partitions' outputs: each must count by its share", {.mean_of_means = true}},
        {"shares without the factor exp(max_p - max): partitions have maxima of their own", {.maxima_ignored = true}},
        {"shares without the factor sum_p", {.sums_ignored = true}},
        {"the output of the first partition", {.first_only = true}},
        {"the output of the last partition", {.last_only = true}},
        {"the merge of the full partitions: a last one that is not full was left out", {.one_too_few = true}},
    };
    for (const auto& [words, flaws] : mistakes) {
        writer.mistake(words, "out", oracle::merged(exact, lengths, partition, flaws));
    }
}

}  // namespace

WB_CASES(cache_kernels) {
    Draw draw(seed + 1100);
    write_cache_case("1.10/write", "h2_d64_b16", draw_cache_write(2, 64, 16, 40, draw));
    write_cache_case("1.10/write", "h3_d80_b5", draw_cache_write(3, 80, 5, 23, draw));  // more numbers than threads
    write_cache_case("1.10/write", "h1_d7_b1", draw_cache_write(1, 7, 1, 10, draw));
    write_cache_case("1.10/write", "h9_d128_b2",
                     draw_cache_write(9, 128, 2, 3, draw));  // more than a block can have threads
    write_cache_case("1.10/write", "no_tokens", draw_cache_write(2, 8, 4, 0, draw));
    write_copy_case("1.10/copy", "one", {{2, 0}}, 4, 8, draw);
    write_copy_case("1.10/copy", "one_source_three_copies", {{1, 0}, {1, 4}, {1, 3}}, 5, 8, draw);
    write_copy_case("1.10/copy", "four_pairs", {{0, 7}, {3, 2}, {6, 4}, {1, 5}}, 8, 65, draw);
    write_copy_case("1.10/copy", "large_blocks", {{1, 0}}, 2, 1100, draw);
    write_copy_case("1.10/copy", "none", {}, 3, 8, draw);
    // Rows of 256 bytes, 4 of a token; blocks of 3 KiB. What a warp looks up, slot or pair, is little beside that.
    write_cache_case("1.10/profiled_write", "h4_d64_b16", draw_cache_write(4, 64, 16, 40, draw));
    write_copy_case("1.10/profiled_copy", "four_pairs", {{0, 7}, {3, 2}, {6, 4}, {1, 5}}, 8, 128, draw);
}

WB_CASES(paged_attention_kernel) {
    Draw draw(seed + 1110);
    write_clean("1.11/borders",
                {{2, 2, 32, 16, {1, 15, 16, 17}},
                 {1, 1, 32, 5, {1, 4, 5, 6}},
                 {1, 1, 32, 48, {1, 47, 48, 49}},
                 {1, 1, 64, 1, {1, 2, 9}},
                 {2, 1, 32, 32, {31, 32, 33}}},
                draw);
    write_clean("1.11/head_dims", {{2, 1, 32, 16, {40, 3}}, {2, 1, 64, 16, {40, 3}}, {2, 1, 128, 16, {40, 3}}}, draw);
    write_clean("1.11/long", {{2, 1, 32, 16, {511, 512, 513, 1025}}, {1, 1, 64, 32, {1025}}}, draw);
    write_clean("1.11/longer", {{1, 1, 32, 32, {12500}}}, draw);  // 4 bytes a token are more than 48 KiB
    write_clean("1.11/grouped", {{8, 2, 32, 16, {33, 7}}, {6, 3, 64, 8, {10, 5, 1}}, {5, 1, 32, 16, {40}}}, draw);
    write_dirty("1.11/dirty", {{4, 2, 64, 16, {1, 15, 17, 70}}, {2, 1, 32, 48, {100, 47}}}, draw);
    write_dirty("1.11/empty", {{4, 2, 32, 16, {0, 5, 0}}, {2, 1, 64, 16, {0}}}, draw);
    for (const int level : {160, 10000}) {
        write_paged_case("1.11/large", std::to_string(level), draw_large_scores({2, 1, 64, 16, {80, 17}}, level, draw));
    }
    write_dirty("1.11/small", {{2, 1, 32, 16, {70, 9}}, {1, 1, 128, 4, {22}}}, draw);
    write_clean("1.11/profiled", {{2, 2, 64, 16, {256, 256}}}, draw);  // 16 whole blocks each, 4 for each of 4 warps
}

WB_CASES(paged_attention_v2) {
    Draw draw(seed + 1120);
    write_partition_case({2, 1, 32, 16, {511, 512, 513, 1025}}, draw);
    write_partition_case({2, 2, 64, 64, {30, 700}}, draw);
    write_partition_case({1, 1, 128, 8, {515}}, draw);
    write_merge_case("one_partition", {512, 1, 100}, 5, draw);
    write_merge_case("three_partitions", {1025, 1536, 513, 40}, 3, draw);
    write_merge_case("maxima_far_apart", {2048, 1100}, 40, draw);
    write_merge_case("maxima_of_10000", {2048, 1100}, 10000, draw);
    write_merge_case("a_hundred_and_fifty", {76000}, 3, draw);
    write_merge_case("empty_context", {0, 600, 0}, 3, draw);
    write_merge_case("no_partition", {0, 0}, 3, draw);
    write_clean("1.12/borders", {{2, 1, 32, 16, {511, 512, 513, 1025}}, {1, 1, 64, 32, {1, 1024}}}, draw);
    write_clean("1.12/grouped", {{6, 3, 32, 16, {600, 40}}, {4, 1, 128, 16, {520}}}, draw);
    write_dirty("1.12/dirty", {{2, 1, 32, 16, {513, 500, 1}}, {1, 1, 64, 64, {1030}}}, draw);
    write_dirty("1.12/empty", {{2, 1, 32, 16, {0, 520, 0}}, {1, 1, 64, 16, {0}}}, draw);
    for (const int level : {160, 10000}) {
        write_paged_case("1.12/large", std::to_string(level),
                         draw_large_scores({2, 1, 64, 16, {600, 30}}, level, draw));
    }
    write_dirty("1.12/small", {{1, 1, 32, 64, {530, 70}}}, draw);
    write_partition_case({2, 2, 64, 16, {1024}}, draw, "profiled_partitions");  // two whole partitions for each head
    write_merge_case("32_partitions", {16384, 16384}, 3, draw, 128, "profiled_merge");
}

}  // namespace wb
