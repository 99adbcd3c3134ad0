/// @file
/// Exercise 1.7: the buddy allocator. The contract is chapters/01_paged_kv_cache/buddy_allocator.hpp.
#include "buddy_allocator.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>

namespace wb {
// SOLUTION BEGIN 1.7 removed
namespace {

constexpr int largest_pool = 1 << 30;  // so that a start ^ a size, and twice a size, stay an int

/// The smallest k with 2^k >= count.
std::size_t order_for(int count) {
    return static_cast<std::size_t>(std::bit_width(static_cast<unsigned>(count) - 1));
}

int size_of(std::size_t order) {
    return 1 << order;
}

}  // namespace
// SOLUTION END

// TODO(1.7): cut a pool of any size into powers of two, the largest first.
//   Start:    write 24 in binary. Which chunks do its ones stand for, and where does each start?
//   Ask:      why must the largest come first? (A chunk of 2^k has to start at a multiple of 2^k, or its buddy is not at start ^ 2^k.)
BuddyAllocator::BuddyAllocator(int num_slots) {
    // SOLUTION BEGIN 1.7
    if (num_slots < 0 || num_slots > largest_pool) {
        throw std::invalid_argument("buddy allocator: a pool of " + std::to_string(num_slots) +
                                    " slots; it takes 0 .. " + std::to_string(largest_pool));
    }
    num_slots_ = num_slots;
    free_.resize(order_for(largest_pool) + 1);
    for (std::size_t order = free_.size(), start = 0; order-- > 0;) {
        if ((num_slots & size_of(order)) == 0) continue;
        free_[order].insert(static_cast<int>(start));
        start += static_cast<std::size_t>(size_of(order));
    }
    // SOLUTION END
}

// TODO(1.7): find the smallest chunk that is large enough, and halve it until it is just large enough.
//   Ask:      a chunk of 16 becomes a held one of 2. Which free chunks are left, and where?
//   Traps:    count 1 needs 2^0. A pool that has no chunk large enough must be left as it was: look before you split.
std::optional<Chunk> BuddyAllocator::allocate(int count) {
    // SOLUTION BEGIN 1.7
    if (count < 1) throw std::invalid_argument("buddy allocator: cannot allocate " + std::to_string(count) + " slots");
    if (count > num_slots_) return std::nullopt;
    const std::size_t wanted = order_for(count);
    std::size_t order = wanted;
    while (order < free_.size() && free_[order].empty()) ++order;
    if (order == free_.size()) return std::nullopt;

    const int start = *free_[order].begin();
    free_[order].erase(free_[order].begin());
    while (order > wanted) {
        --order;
        free_[order].insert(start + size_of(order));  // the upper half; the lower one goes on being split
    }
    held_.emplace(start, wanted);
    return Chunk{start, size_of(wanted)};
    // SOLUTION END
}

// TODO(1.7): take the chunk back, and merge while the buddy is free.
//   Equation: buddy of (start, size) = (start ^ size, size); merged, they start at min(start, buddy).
//   Ask:      when does merging stop? And what stops it for a chunk whose buddy would lie past the end of the pool?
//   Traps:    a buddy merges only when it is free *as a whole*: its lower half being free is not enough.
void BuddyAllocator::free(int start) {
    // SOLUTION BEGIN 1.7
    const auto found = held_.find(start);
    if (found == held_.end()) {
        throw std::invalid_argument("buddy allocator: no held chunk starts at slot " + std::to_string(start) +
                                    ". Was it freed before, or is this not the start that allocate() returned?");
    }
    auto order = static_cast<std::size_t>(found->second);
    held_.erase(found);
    for (int buddy = start ^ size_of(order); free_[order].erase(buddy) > 0; buddy = start ^ size_of(order)) {
        start = std::min(start, buddy);
        ++order;
    }
    free_[order].insert(start);
    // SOLUTION END
}

// TODO(1.7): what the allocator knows of itself.
int BuddyAllocator::num_slots() const {
    // SOLUTION BEGIN 1.7
    return num_slots_;
    // SOLUTION END
}

int BuddyAllocator::num_free() const {
    // SOLUTION BEGIN 1.7
    int slots = num_slots_;
    for (const auto& [start, order] : held_) slots -= size_of(static_cast<std::size_t>(order));
    return slots;
    // SOLUTION END
}

int BuddyAllocator::largest_free() const {
    // SOLUTION BEGIN 1.7
    for (std::size_t order = free_.size(); order-- > 0;) {
        if (!free_[order].empty()) return size_of(order);
    }
    return 0;
    // SOLUTION END
}

std::vector<Chunk> BuddyAllocator::free_chunks() const {
    // SOLUTION BEGIN 1.7
    std::vector<Chunk> chunks;
    for (std::size_t order = 0; order < free_.size(); ++order) {
        for (const int start : free_[order]) chunks.push_back({start, size_of(order)});
    }
    std::sort(chunks.begin(), chunks.end(), [](const Chunk& a, const Chunk& b) { return a.start < b.start; });
    return chunks;
    // SOLUTION END
}

}  // namespace wb
