/// @file
/// Exercise 1.1: the block allocator. The contract is chapters/01_paged_kv_cache/block_allocator.hpp.
#include "block_allocator.hpp"

#include <string>

#include "wb/errors.hpp"

namespace wb {

// TODO(1.1): a pool whose blocks are all free.
//   Ask:      does it matter in which order the free blocks lie in free_? And how many entries can it ever have?
//   Traps:    reserve free_ once: a push_back that has to grow may throw, and release must not fail half way.
BlockAllocator::BlockAllocator(int num_blocks) {
    throw wb::NotImplemented("1.1");
}

// TODO(1.1): hand out a free block.
//   Start:    a stack will do: the block that was freed last is the one whose memory is most likely still in a cache.
//   Traps:    an empty pool is an error that changes nothing.
BlockId BlockAllocator::allocate() {
    throw wb::NotImplemented("1.1");
}

// TODO(1.1): one more holder.
//   Ask:      why must a free block not gain a reference? (What does the free list say of it, and who takes it next?)
void BlockAllocator::add_reference(BlockId block) {
    throw wb::NotImplemented("1.1");
}

// TODO(1.1): one holder less.
//   Ask:      what would happen, many steps later, if a double free put a block on the free list twice?
//   Traps:    check first, change afterwards. A block that is still held does not go back.
int BlockAllocator::release(BlockId block) {
    throw wb::NotImplemented("1.1");
}

// TODO(1.1): what the allocator knows of a block and of itself.
int BlockAllocator::ref_count(BlockId block) const {
    throw wb::NotImplemented("1.1");
}

int BlockAllocator::num_blocks() const {
    throw wb::NotImplemented("1.1");
}

int BlockAllocator::num_free() const {
    throw wb::NotImplemented("1.1");
}

}  // namespace wb
