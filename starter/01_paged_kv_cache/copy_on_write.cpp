/// @file
/// Exercise 1.3: forks of a block table, and copy-on-write. The contract is chapters/01_paged_kv_cache/block_table.hpp.
#include <string>

#include "block_table.hpp"
#include "wb/errors.hpp"

namespace wb {

// TODO(1.3): share instead of copy.
//   Ask:      which blocks will one of the two tables ever write to again? How many is that, however long the sequence?
BlockTable BlockTable::fork() const {
    throw wb::NotImplemented("1.3");
}

// TODO(1.3): as blocks_needed, and the block that the copy goes to.
//   Ask:      a full last block is shared by three tables: does the next token of one of them need a copy?
int BlockTable::blocks_needed_copy_on_write(int count) const {
    throw wb::NotImplemented("1.3");
}

// TODO(1.3): make the last block this table's own, if need be; then append.
//   Start:    allocate, release, replace, in this order; the rest is 1.2.
//   Ask:      three tables share a block with room. Each appends a token: how many copies are made, and who writes in place?
//   Traps:    count 0 writes nothing, so it copies nothing. Check for all the blocks before you take the first.
std::optional<BlockCopy> BlockTable::append_copy_on_write(int count, std::vector<Slot>& slot_mapping) {
    throw wb::NotImplemented("1.3");
}

}  // namespace wb
