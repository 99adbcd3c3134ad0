/// @file
/// Judges the hash of exercise 1.5. It is the submission's choice, so nothing expects a number; it must tell blocks apart.
#include <algorithm>
#include <array>
#include <bit>
#include <map>

#include "cache_probes.hpp"
#include "judge/draw.hpp"
#include "judge/judge.hpp"
#include "pool_model.hpp"

namespace wb {
namespace {

/// Blocks to be hashed in one question.
struct Blocks {
    explicit Blocks(int size) : block_size(size) {}
    int block_size;
    std::vector<BlockHash> parents;
    std::vector<int> tokens;

    void add(BlockHash parent, const std::vector<int>& block) {
        parents.push_back(parent);
        tokens.insert(tokens.end(), block.begin(), block.end());
    }
    [[nodiscard]] std::vector<BlockHash> hashes() const {
        std::vector<BlockHash> result = probes::hash_blocks(parents, tokens, block_size);
        if (result.size() != parents.size()) stop_test("the driver answered with another number of hashes");
        return result;
    }
    /// "{1, 2} after parent 7".
    [[nodiscard]] std::string words(std::size_t i) const {
        const auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(i) * block_size;
        return model::list(std::vector<int>(begin, begin + block_size)) + " after parent " + std::to_string(parents[i]);
    }
};

/// Fails when two of the blocks, which all differ, have the same hash.
void expect_no_collision(const Blocks& blocks) {
    const std::vector<BlockHash> hashes = blocks.hashes();
    std::map<BlockHash, std::size_t> seen;
    std::size_t collisions = 0, first = 0, second = 0;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        const auto [entry, fresh] = seen.try_emplace(hashes[i], i);
        if (fresh) continue;
        if (++collisions == 1) {
            first = entry->second;
            second = i;
        }
    }
    EXPECT_EQ(collisions, 0U) << "among " << hashes.size() << " different blocks, e.g. " << blocks.words(first)
                              << " and " << blocks.words(second) << " both have hash " << hashes[first]
                              << ": one request would read the other's keys and values";
}

std::vector<int> random_block(Draw& draw, int block_size) {
    std::vector<int> block;
    for (int i = 0; i < block_size; ++i) block.push_back(static_cast<int>(draw.below(50257)));  // GPT-2's vocabulary
    return block;
}

BlockHash random_hash(Draw& draw) {
    return (static_cast<BlockHash>(draw.below(1U << 31U)) << 33U) ^
           (static_cast<BlockHash>(draw.below(1U << 31U)) << 8U) ^ draw.below(256);
}

Draw draw_of(const Case& c) {
    return Draw(static_cast<std::uint64_t>(c.number("seed")));
}

TEST(BlockHash, DependsOnTheParent) {
    Blocks blocks(4);
    for (const BlockHash parent : {BlockHash{0}, BlockHash{1}, BlockHash{2}, BlockHash{1} << 32U, BlockHash{1} << 63U})
        blocks.add(parent, {5, 6, 7, 8});
    blocks.add(no_parent, {0, 0, 0, 0});
    blocks.add(1, {0, 0, 0, 0});
    blocks.add(0, {1, 0, 0, 0});
    expect_no_collision(blocks);
}

TEST(BlockHash, DependsOnTheOrderOfTheTokens) {
    Blocks blocks(5);
    std::vector<int> block{1, 2, 3, 4, 5};
    do blocks.add(no_parent, block);
    while (std::next_permutation(block.begin(), block.end()));
    expect_no_collision(blocks);
}

TEST(BlockHash, DependsOnTheNumberOfTokens) {
    std::vector<BlockHash> hashes;
    for (int size = 1; size <= 8; ++size) {
        Blocks blocks(size);
        blocks.add(no_parent, std::vector<int>(static_cast<std::size_t>(size), 0));
        hashes.push_back(blocks.hashes().front());
    }
    std::sort(hashes.begin(), hashes.end());
    EXPECT_EQ(std::unique(hashes.begin(), hashes.end()), hashes.end())
        << "blocks of 1 to 8 zeros, and two of them have the same hash";
}

TEST(BlockHash, IsTheSameForTheSameBlock) {
    for (const Case& c : cases("1.5/hashes")) {
        Draw draw = draw_of(c);
        Blocks once(16), twice(16);
        for (int i = 0; i < 100; ++i) {
            const BlockHash parent = random_hash(draw);
            const std::vector<int> block = random_block(draw, 16);
            once.add(parent, block);
            twice.add(parent, block);
            twice.add(parent, block);
        }
        const std::vector<BlockHash> first = once.hashes(), second = twice.hashes();
        for (std::size_t i = 0; i < first.size(); ++i) {
            EXPECT_EQ(second[2 * i], first[i]) << once.words(i) << " hashed again";
            EXPECT_EQ(second[2 * i + 1], first[i]) << once.words(i) << " hashed again";
        }
    }
}

// Each of 64 output bits follows one input bit in half of the trials, if the hash is good. 256 trials for each of the
// 64 + 8 * 32 input bits: the share of moved bits has a standard deviation of 0.5 / sqrt(256 * 64) = 0.004 for one input bit
// over all outputs and of 0.5 / sqrt(256 * 320) = 0.002 for one output bit over all inputs. 0.4 .. 0.6 is 25 of these away,
// and every hash in use passes it; h = 31 * h + token leaves the upper half of the bits where they are.
TEST(BlockHash, EveryInputBitMovesHalfOfTheHash) {
    constexpr int trials = 256, block_size = 8, parent_bits = 64, bits = parent_bits + block_size * 32;
    const Case c = cases("1.5/hashes").front();
    Draw draw = draw_of(c);
    Blocks blocks(block_size);
    for (int trial = 0; trial < trials; ++trial) {
        const BlockHash parent = random_hash(draw);
        const std::vector<int> block = random_block(draw, block_size);
        blocks.add(parent, block);
        for (int bit = 0; bit < bits; ++bit) {
            std::vector<int> changed = block;
            const bool of_parent = bit < parent_bits;
            if (!of_parent) {
                int& token = changed[static_cast<std::size_t>((bit - parent_bits) / 32)];
                token = static_cast<int>(static_cast<std::uint32_t>(token) ^ (1U << ((bit - parent_bits) % 32)));
            }
            blocks.add(of_parent ? parent ^ (BlockHash{1} << bit) : parent, changed);
        }
    }
    const std::vector<BlockHash> hashes = blocks.hashes();
    std::array<int, bits> moved_by{};  // by each input bit, over all output bits
    std::array<int, 64> moved{};       // each output bit, over all input bits
    for (std::size_t i = 0; i < hashes.size(); i += bits + 1) {
        for (std::size_t bit = 0; bit < bits; ++bit) {
            const BlockHash change = hashes[i] ^ hashes[i + 1 + bit];
            moved_by[bit] += std::popcount(change);
            for (std::size_t out = 0; out < 64; ++out) moved[out] += static_cast<int>((change >> out) & 1U);
        }
    }
    for (int bit = 0; bit < bits; ++bit) {
        const double share = moved_by[static_cast<std::size_t>(bit)] / (64.0 * trials);
        const std::string name = bit < parent_bits ? "bit " + std::to_string(bit) + " of the parent"
                                                   : "bit " + std::to_string((bit - parent_bits) % 32) + " of token " +
                                                         std::to_string((bit - parent_bits) / 32);
        EXPECT_TRUE(share > 0.4 && share < 0.6)
            << "changing " << name << " moves " << 100 * share << " % of the hash's bits; about 50 % should move";
    }
    for (std::size_t out = 0; out < 64; ++out) {
        const double share = moved[out] / (1.0 * bits * trials);
        EXPECT_TRUE(share > 0.4 && share < 0.6)
            << "bit " << out << " of the hash moves with " << 100 * share << " % of the changes; about 50 % should do";
    }
}

// 200,000 hashes of 64 bits: two of them meet by chance with probability 2e10 / 1.8e19 = 1e-9. Of 32 bits: 99 %.
TEST(BlockHash, TwoHundredThousandBlocksNeverCollide) {
    for (const Case& c : cases("1.5/hashes")) {
        Draw draw = draw_of(c);
        Blocks random(16);
        for (int i = 0; i < 200000; ++i) random.add(random_hash(draw), random_block(draw, 16));
        expect_no_collision(random);
        if (testing::Test::HasFailure()) return;
    }
    Blocks regular(4);  // what real texts are full of: small numbers, repeated, in every order
    for (int i = 0; i < 10; ++i) {
        for (int j = 0; j < 10; ++j) {
            for (int k = 0; k < 45; ++k) {
                for (int l = 0; l < 45; ++l) regular.add(no_parent, {i, j, k, l});
            }
        }
    }
    expect_no_collision(regular);
}

}  // namespace
}  // namespace wb
