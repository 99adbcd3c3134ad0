// NOTE: Copies first, and takes the copy back when the tokens find no room.
#include "block_table.hpp"

namespace wb {

BlockTable BlockTable::fork() const {
    std::vector<BlockId> shared;
    for (const BlockId block : blocks_) {
        allocator_->add_reference(block);
        shared.push_back(block);
    }
    return {*allocator_, block_size_, std::move(shared), num_tokens_};
}

int BlockTable::blocks_needed_copy_on_write(int count) const {
    const int needed = blocks_needed(count);
    if (count == 0 || blocks_.empty()) return needed;
    const bool full = static_cast<std::int64_t>(blocks_.size()) * block_size_ == num_tokens_;
    return full || allocator_->ref_count(blocks_.back()) == 1 ? needed : needed + 1;
}

std::optional<BlockCopy> BlockTable::append_copy_on_write(int count, std::vector<Slot>& slot_mapping) {
    if (blocks_needed_copy_on_write(count) == blocks_needed(count)) {
        append(count, slot_mapping);
        return std::nullopt;
    }
    const BlockCopy copy{blocks_.back(), allocator_->allocate()};
    blocks_.back() = copy.destination;
    try {
        append(count, slot_mapping);
    } catch (const OutOfBlocks&) {
        blocks_.back() = copy.source;
        allocator_->release(copy.destination);
        throw;
    }
    allocator_->release(copy.source);
    return copy;
}

}  // namespace wb
