// NOTE: The free block with the lowest number first: free_ is a heap, filled before it is needed.
#include "block_allocator.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>

namespace wb {

BlockAllocator::BlockAllocator(int num_blocks) {
    if (num_blocks < 0) throw std::invalid_argument("num_blocks must not be negative");
    ref_counts_.resize(static_cast<std::size_t>(num_blocks));
    free_.resize(static_cast<std::size_t>(num_blocks));
    std::iota(free_.begin(), free_.end(), 0);  // ascending is a heap already
}

BlockId BlockAllocator::allocate() {
    if (num_free() == 0) throw OutOfBlocks("none of the " + std::to_string(num_blocks()) + " blocks is free");
    std::pop_heap(free_.begin(), free_.end(), std::greater<>());
    const BlockId block = free_.back();
    free_.pop_back();
    ref_counts_.at(static_cast<std::size_t>(block)) = 1;
    return block;
}

void BlockAllocator::add_reference(BlockId block) {
    if (ref_count(block) < 1) throw std::invalid_argument("block " + std::to_string(block) + " has no holder");
    ref_counts_.at(static_cast<std::size_t>(block)) += 1;
}

int BlockAllocator::release(BlockId block) {
    const int before = ref_count(block);
    if (before < 1) throw std::invalid_argument("block " + std::to_string(block) + " has no holder");
    ref_counts_.at(static_cast<std::size_t>(block)) = before - 1;
    if (before > 1) return before - 1;
    free_.push_back(block);
    std::push_heap(free_.begin(), free_.end(), std::greater<>());
    return 0;
}

int BlockAllocator::ref_count(BlockId block) const {
    if (block < 0 || block >= num_blocks()) {
        throw std::invalid_argument("block " + std::to_string(block) + " is outside 0.." +
                                    std::to_string(num_blocks() - 1));
    }
    return ref_counts_.at(static_cast<std::size_t>(block));
}

int BlockAllocator::num_blocks() const {
    return static_cast<int>(ref_counts_.size());
}

int BlockAllocator::num_free() const {
    return static_cast<int>(free_.size());
}

}  // namespace wb
