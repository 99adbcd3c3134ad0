/// @file
/// Exercise 1.1: the block allocator of the paged KV cache. It hands out fixed-size KV blocks by number and counts who
/// holds them; the keys and values themselves lie elsewhere (a GPU's memory, a tensor), at the places these numbers name.
///
///     free blocks      3 1 5 ..      --allocate-->   ref_count 1   --add_reference-->   ref_count 2, 3, ..
///                        ^                                |                                    |
///                        +------------ release (0 left) --+------------- release --------------+
///
/// Invariant: a block is free (ref_count 0) or held (ref_count >= 1), never both, and num_free counts the free ones.
/// An error changes nothing. Not thread-safe: one scheduler owns an allocator. Source: Kwon et al., SOSP 2023, sections 4.2-4.4.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace wb {

/// A physical KV block's number, 0 .. num_blocks - 1.
using BlockId = std::int32_t;

/// No block is free for what was asked. What was asked has not happened, not even in part.
class OutOfBlocks : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// A pool of num_blocks KV blocks, all alike.
class BlockAllocator {
 public:
    /// A pool whose blocks are all free.
    /// @param num_blocks  >= 0
    /// @throws std::invalid_argument for a negative number
    explicit BlockAllocator(int num_blocks);

    /// Takes a free block; which one is the allocator's choice. Its ref_count becomes 1. O(1).
    /// @throws OutOfBlocks when none is free, naming the pool's size: "no free KV block: all 983 are held"
    BlockId allocate();

    /// One more holder of a held block: ref_count + 1.
    /// @throws std::invalid_argument for a block that is free, or whose number the pool does not have, naming it
    void add_reference(BlockId block);

    /// One holder less: ref_count - 1. A block that nobody holds any more is free again. O(1).
    /// @return the references left
    /// @throws std::invalid_argument for a block that is free already (a double free), or whose number the pool does not
    ///         have: "KV block 7 is already free", "KV block 983 is not one of this pool's 0..982"
    int release(BlockId block);

    /// How many hold the block; 0 means free.
    /// @throws std::invalid_argument for a number that the pool does not have
    [[nodiscard]] int ref_count(BlockId block) const;

    [[nodiscard]] int num_blocks() const;  ///< in the pool
    [[nodiscard]] int num_free() const;    ///< of these, free; O(1)

 private:
    std::vector<std::int32_t> ref_counts_;  ///< [num_blocks]
    std::vector<BlockId> free_;  ///< the free blocks, in whatever order serves you: at most 8 bytes a block in all
};

}  // namespace wb
