/// @file
/// Exercise 1.7 without free lists: what is free is worked out from what is held. Slower, and as right.
#include "buddy_allocator.hpp"

#include <stdexcept>
#include <string>

namespace wb {
namespace {

/// Goes down the tree of halves to every maximal free chunk, from low starts to high ones.
void find_free(const std::map<int, int>& held, int start, int size, std::vector<Chunk>& chunks) {
    const auto first = held.lower_bound(start);
    if (first == held.end() || first->first - start >= size) {
        chunks.push_back({start, size});
    } else if (first->first != start || first->second != size) {
        find_free(held, start, size / 2, chunks);
        find_free(held, start + size / 2, size / 2, chunks);
    }
}

}  // namespace

BuddyAllocator::BuddyAllocator(int num_slots) : num_slots_(num_slots) {
    if (num_slots < 0 || num_slots > 1 << 30) {
        throw std::invalid_argument("cannot make a pool of " + std::to_string(num_slots) + " slots");
    }
}

std::optional<Chunk> BuddyAllocator::allocate(int count) {
    if (count < 1) throw std::invalid_argument("a chunk of " + std::to_string(count) + " slots");
    std::optional<Chunk> best;
    for (const Chunk& chunk : free_chunks()) {
        if (chunk.size >= count && (!best || chunk.size < best->size)) best = chunk;
    }
    if (!best) return best;
    while (best->size / 2 >= count) best->size /= 2;
    held_[best->start] = best->size;
    return best;
}

void BuddyAllocator::free(int start) {
    if (held_.erase(start) == 0) throw std::invalid_argument("no held chunk starts at slot " + std::to_string(start));
}

int BuddyAllocator::num_slots() const {
    return num_slots_;
}

int BuddyAllocator::num_free() const {
    int sum = 0;
    for (const Chunk& chunk : free_chunks()) sum += chunk.size;
    return sum;
}

int BuddyAllocator::largest_free() const {
    int largest = 0;
    for (const Chunk& chunk : free_chunks()) largest = chunk.size > largest ? chunk.size : largest;
    return largest;
}

std::vector<Chunk> BuddyAllocator::free_chunks() const {
    std::vector<Chunk> chunks;
    int start = 0;
    for (int size = 1 << 30; size > 0; size /= 2) {
        if ((num_slots_ & size) == 0) continue;
        find_free(held_, start, size, chunks);
        start += size;
    }
    return chunks;
}

}  // namespace wb
