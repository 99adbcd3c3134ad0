/// @file
/// Memory that is taken piece by piece and given back all at once, or back to a mark. After a reset the same pieces come from
/// the same single block, so a loop that asks for as much as before takes nothing from the system. Not thread-safe.
#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace wb {

/// Memory for the numbers of a tape: taken piece by piece, given back all at once.
class Arena {
 public:
    /// A place in the order in which memory is taken: what was taken later lies at a greater one.
    struct Place {
        std::size_t block = 0, offset = 0;                     ///< which block, and where in it
        auto operator<=>(const Place& other) const = default;  // NOLINT(modernize-use-nullptr)
    };

    /// Uninitialised memory for `bytes`, aligned to a cache line; valid until reset() or release_since().
    /// @throws std::bad_alloc
    std::byte* take(std::size_t bytes);

    /// Where the next piece would lie, if it fits there.
    [[nodiscard]] Place mark() const { return {current_, used_}; }
    /// Gives back what was taken since a mark. Pieces that are taken anew, in the order in which they were taken before and with
    /// some of them left out, lie at no greater places: so they can be moved there one by one, from the first on.
    void release_since(const Place& mark);
    /// Where a piece of this arena lies; nothing for other memory.
    [[nodiscard]] std::optional<Place> find(const void* piece) const;

    /// Gives everything back. What had to be taken in several blocks is one block from now on.
    void reset();

    /// Bytes held from the system.
    [[nodiscard]] std::size_t capacity() const;
    /// How often memory was taken from the system since the arena was made: constant in a steady state.
    [[nodiscard]] std::size_t allocations() const { return allocations_; }

 private:
    struct Unmap {
        std::size_t size = 0;
        void operator()(std::byte* memory) const;
    };
    struct Block {
        std::unique_ptr<std::byte[], Unmap> memory;
        std::size_t size = 0;
    };
    void add_block(std::size_t size);

    std::vector<Block> blocks_;
    std::size_t current_ = 0;  ///< the block that is being cut up
    std::size_t used_ = 0;     ///< bytes of it
    std::size_t allocations_ = 0;
};

}  // namespace wb
