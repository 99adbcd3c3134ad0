/// @file
/// Memory that is taken piece by piece and given back all at once. After a reset the same pieces come from the same single
/// block, so a loop that asks for as much as before takes nothing from the system. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace wb {

class Arena {
 public:
    /// Uninitialised memory for `bytes`, aligned to a cache line; valid until reset().
    /// @throws std::bad_alloc
    std::byte* take(std::size_t bytes);

    /// Gives everything back. What had to be taken in several blocks is one block from now on.
    void reset();

    /// Bytes held from the system.
    [[nodiscard]] std::size_t capacity() const;
    /// How often memory was taken from the system since the arena was made: constant in a steady state.
    [[nodiscard]] std::size_t allocations() const { return allocations_; }

 private:
    struct Free {
        void operator()(std::byte* memory) const;
    };
    struct Block {
        std::unique_ptr<std::byte[], Free> memory;
        std::size_t size = 0;
    };
    void add_block(std::size_t size);

    std::vector<Block> blocks_;  ///< the last one is being cut up
    std::size_t used_ = 0;       ///< of the last block
    std::size_t allocations_ = 0;
};

}  // namespace wb
