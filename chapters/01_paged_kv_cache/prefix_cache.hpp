/// @file
/// Exercise 1.5: prefix caching. A full KV block whose tokens, and all tokens before them, are those of an earlier request
/// holds the same keys and values; it is found by a hash that is chained on the hash of the block before it, and shared.
///
///     tokens    [system prompt .......][question A]      hash(block i) = hash_block(hash(block i - 1), tokens of block i)
///     blocks    [ h0 ][ h1 ][ h2 ][ h3 ][ ..                 only full blocks have a hash; the tail never does
///     request 2 [ h0 ][ h1 ][ h2 ][ x3 ]                     hits: 3 blocks, which are not computed again
///
/// The cache holds one reference of its own to every block it knows, so a block stays when its last table is freed; it is
/// *unreferenced* when that reference is the only one (ref_count 1), and then it may be evicted: the least recently used
/// first. Invariant: a hash leads to a block exactly as long as the cache holds its reference; so a block that is reused
/// never answers to its old hash. Not thread-safe: one scheduler owns a cache.
/// Source: the idea is vLLM's automatic prefix caching; Kwon et al. 2023, section 4.4.
#pragma once

#include <cstdint>
#include <list>
#include <span>
#include <unordered_map>
#include <vector>

#include "block_allocator.hpp"
#include "block_table.hpp"

namespace wb {

/// Names a block's tokens and everything before them.
using BlockHash = std::uint64_t;

/// The parent of a sequence's first block.
inline constexpr BlockHash no_parent = 0;

/// Hash of a full block: depends on the parent's hash, on every token, on their order and on how many there are. Equal
/// inputs give equal hashes on every machine (std::hash promises no such thing); different ones must not meet in practice,
/// so every bit of the parent and of the tokens moves each of the 64 bits about every second time.
BlockHash hash_block(BlockHash parent, std::span<const int> tokens);

/// Blocks found in the cache.
struct PrefixMatch {
    std::vector<BlockId> blocks;  ///< in order, one reference each taken for the caller
    int num_tokens = 0;           ///< blocks.size() * block_size
};

/// Full KV blocks by the hash of their tokens. A hash is trusted: tokens are not kept to compare with.
class PrefixCache {
 public:
    /// @param allocator   the pool that the blocks belong to; must outlive the cache
    /// @param block_size  tokens in a block, >= 1    @throws std::invalid_argument otherwise
    PrefixCache(BlockAllocator& allocator, int block_size);

    // Not copied: two caches would share references, and by_hash_ points into by_use_. The destructor frees nothing:
    // make_room(num_blocks of the pool) gives up all that nobody else holds.
    PrefixCache(const PrefixCache&) = delete;
    PrefixCache& operator=(const PrefixCache&) = delete;
    ~PrefixCache() = default;

    /// The longest run of cached blocks from the start of a prompt. Takes a reference to each for the caller and marks them
    /// as used. Always leaves at least one token to compute, since someone needs the logits after it: a prompt of exactly
    /// n full blocks matches at most n - 1 (and does not use the last).
    /// @param tokens  the prompt; after a preemption with what was generated; empty matches nothing
    PrefixMatch match(std::span<const int> tokens);

    /// A new sequence's table: the blocks that match() finds and, for the other tokens, blocks of its own, for which it makes
    /// room by eviction if too few are free. Nothing becomes known by this: the sequence's own blocks are empty until the
    /// model has run, so another request of the same batch must not find them.
    /// @param tokens        as for match()
    /// @param slot_mapping  gains the slots of the tokens that are left to compute, tokens.size() - the match's, in order
    /// @throws OutOfBlocks when the blocks do not suffice, even if all that is unreferenced (the match, which the new
    ///         sequence holds, not counted) were evicted: pool, cache and slot_mapping are as they were, nothing has been
    ///         evicted, and the match's references are given back; it counts as used all the same
    BlockTable start_sequence(std::span<const int> tokens, std::vector<Slot>& slot_mapping);

    /// Makes a sequence's full blocks known; call it when their keys and values have been computed, not before. Takes a
    /// reference to each block that is new and marks the whole chain as used. Where the cache knows the same tokens under
    /// another block, that one stays and the newcomer is left out (its children are still found through the hash).
    /// @param tokens  the tokens whose keys and values have been computed: without the newest, which was sampled in this step
    ///                and is computed in the next
    /// @param blocks  the sequence's table, which holds them; only the first tokens.size() / block_size are full
    /// @throws std::invalid_argument when there are fewer blocks than full ones among the tokens; nothing has changed
    void insert(std::span<const int> tokens, std::span<const BlockId> blocks);

    /// Evicts unreferenced blocks, the least recently used first, until `num_free` blocks of the pool are free or none is
    /// left to evict. Of a chain used at one time the deepest goes first, since no child is found without its parent.
    /// @return how many were evicted
    int make_room(int num_free);

    [[nodiscard]] int num_cached() const;     ///< blocks the cache knows
    [[nodiscard]] int num_evictable() const;  ///< of these, unreferenced; O(num_cached)

 private:
    /// A cached block and its place in the order of use.
    struct Entry {
        BlockHash hash = 0;
        BlockId block = 0;
    };
    BlockAllocator* allocator_;
    int block_size_;
    std::list<Entry> by_use_;  ///< every entry once, in the order of use: that is all the time that eviction needs
    std::unordered_map<BlockHash, std::list<Entry>::iterator> by_hash_;
};

}  // namespace wb
