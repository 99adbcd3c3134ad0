/// @file
/// Exercise 1.2: the block table of a sequence. The contract is chapters/01_paged_kv_cache/block_table.hpp.
#include "block_table.hpp"

#include <stdexcept>
#include <string>

namespace wb {
// SOLUTION BEGIN 1.2 removed
namespace {

/// Blocks that hold `num_tokens` tokens. In 64 bits: tokens that are wished for may be more than an int holds.
std::int64_t blocks_for(std::int64_t num_tokens, int block_size) {
    return (num_tokens + block_size - 1) / block_size;
}

}  // namespace
// SOLUTION END

// TODO(1.2): take over blocks that someone else has filled, or none.
//   Traps:    check against the invariant in the header, for a block_size of 0 as well.
BlockTable::BlockTable(BlockAllocator& allocator, int block_size, std::vector<BlockId> blocks, int num_tokens)
    : allocator_(&allocator), block_size_(block_size), num_tokens_(num_tokens), blocks_(std::move(blocks)) {
    // SOLUTION BEGIN 1.2
    if (block_size < 1) throw std::invalid_argument("block table: a block_size of " + std::to_string(block_size));
    if (num_tokens < 0 || blocks_.size() != static_cast<std::size_t>(blocks_for(num_tokens, block_size))) {
        throw std::invalid_argument("block table: " + std::to_string(blocks_.size()) + " KV blocks of " +
                                    std::to_string(block_size) + " for " + std::to_string(num_tokens) + " tokens");
    }
    // SOLUTION END
}

// TODO(1.2): where a token lies.
//   Equation: slot = blocks[position / block_size] * block_size + position % block_size.
//   Traps:    a reserved place behind the last token is no token's slot yet.
Slot BlockTable::slot(int position) const {
    // SOLUTION BEGIN 1.2
    if (position < 0 || position >= num_tokens_) {
        throw std::out_of_range("block table: position " + std::to_string(position) + " of " +
                                std::to_string(num_tokens_) + " tokens");
    }
    return static_cast<Slot>(blocks_[static_cast<std::size_t>(position / block_size_)]) * block_size_ +
           position % block_size_;
    // SOLUTION END
}

// TODO(1.2): blocks after minus blocks before.
//   Ask:      with block_size 4, what do 4 tokens need, and 5? And how many more do 3 + 1 need than 3?
int BlockTable::blocks_needed(int count) const {
    // SOLUTION BEGIN 1.2
    if (count < 0) throw std::invalid_argument("block table: cannot append " + std::to_string(count) + " tokens");
    const std::int64_t blocks = blocks_for(std::int64_t{num_tokens_} + count, block_size_);
    return static_cast<int>(blocks - static_cast<std::int64_t>(blocks_.size()));
    // SOLUTION END
}

// TODO(1.2): append tokens, taking a block only when one starts.
//   Ask:      the pool runs dry after two of three blocks: what has to be undone? How can you know before you start?
//   Traps:    a block is due with its first token, not with the last token of the block before.
void BlockTable::append(int count, std::vector<Slot>& slot_mapping) {
    // SOLUTION BEGIN 1.2
    const int needed = blocks_needed(count);
    if (needed > allocator_->num_free()) {
        throw OutOfBlocks("block table: " + std::to_string(count) + " tokens need " + std::to_string(needed) +
                          " KV blocks, and " + std::to_string(allocator_->num_free()) + " are free");
    }
    for (int i = 0; i < needed; ++i) blocks_.push_back(allocator_->allocate());
    for (int i = 0; i < count; ++i, ++num_tokens_) {
        const BlockId block = blocks_[static_cast<std::size_t>(num_tokens_ / block_size_)];
        slot_mapping.push_back(static_cast<Slot>(block) * block_size_ + num_tokens_ % block_size_);
    }
    // SOLUTION END
}

// TODO(1.2): give every block back.
//   Ask:      what if free() is called twice?
void BlockTable::free() {
    // SOLUTION BEGIN 1.2
    for (const BlockId block : blocks_) allocator_->release(block);
    blocks_.clear();
    num_tokens_ = 0;
    // SOLUTION END
}

}  // namespace wb
