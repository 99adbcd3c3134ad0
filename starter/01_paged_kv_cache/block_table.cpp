/// @file
/// Exercise 1.2: the block table of a sequence. The contract is chapters/01_paged_kv_cache/block_table.hpp.
#include "block_table.hpp"

#include <stdexcept>
#include <string>

namespace wb {

// TODO(1.2): take over blocks that someone else has filled, or none.
//   Traps:    check against the invariant in the header, for a block_size of 0 as well.
BlockTable::BlockTable(BlockAllocator& allocator, int block_size, std::vector<BlockId> blocks, int num_tokens)
    : allocator_(&allocator), block_size_(block_size), num_tokens_(num_tokens), blocks_(std::move(blocks)) {
    throw wb::NotImplemented("1.2");
}

// TODO(1.2): where a token lies.
//   Equation: slot = blocks[position / block_size] * block_size + position % block_size.
//   Traps:    a reserved place behind the last token is no token's slot yet.
Slot BlockTable::slot(int position) const {
    throw wb::NotImplemented("1.2");
}

// TODO(1.2): blocks after minus blocks before.
//   Ask:      with block_size 4, what do 4 tokens need, and 5? And how many more do 3 + 1 need than 3?
int BlockTable::blocks_needed(int count) const {
    throw wb::NotImplemented("1.2");
}

// TODO(1.2): append tokens, taking a block only when one starts.
//   Ask:      the pool runs dry after two of three blocks: what has to be undone? How can you know before you start?
//   Traps:    a block is due with its first token, not with the last token of the block before.
void BlockTable::append(int count, std::vector<Slot>& slot_mapping) {
    throw wb::NotImplemented("1.2");
}

// TODO(1.2): give every block back.
//   Ask:      what if free() is called twice?
void BlockTable::free() {
    throw wb::NotImplemented("1.2");
}

}  // namespace wb
