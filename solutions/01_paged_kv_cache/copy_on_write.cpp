/// @file
/// Exercise 1.3: forks of a block table, and copy-on-write. The contract is chapters/01_paged_kv_cache/block_table.hpp.
#include <string>

#include "block_table.hpp"
#include "wb/errors.hpp"

namespace wb {

// TODO(1.3): share instead of copy.
//   Ask:      which blocks will one of the two tables ever write to again? How many is that, however long the sequence?
BlockTable BlockTable::fork() const {
    // SOLUTION BEGIN 1.3
    BlockTable second(*allocator_, block_size_, blocks_, num_tokens_);
    for (const BlockId block : blocks_) allocator_->add_reference(block);
    return second;
    // SOLUTION END
}

// TODO(1.3): as blocks_needed, and the block that the copy goes to.
//   Ask:      a full last block is shared by three tables: does the next token of one of them need a copy?
int BlockTable::blocks_needed_copy_on_write(int count) const {
    // SOLUTION BEGIN 1.3
    const bool has_room = num_tokens_ % block_size_ != 0;
    const bool copies = count > 0 && has_room && allocator_->ref_count(blocks_.back()) > 1;
    return blocks_needed(count) + (copies ? 1 : 0);
    // SOLUTION END
}

// TODO(1.3): make the last block this table's own, if need be; then append.
//   Start:    allocate, release, replace, in this order; the rest is 1.2.
//   Ask:      three tables share a block with room. Each appends a token: how many copies are made, and who writes in place?
//   Traps:    count 0 writes nothing, so it copies nothing. Check for all the blocks before you take the first.
std::optional<BlockCopy> BlockTable::append_copy_on_write(int count, std::vector<Slot>& slot_mapping) {
    // SOLUTION BEGIN 1.3
    const int needed = blocks_needed_copy_on_write(count);
    if (needed > allocator_->num_free()) {
        throw OutOfBlocks("block table: " + std::to_string(count) + " tokens need " + std::to_string(needed) +
                          " KV blocks, the copy of a shared one included, and " +
                          std::to_string(allocator_->num_free()) + " are free");
    }
    std::optional<BlockCopy> copy;
    if (needed > blocks_needed(count)) {
        copy = BlockCopy{blocks_.back(), allocator_->allocate()};
        allocator_->release(copy->source);
        blocks_.back() = copy->destination;
    }
    append(count, slot_mapping);
    return copy;
    // SOLUTION END
}

}  // namespace wb
