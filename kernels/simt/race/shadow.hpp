/// @file
/// The race detector's memory: for every 4-byte word of device, shared and global memory the last few accesses that may still
/// conflict with one to come. 64 bytes a word, reserved flat and touched only where kernels go: looking up is arithmetic.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "simt/access.hpp"

namespace wb::simt::race {

using Kind = AccessKind;

/// When and by whom: one number, so that "the same as before" is one comparison.
struct Moment {
    std::uint64_t bits = 0;

    static constexpr unsigned serial_bits = 24, epoch_bits = 18, clock_bits = 12, warp_bits = 5;
    static constexpr std::uint32_t max_serial = (1u << serial_bits) - 1, max_epoch = (1u << epoch_bits) - 1,
                                   max_clock = (1u << clock_bits) - 1;

    /// @param serial  of the block among all that ran; 0 is before the first
    /// @param epoch   how many block barriers the block had passed
    /// @param clock   how many __syncwarps the lane had passed since
    static Moment of(std::uint32_t serial, std::uint32_t epoch, std::uint32_t clock, unsigned warp, Kind kind) {
        std::uint64_t bits = serial;
        bits = bits << epoch_bits | epoch;
        bits = bits << clock_bits | clock;
        bits = bits << warp_bits | warp;
        return {bits << 2 | static_cast<std::uint64_t>(kind)};
    }
    [[nodiscard]] Kind kind() const { return static_cast<Kind>(bits & 3); }
    [[nodiscard]] unsigned warp() const { return bits >> 2 & 31; }
    [[nodiscard]] std::uint32_t clock() const { return bits >> (2 + warp_bits) & max_clock; }
    [[nodiscard]] std::uint32_t epoch() const { return bits >> (2 + warp_bits + clock_bits) & max_epoch; }
    [[nodiscard]] std::uint32_t serial() const {
        return static_cast<std::uint32_t>(bits >> (2 + warp_bits + clock_bits + epoch_bits)) & max_serial;
    }
};

/// An access to some bytes of a word. Reads of several lanes of a warp at the same moment share one.
struct Access {
    Moment moment;
    std::uint32_t lanes = 0;
    std::uint32_t where = 0;  ///< program counter relative to the program's start, and in the low 4 bits which bytes

    [[nodiscard]] unsigned bytes() const { return where & 15; }
    [[nodiscard]] std::uintptr_t pc() const;
};

struct Cell {
    std::array<Access, 4> accesses;
};
static_assert(sizeof(Cell) == 64, "one cache line");

/// A stretch of memory that is watched, and its cells.
class Region {
 public:
    /// Watches [begin, begin + bytes). @return false if there is no address space for the cells
    bool watch(std::uintptr_t begin, std::size_t bytes);

    [[nodiscard]] bool contains(std::uintptr_t address) const { return address - begin_ < bytes_; }
    [[nodiscard]] Cell& cell(std::uintptr_t address) const { return cells_[(address - begin_) / 4]; }
    [[nodiscard]] std::uintptr_t begin() const { return begin_; }

    /// Forgets every access.
    void clear() const;

 private:
    std::uintptr_t begin_ = 0;
    std::size_t bytes_ = 0;
    Cell* cells_ = nullptr;
};

}  // namespace wb::simt::race
