/// @file
/// Exercise 1.7: the buddy allocator. The contract is chapters/01_paged_kv_cache/buddy_allocator.hpp.
#include "buddy_allocator.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>

namespace wb {

// TODO(1.7): cut a pool of any size into powers of two, the largest first.
//   Start:    write 24 in binary. Which chunks do its ones stand for, and where does each start?
//   Ask:      why must the largest come first? (A chunk of 2^k has to start at a multiple of 2^k, or its buddy is not at start ^ 2^k.)
BuddyAllocator::BuddyAllocator(int num_slots) {
    throw wb::NotImplemented("1.7");
}

// TODO(1.7): find the smallest chunk that is large enough, and halve it until it is just large enough.
//   Ask:      a chunk of 16 becomes a held one of 2. Which free chunks are left, and where?
//   Traps:    count 1 needs 2^0. A pool that has no chunk large enough must be left as it was: look before you split.
std::optional<Chunk> BuddyAllocator::allocate(int count) {
    throw wb::NotImplemented("1.7");
}

// TODO(1.7): take the chunk back, and merge while the buddy is free.
//   Equation: buddy of (start, size) = (start ^ size, size); merged, they start at min(start, buddy).
//   Ask:      when does merging stop? And what stops it for a chunk whose buddy would lie past the end of the pool?
//   Traps:    a buddy merges only when it is free *as a whole*: its lower half being free is not enough.
void BuddyAllocator::free(int start) {
    throw wb::NotImplemented("1.7");
}

// TODO(1.7): what the allocator knows of itself.
int BuddyAllocator::num_slots() const {
    throw wb::NotImplemented("1.7");
}

int BuddyAllocator::num_free() const {
    throw wb::NotImplemented("1.7");
}

int BuddyAllocator::largest_free() const {
    throw wb::NotImplemented("1.7");
}

std::vector<Chunk> BuddyAllocator::free_chunks() const {
    throw wb::NotImplemented("1.7");
}

}  // namespace wb
