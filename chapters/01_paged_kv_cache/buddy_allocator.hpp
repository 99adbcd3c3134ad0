/// @file
/// Exercise 1.7, first part: the rivals' allocator. A contiguous KV cache needs one unbroken run of slots for each request.
/// The buddy allocator hands out chunks of 2^k slots that start at a multiple of 2^k; a chunk is split into two halves,
/// *buddies*, and when both are free again they merge. So start and size of a chunk's buddy are known without a search.
///
///     pool of 24 slots       0 . . . . . . . . . . . . . . . 16 . . . . . . .     one chunk of 16, one of 8
///     allocate(3)            0 . . . . . . . . . . . . . . . [held   ]20 . .      the 8 is the smallest that fits: split in two
///     allocate(5)            [held         ] 8 . . . . . . . [held   ]20 . .      the 16 is split; a request of 5 gets 8
///
/// Invariant: every slot is in exactly one chunk, held or free, and no two free chunks are buddies.
/// No room is an answer (std::nullopt), not an error: external fragmentation makes it an everyday one. Not thread-safe.
/// Source: Knuth, The Art of Computer Programming, volume 1, section 2.5. Kwon et al., SOSP 2023, section 6.1, place their
/// rivals' reservations so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

namespace wb {

/// A run of slots.
struct Chunk {
    int start = 0;  ///< its first slot
    int size = 0;   ///< a power of two
    bool operator==(const Chunk&) const = default;
};

/// The members, in wire order.
inline auto fields(Chunk& chunk) {
    return std::tie(chunk.start, chunk.size);
}

/// A pool of slots handed out in chunks of powers of two.
class BuddyAllocator {
 public:
    /// A pool whose slots are all free. Its size need not be a power of two: it is cut into the powers of two that sum up to
    /// it, the largest first, so 15,728 slots start as chunks of 8192, 4096, 2048, 1024, 256, 64, 32 and 16.
    /// @param num_slots  0 .. 2^30    @throws std::invalid_argument otherwise
    explicit BuddyAllocator(int num_slots);

    /// Takes the smallest power of two that is >= count. Of the free chunks that are large enough it takes the smallest, and
    /// of equals the one with the lowest start; it halves that, going on with the lower half, until it is just large enough.
    /// So where a chunk lies is no matter of taste here: two right allocators agree on every start.
    /// @param count  slots, >= 1
    /// @return std::nullopt when no free chunk is large enough; then nothing has changed
    /// @throws std::invalid_argument for a count below 1, naming it; nothing has changed
    std::optional<Chunk> allocate(int count);

    /// Gives a chunk back, and merges it with its buddy as long as that is free.
    /// @param start  of a chunk that is held
    /// @throws std::invalid_argument when no held chunk starts there (freed twice, never handed out, the middle of a chunk, not
    ///         one of the pool's slots), naming it: "no held chunk starts at slot 64"; nothing has changed
    void free(int start);

    [[nodiscard]] int num_slots() const;  ///< in the pool
    [[nodiscard]] int num_free() const;   ///< slots in free chunks, together

    /// The largest request that would succeed now; 0 in a full pool. That it is less than num_free is external fragmentation.
    [[nodiscard]] int largest_free() const;

    /// The free chunks in order of their start.
    [[nodiscard]] std::vector<Chunk> free_chunks() const;

 private:
    int num_slots_ = 0;
    std::vector<std::set<int>> free_;  ///< [order]: the starts of the free chunks of 2^order slots
    std::map<int, int> held_;          ///< start of each held chunk -> its order
};

}  // namespace wb
