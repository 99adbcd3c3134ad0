/// @file
/// Judges exercise 1.9: tokens into slots, copies of blocks, and attention over a paged cache, on the CPU.
///
/// Tolerances: q, k and v lie within +-2 and head_dim is at most 64, so a score is a sum of up to 64 products of up to 4, over
/// sqrt(64): rounded to about 1e-6, and a weight is as much off, relative to its size. An output is a mean of values within
/// +-2. 1e-5 leaves a factor of 5; known mistakes are hundreds of times larger. Writes and copies are exact.
#include <cmath>
#include <limits>

#include "judge/judge.hpp"
#include "paged_case.hpp"
#include "paged_probes.hpp"

namespace wb {
namespace {

using probes::CacheAnswer;
using testing::AllOf;
using testing::HasSubstr;

constexpr Tolerance close = {.absolute = 1e-5}, exact = {};
// Scores of 10,000 have a last bit of 1e-3 in float: who scales in another order moves a weight by that much.
constexpr Tolerance close_for_large_scores = {.absolute = 5e-3};

void expect_attention(const std::string& family, const Tolerance& tolerance = close) {
    for (const Case& c : cases("1.9/" + family)) {
        const PagedCase x = paged_case(c);
        expect_close(probes::paged_decode_attention(x.q, {x.k_cache, x.v_cache}, x.block_table, x.context_lens), c,
                     "out", tolerance);
    }
}

/// A number in -2 .. 2 that depends on n alone.
float number(std::size_t n) {
    return static_cast<float>((n * 2654435761U) % 4001U) / 1000.0F - 2.0F;
}

template <std::size_t N>
Tensor<N> numbers(const std::array<std::size_t, N>& shape, std::size_t first) {
    Tensor<N> x(shape);
    for (std::size_t n = 0; n < x.size(); ++n) x.data()[n] = number(first + n);
    return x;
}

/// 8 KV blocks of 4 tokens, 2 KV heads, head_dim 8.
KvCache small_cache() {
    return {numbers<4>({8, 2, 4, 8}, 0), numbers<4>({8, 2, 4, 8}, 5000)};
}

/// A table of 2 sequences by 3 blocks, for small_cache().
Tensor<2, BlockId> small_table() {
    return Tensor<2, BlockId>{{7, 2, -1}, {0, 5, 3}};
}

void expect_same_cache(const CacheAnswer& answer, const KvCache& before, const std::string& after_what) {
    expect_close(answer.cache.k, before.k, "cache.k after " + after_what + ", against cache.k before", exact);
    expect_close(answer.cache.v, before.v, "cache.v after " + after_what + ", against cache.v before", exact);
}

TEST(ReshapeAndCache, WritesEachTokenIntoItsSlotAndNothingElse) {
    for (const Case& c : cases("1.9/write")) {
        const auto slots = c.in<1, std::int64_t>("slot_mapping");
        const CacheAnswer answer = probes::reshape_and_cache(c.in<3>("k"), c.in<3>("v"), {slots.begin(), slots.end()},
                                                             {c.in<4>("k_cache"), c.in<4>("v_cache")});
        EXPECT_EQ(answer.message, "") << c.name() << " is a right question, but the submission threw";
        expect_close(answer.cache.k, c, "k_cache", exact);
        expect_close(answer.cache.v, c, "v_cache", exact);
    }
}

TEST(ReshapeAndCache, RefusesASlotOutsideTheCacheAndChangesNothing) {
    const KvCache cache = small_cache();
    const Tensor<3> k = numbers<3>({3, 2, 8}, 100), v = numbers<3>({3, 2, 8}, 200);
    for (const Slot wrong : {Slot{32}, Slot{-2}, Slot{1} << 40}) {
        const CacheAnswer answer = probes::reshape_and_cache(k, v, {5, 31, wrong}, cache);
        EXPECT_TRUE(answer.threw_invalid_argument)
            << "slot " << wrong << " of a cache of 8 KV blocks of 4, slots 0..31, must be refused";
        EXPECT_THAT(answer.message,
                    AllOf(HasSubstr("slot_mapping[2]"), HasSubstr(std::to_string(wrong)), HasSubstr("31")))
            << "the error should say which entry is wrong, what it is, and which slots there are";
        expect_same_cache(answer, cache, "an error in the third token");
    }
}

TEST(CopyBlocks, CopiesKeysAndValuesOfWholeBlocksInOrder) {
    for (const Case& c : cases("1.9/copy")) {
        const auto pairs = c.in<2, std::int32_t>("copies");
        std::vector<BlockCopy> copies;
        for (std::size_t n = 0; n < pairs.shape(0); ++n) copies.push_back({pairs(n, 0), pairs(n, 1)});
        const CacheAnswer answer = probes::copy_blocks(copies, {c.in<4>("k_cache"), c.in<4>("v_cache")});
        EXPECT_EQ(answer.message, "") << c.name() << " is a right question, but the submission threw";
        expect_close(answer.cache.k, c, "k_cache", exact);
        expect_close(answer.cache.v, c, "v_cache", exact);
    }
    const KvCache cache = small_cache();
    for (const BlockCopy& wrong : {BlockCopy{8, 0}, BlockCopy{0, 8}, BlockCopy{-1, 0}, BlockCopy{0, -1}}) {
        const CacheAnswer answer = probes::copy_blocks({{1, 2}, wrong}, cache);
        EXPECT_TRUE(answer.threw_invalid_argument)
            << "the pair {" << wrong.source << ", " << wrong.destination << "} must be refused by a pool of 8";
        const bool source = wrong.source < 0 || wrong.source > 7;
        EXPECT_THAT(answer.message, AllOf(HasSubstr(source ? "copies[1].source" : "copies[1].destination"),
                                          HasSubstr(std::to_string(source ? wrong.source : wrong.destination))));
        expect_same_cache(answer, cache, "an error in the second pair");
    }
}

TEST(PagedDecode, MatchesTheOracleAroundBlockBorders) {  // 1, B-1, B and B+1 tokens
    expect_attention("borders");
}

TEST(PagedDecode, LongContextsSpanManyBlocks) {  // 511, 512, 513 and 1025 tokens
    expect_attention("long");
}

TEST(PagedDecode, NeighbouringQueryHeadsShareAKvHead) {
    expect_attention("grouped");
}

TEST(PagedDecode, DirtySlotsPastTheContextAreNotRead) {  // 0 * NaN is NaN
    expect_attention("dirty");
}

TEST(PagedDecode, EmptyContextGivesZeros) {
    expect_attention("empty");
    const Tensor<3> none = probes::paged_decode_attention(numbers<3>({0, 4, 8}, 0), small_cache(),
                                                          Tensor<2, BlockId>(std::array<std::size_t, 2>{0, 3}), {});
    expect_shape(none, {0, 4, 8}, "out of no sequences");
}

TEST(PagedDecode, ScoresOfTenThousandNeitherOverflowNorVanish) {
    expect_attention("large", close_for_large_scores);
}

TEST(PagedDecode, WhereTheBlocksLieMakesNoDifference) {
    const Tensor<3> q = numbers<3>({2, 4, 8}, 900);
    const KvCache cache = small_cache();
    const std::size_t moved_to[] = {3, 6, 1, 0,
                                    7, 4, 5, 2};  // block b of the one pool is block moved_to[b] of the other
    KvCache moved = cache;
    for (std::size_t b = 0; b < 8; ++b) {
        const std::size_t elements = 2 * 4 * 8;
        std::copy_n(cache.k.data() + b * elements, elements, moved.k.data() + moved_to[b] * elements);
        std::copy_n(cache.v.data() + b * elements, elements, moved.v.data() + moved_to[b] * elements);
    }
    Tensor<2, BlockId> table = small_table();
    for (BlockId& block : table) {
        if (block >= 0) block = static_cast<BlockId>(moved_to[static_cast<std::size_t>(block)]);
    }
    const Tensor<3> one = probes::paged_decode_attention(q, cache, small_table(), {6, 12});
    expect_close(probes::paged_decode_attention(q, moved, table, {6, 12}), one,
                 "the same sequences in other blocks of the pool", close);

    // Two sequences may share their first blocks, and what stands behind a row's blocks is never looked at.
    const Tensor<2, BlockId> shared{{0, 5, 999}, {0, 5, 3}};
    const Tensor<3> both = probes::paged_decode_attention(q, cache, shared, {8, 12});
    const Tensor<2, BlockId> unshared{{0, 5, -1}, {0, 5, 3}};
    expect_close(both, probes::paged_decode_attention(q, cache, unshared, {8, 12}),
                 "a row with 999 behind its blocks, against a row with -1", exact);
}

TEST(PagedDecode, WrongShapesNameTensorsShapesAndAxis) {
    const KvCache cache = small_cache();
    const auto error = [](const Tensor<3>& q, const KvCache& kv, const Tensor<2, BlockId>& table,
                          const std::vector<std::int32_t>& lengths) {
        return probes::paged_decode_attention.expect_error<ShapeError>(q, kv, table, lengths);
    };
    const Tensor<3> q = numbers<3>({2, 4, 8}, 0);
    EXPECT_THAT(error(numbers<3>({2, 4, 16}, 0), cache, small_table(), {6, 12}),
                AllOf(HasSubstr("q [2, 4, 16]"), HasSubstr("[8, 2, 4, 8]"), HasSubstr("head_dim")));
    EXPECT_THAT(error(numbers<3>({2, 3, 8}, 0), cache, small_table(), {6, 12}),
                AllOf(HasSubstr("q [2, 3, 8]"), HasSubstr("[8, 2, 4, 8]")))
        << "2 KV heads cannot serve 3 query heads";
    EXPECT_THAT(error(q, {cache.k, numbers<4>({8, 2, 2, 8}, 0)}, small_table(), {6, 12}),
                AllOf(HasSubstr("[8, 2, 4, 8]"), HasSubstr("[8, 2, 2, 8]"), HasSubstr("axis 2")));
    EXPECT_THAT(error(numbers<3>({3, 4, 8}, 0), cache, small_table(), {6, 12, 1}),
                AllOf(HasSubstr("q [3, 4, 8]"), HasSubstr("block_table [2, 3]")));
    EXPECT_THAT(error(q, cache, small_table(), {6}), AllOf(HasSubstr("context_lens"), HasSubstr("q [2, 4, 8]")));
    EXPECT_THAT(error(q, cache, small_table(), {6, 13}),
                AllOf(HasSubstr("context_lens[1]"), HasSubstr("13"), HasSubstr("block_table [2, 3]")))
        << "3 blocks of 4 hold 12 tokens";
    EXPECT_THAT(error(q, cache, small_table(), {-1, 12}), AllOf(HasSubstr("context_lens[0]"), HasSubstr("-1")));
}

TEST(PagedDecode, BlockOutsideThePoolIsNamed) {
    const Tensor<3> q = numbers<3>({2, 4, 8}, 0);
    for (const BlockId wrong : {BlockId{8}, BlockId{-1}, std::numeric_limits<BlockId>::max()}) {
        Tensor<2, BlockId> table = small_table();
        table(1, 2) = wrong;
        const std::string text =
            probes::paged_decode_attention.expect_error<std::invalid_argument>(q, small_cache(), table, {6, 9});
        EXPECT_THAT(text, AllOf(HasSubstr("block_table[1][2]"), HasSubstr(std::to_string(wrong)), HasSubstr("0..7")))
            << "the error should name the entry, what it is, and the blocks that the pool has";
    }
}

TEST(PagedDecode, AgreesWithPyTorch) {
    expect_attention("pytorch");
}

}  // namespace
}  // namespace wb
