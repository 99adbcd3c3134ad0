// NOTE: One token after the other, and everything undone when the pool runs dry.
#include "block_table.hpp"

#include <stdexcept>
#include <utility>

namespace wb {

BlockTable::BlockTable(BlockAllocator& allocator, int block_size, std::vector<BlockId> blocks, int num_tokens)
    : allocator_(&allocator), block_size_(block_size), num_tokens_(num_tokens), blocks_(std::move(blocks)) {
    if (block_size <= 0) throw std::invalid_argument("a block holds at least one token");
    const auto places = static_cast<std::int64_t>(blocks_.size()) * block_size;
    const bool too_few = places < num_tokens, too_many = places >= std::int64_t{num_tokens} + block_size;
    if (num_tokens < 0 || too_few || too_many) throw std::invalid_argument("blocks and tokens do not fit");
}

Slot BlockTable::slot(int position) const {
    if (position < 0 || position >= num_tokens_) throw std::out_of_range("no token at this position");
    int logical = 0;
    while (position >= block_size_) {
        position -= block_size_;
        ++logical;
    }
    return Slot{blocks_.at(static_cast<std::size_t>(logical))} * Slot{block_size_} + position;
}

int BlockTable::blocks_needed(int count) const {
    if (count < 0) throw std::invalid_argument("a count below 0");
    const std::int64_t room = static_cast<std::int64_t>(blocks_.size()) * block_size_ - num_tokens_;
    if (count <= room) return 0;
    const std::int64_t beyond = count - room;
    return static_cast<int>(beyond / block_size_ + (beyond % block_size_ > 0 ? 1 : 0));
}

void BlockTable::append(int count, std::vector<Slot>& slot_mapping) {
    if (count < 0) throw std::invalid_argument("a count below 0");
    const std::size_t blocks_before = blocks_.size(), slots_before = slot_mapping.size();
    const int tokens_before = num_tokens_;
    try {
        for (int n = 0; n < count; ++n) {
            if (num_tokens_ % block_size_ == 0) blocks_.push_back(allocator_->allocate());
            ++num_tokens_;
            slot_mapping.push_back(slot(num_tokens_ - 1));
        }
    } catch (const OutOfBlocks&) {
        for (; blocks_.size() > blocks_before; blocks_.pop_back()) allocator_->release(blocks_.back());
        num_tokens_ = tokens_before;
        slot_mapping.resize(slots_before);
        throw;
    }
}

void BlockTable::free() {
    for (; !blocks_.empty(); blocks_.pop_back()) allocator_->release(blocks_.back());
    num_tokens_ = 0;
}

}  // namespace wb
