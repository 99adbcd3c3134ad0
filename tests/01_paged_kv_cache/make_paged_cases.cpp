/// @file
/// Writes the cases of exercise 1.9. The families:
///
///     write     tokens into slots               borders   contexts that end around a block's border    large   scores of +-1e4
///     copy      blocks, chains among them       long      511 to 1025 tokens                           empty   contexts of 0
///     grouped   query heads that share          dirty     NaN in every slot that holds no token
#include <string>

#include "draw_paged.hpp"

namespace wb {

WB_CASES(cache_operations) {
    Draw draw(seed + 191);
    write_cache_case("1.9/write", "h1_d4_b4", draw_cache_write(1, 4, 4, 6, draw));
    write_cache_case("1.9/write", "h3_d8_b16", draw_cache_write(3, 8, 16, 40, draw));
    write_cache_case("1.9/write", "h2_d5_b1", draw_cache_write(2, 5, 1, 9, draw));
    write_cache_case("1.9/write", "no_tokens", draw_cache_write(2, 4, 4, 0, draw));
    write_copy_case("1.9/copy", "one", {{2, 0}}, 4, 8, draw);
    write_copy_case("1.9/copy", "one_source_three_copies", {{1, 0}, {1, 4}, {1, 3}}, 5, 8, draw);
    write_copy_case("1.9/copy", "chain", {{0, 1}, {1, 2}, {2, 3}}, 4, 8, draw);
    write_copy_case("1.9/copy", "reused_source", {{3, 1}, {0, 3}}, 4, 8, draw);
    write_copy_case("1.9/copy", "onto_itself", {{2, 2}, {0, 1}}, 3, 8, draw);
    write_copy_case("1.9/copy", "none", {}, 3, 8, draw);
}

WB_CASES(paged_attention) {
    Draw draw(seed + 192);
    for (const std::int32_t block_size : {4, 16, 32}) {
        const PagedSizes sizes{.num_heads = 2,
                               .num_kv_heads = 2,
                               .head_dim = 16,
                               .block_size = static_cast<std::size_t>(block_size),
                               .context_lens = {1, block_size - 1, block_size, block_size + 1}};
        write_paged_case("1.9/borders", paged_name(sizes), draw_paged(sizes, draw));
    }
    for (const PagedSizes& sizes : {PagedSizes{1, 1, 1, 1, {1, 2, 7}}, PagedSizes{2, 1, 5, 3, {9, 4, 2, 3}}}) {
        write_paged_case("1.9/borders", paged_name(sizes), draw_paged(sizes, draw));
    }
    for (const PagedSizes& sizes : {PagedSizes{2, 1, 32, 16, {511, 512, 513, 1025}},
                                    PagedSizes{1, 1, 64, 32, {1025, 511}}, PagedSizes{2, 2, 8, 5, {513, 1}}}) {
        write_paged_case("1.9/long", paged_name(sizes), draw_paged(sizes, draw));
    }
    for (const PagedSizes& sizes : {PagedSizes{8, 2, 16, 16, {33, 7}}, PagedSizes{6, 3, 8, 4, {10, 5, 1}},
                                    PagedSizes{5, 1, 64, 16, {40}}, PagedSizes{4, 4, 32, 8, {17, 20}}}) {
        write_paged_case("1.9/grouped", paged_name(sizes), draw_paged(sizes, draw));
    }
    for (const PagedSizes& sizes : {PagedSizes{4, 2, 16, 16, {1, 15, 17, 33}}, PagedSizes{2, 1, 32, 16, {513, 511}}}) {
        oracle::PagedDecode x = draw_paged(sizes, draw);
        dirty_the_free_slots(x);
        write_paged_case("1.9/dirty", paged_name(sizes), x);
    }
    for (const int level : {160, 10000}) {
        const PagedSizes sizes{2, 1, 64, 16, {40, 17}};
        write_paged_case("1.9/large", std::to_string(level), draw_large_scores(sizes, level, draw));
    }
    for (const PagedSizes& sizes : {PagedSizes{4, 2, 8, 4, {0, 5, 0}}, PagedSizes{2, 1, 16, 16, {0}}}) {
        oracle::PagedDecode x = draw_paged(sizes, draw);
        dirty_the_free_slots(x);
        write_paged_case("1.9/empty", paged_name(sizes), x);
    }
}

}  // namespace wb
