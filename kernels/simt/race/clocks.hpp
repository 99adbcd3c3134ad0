/// @file
/// What orders two accesses of one launch: barriers of the block, __syncwarp, and for two blocks a __threadfence with an atomic.
/// A warp whose lanes always synchronise all together needs one clock; from the first partial mask to the next block barrier it
/// keeps a matrix: what each lane knows of each other.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "simt/race/shadow.hpp"

namespace wb::simt::race {

/// The lanes of one warp between two block barriers.
class WarpClock {
 public:
    void reset() {
        uniform_ = true;
        clock_ = 0;
    }

    [[nodiscard]] std::uint32_t now(unsigned lane) const { return uniform_ ? clock_ : own_[lane]; }

    /// Whether what `lanes` did at `clock` is ordered before what `lane` does now.
    [[nodiscard]] bool ordered(std::uint32_t clock, std::uint32_t lanes, unsigned lane) const;

    /// The lanes of `mask` meet. @return false if the clock is full, and the detector must forget
    bool meet(std::uint32_t mask, std::uint32_t exists);

 private:
    void split();

    bool uniform_ = true;
    std::uint32_t clock_ = 0;
    std::array<std::uint32_t, 32> own_{};
    std::array<std::array<std::uint32_t, 32>, 32>
        known_{};  ///< [me][other]: other's accesses before this clock are ordered
};

/// Blocks that others have heard of: who released through an atomic variable, and who acquired from it.
class BlockOrder {
 public:
    void start_launch() { released_.clear(); }
    void start_block() {
        acquired_.clear();
        fenced_ = false;
    }
    void fence() { fenced_ = true; }

    /// The block `serial` updates an atomic variable: it hears of all that released there, and releases if it has fenced.
    void atomic(std::uintptr_t address, std::uint32_t serial);

    /// Whether the whole block `earlier` is ordered before the running one.
    [[nodiscard]] bool ordered(std::uint32_t earlier) const;

 private:
    using Blocks = std::vector<std::uint32_t>;  // ascending
    std::unordered_map<std::uintptr_t, Blocks> released_;
    std::vector<const Blocks*> acquired_;
    bool fenced_ = false;
};

}  // namespace wb::simt::race
