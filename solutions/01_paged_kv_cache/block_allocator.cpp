/// @file
/// Exercise 1.1: the block allocator. The contract is chapters/01_paged_kv_cache/block_allocator.hpp.
#include "block_allocator.hpp"

#include <string>

#include "wb/errors.hpp"

namespace wb {
// SOLUTION BEGIN 1.1 removed
namespace {

/// The block as an index, once it is known to be one of the pool's.
std::size_t checked(BlockId block, std::size_t num_blocks) {
    if (block < 0 || static_cast<std::size_t>(block) >= num_blocks) {
        throw std::invalid_argument("KV block " + std::to_string(block) + " is not one of this pool's 0.." +
                                    std::to_string(static_cast<std::int64_t>(num_blocks) - 1) +
                                    ". Is this a slot or a logical number, where a physical one belongs?");
    }
    return static_cast<std::size_t>(block);
}

}  // namespace
// SOLUTION END

// TODO(1.1): a pool whose blocks are all free.
//   Ask:      does it matter in which order the free blocks lie in free_? And how many entries can it ever have?
//   Traps:    reserve free_ once: a push_back that has to grow may throw, and release must not fail half way.
BlockAllocator::BlockAllocator(int num_blocks) {
    // SOLUTION BEGIN 1.1
    if (num_blocks < 0) throw std::invalid_argument("a pool of " + std::to_string(num_blocks) + " KV blocks");
    ref_counts_.assign(static_cast<std::size_t>(num_blocks), 0);
    free_.reserve(static_cast<std::size_t>(num_blocks));
    for (BlockId block = num_blocks; block-- > 0;) free_.push_back(block);  // so that block 0 is handed out first
    // SOLUTION END
}

// TODO(1.1): hand out a free block.
//   Start:    a stack will do: the block that was freed last is the one whose memory is most likely still in a cache.
//   Traps:    an empty pool is an error that changes nothing.
BlockId BlockAllocator::allocate() {
    // SOLUTION BEGIN 1.1
    if (free_.empty()) throw OutOfBlocks("no free KV block: all " + std::to_string(ref_counts_.size()) + " are held");
    const BlockId block = free_.back();
    free_.pop_back();
    ref_counts_[static_cast<std::size_t>(block)] = 1;
    return block;
    // SOLUTION END
}

// TODO(1.1): one more holder.
//   Ask:      why must a free block not gain a reference? (What does the free list say of it, and who takes it next?)
void BlockAllocator::add_reference(BlockId block) {
    // SOLUTION BEGIN 1.1
    std::int32_t& count = ref_counts_[checked(block, ref_counts_.size())];
    if (count == 0)
        throw std::invalid_argument("KV block " + std::to_string(block) +
                                    " is free: only a held block gains a reference");
    ++count;
    // SOLUTION END
}

// TODO(1.1): one holder less.
//   Ask:      what would happen, many steps later, if a double free put a block on the free list twice?
//   Traps:    check first, change afterwards. A block that is still held does not go back.
int BlockAllocator::release(BlockId block) {
    // SOLUTION BEGIN 1.1
    std::int32_t& count = ref_counts_[checked(block, ref_counts_.size())];
    if (count == 0) throw std::invalid_argument("KV block " + std::to_string(block) + " is already free");
    if (--count == 0) free_.push_back(block);
    return count;
    // SOLUTION END
}

// TODO(1.1): what the allocator knows of a block and of itself.
int BlockAllocator::ref_count(BlockId block) const {
    // SOLUTION BEGIN 1.1
    return ref_counts_[checked(block, ref_counts_.size())];
    // SOLUTION END
}

int BlockAllocator::num_blocks() const {
    // SOLUTION BEGIN 1.1
    return static_cast<int>(ref_counts_.size());
    // SOLUTION END
}

int BlockAllocator::num_free() const {
    // SOLUTION BEGIN 1.1
    return static_cast<int>(free_.size());
    // SOLUTION END
}

}  // namespace wb
