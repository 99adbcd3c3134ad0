/// @file
/// Exercises 1.2 and 1.3: a sequence's block table, which maps its logical KV blocks (tokens 0 .. B-1, B .. 2B-1, ..) to
/// physical ones anywhere in the pool.
///
///     block_size 4, 6 tokens          logical block   0         1
///     blocks = {7, 2}                 physical block  7         2
///                                     slots           28 .. 31  8, 9   (10 and 11 are reserved for tokens 6 and 7)
///
/// Invariant: blocks().size() == ceil(num_tokens() / block_size()), so less than one block is wasted; the table holds one
/// reference to each. An error changes neither the table nor the allocator. Source: Kwon et al., SOSP 2023, sections 4.2-4.4.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "block_allocator.hpp"

namespace wb {

/// One token's place in the pool: block * block_size + offset in the block.
using Slot = std::int64_t;

/// A copy of one block's keys and values that is due before anything is written to `destination`.
struct BlockCopy {
    BlockId source = 0, destination = 0;  ///< physical numbers: copy the first block's slots into the second's
    bool operator==(const BlockCopy&) const = default;
};

/// The members, in wire order.
inline auto fields(BlockCopy& copy) {
    return std::tie(copy.source, copy.destination);
}

/// Which physical blocks hold a sequence's tokens.
class BlockTable {
 public:
    /// A table without tokens.
    /// @param allocator   where its blocks come from; must outlive the table
    /// @param block_size  tokens in a block, >= 1    @throws std::invalid_argument otherwise
    BlockTable(BlockAllocator& allocator, int block_size) : BlockTable(allocator, block_size, {}, 0) {}

    /// A table that takes over blocks, one reference to each, which its maker has taken already (a prefix found in a
    /// cache, a sequence that was swapped in).
    /// @throws std::invalid_argument unless block_size >= 1 and blocks.size() == ceil(num_tokens / block_size)
    BlockTable(BlockAllocator& allocator, int block_size, std::vector<BlockId> blocks, int num_tokens);

    // Moved, never copied: a copy would hold blocks without references. A second holder is made by fork().
    // The destructor frees nothing: blocks go back by free(), when the owner says so.
    BlockTable(BlockTable&&) = default;
    BlockTable& operator=(BlockTable&&) = default;
    BlockTable(const BlockTable&) = delete;
    BlockTable& operator=(const BlockTable&) = delete;
    ~BlockTable() = default;

    [[nodiscard]] int block_size() const { return block_size_; }                  ///< in tokens
    [[nodiscard]] int num_tokens() const { return num_tokens_; }                  ///< tokens that have a slot
    [[nodiscard]] const std::vector<BlockId>& blocks() const { return blocks_; }  ///< physical numbers, in order
    [[nodiscard]] BlockAllocator& allocator() const { return *allocator_; }       ///< where the blocks come from

    // ---- exercise 1.2: block_table.cpp ----

    /// The slot of the token at `position`.
    /// @throws std::out_of_range unless 0 <= position < num_tokens
    [[nodiscard]] Slot slot(int position) const;

    /// How many blocks append(count) would take from the pool: none while the last block has room.
    /// @throws std::invalid_argument for a negative count
    [[nodiscard]] int blocks_needed(int count) const;

    /// Makes room for `count` more tokens, taking blocks only as they are needed, and adds their slots to the end of
    /// `slot_mapping` in order. All or nothing. The last block, if it has room, must not be shared: see append_copy_on_write.
    /// @throws OutOfBlocks when the pool has fewer than blocks_needed(count) free: table, pool and slot_mapping stay as they were
    /// @throws std::invalid_argument for a negative count
    /// @note   At least 20 million tokens a second, one token a call
    void append(int count, std::vector<Slot>& slot_mapping);

    /// Gives up every block; the table is empty afterwards and may be used again.
    void free();

    // ---- exercise 1.3: copy_on_write.cpp ----

    /// A second table over the same blocks: every block gains a reference, nothing is copied. O(blocks of the table).
    [[nodiscard]] BlockTable fork() const;

    /// As blocks_needed, for append_copy_on_write: one more when the last block has room, is shared and count > 0.
    [[nodiscard]] int blocks_needed_copy_on_write(int count) const;

    /// As append, for a table whose last block may be shared. A last block that has room and that others hold too must not
    /// be written: a block of the table's own takes its place (allocate), the shared one loses a reference (release), and
    /// the copy of what it holds is reported. Full blocks stay shared: nobody writes to them again.
    /// @return the copy that is due before the new slots are written, if any; count 0 changes nothing and copies nothing
    /// @throws OutOfBlocks when the pool has fewer than blocks_needed_copy_on_write(count) free: nothing has changed
    /// @throws std::invalid_argument for a negative count
    std::optional<BlockCopy> append_copy_on_write(int count, std::vector<Slot>& slot_mapping);

 private:
    BlockAllocator* allocator_;
    int block_size_;
    int num_tokens_;
    std::vector<BlockId> blocks_;  ///< 4 bytes an entry
};

}  // namespace wb
