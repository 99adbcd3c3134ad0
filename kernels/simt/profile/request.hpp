/// @file
/// What the hardware makes of one memory instruction of a warp, from the addresses of its active lanes alone.
///
/// Global memory is moved in sectors: aligned stretches of 32 bytes. Nsight Compute, "Memory Tables": a request asks for every sector that
/// a lane touches, once; with 32 active lanes the least is 4 sectors for 4-byte accesses, 8 for 8-byte, 16 for 16-byte.
/// Shared memory has 32 banks, each 4 bytes wide; successive words lie in successive banks (CUDA C++ Programming Guide, "Shared
/// Memory"). In one wavefront a bank serves one word to any number of lanes, so a request takes as many wavefronts as the busiest bank
/// has different words. An 8-byte access is served in halves of the warp (lanes 0-15, 16-31), a 16-byte access in quarters, each
/// on its own: 128 bytes a wavefront. (Hardware may merge parts whose lanes read the same words; that is not documented, nor counted.)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace wb::simt::profile {

constexpr unsigned lanes_of_warp = 32;
constexpr std::size_t sector_bytes = 32;

/// One instruction of a warp.
struct Request {
    std::uint32_t lanes = 0;  ///< the active ones
    std::size_t bytes = 4;    ///< that each touches: 1, 2, 4, 8 or 16
    std::array<std::uintptr_t, lanes_of_warp> address{};
};

/// A sector that a request touches.
struct Sector {
    std::uintptr_t number;  ///< address / 32
    std::uint32_t bytes;    ///< which of its bytes the lanes touch
};

/// The sectors of a request, each once.
class Sectors {
 public:
    explicit Sectors(const Request& request);

    [[nodiscard]] const Sector* begin() const { return all_.data(); }
    [[nodiscard]] const Sector* end() const { return all_.data() + size_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t bytes() const;  ///< different bytes that the lanes touch

 private:
    void add(std::uintptr_t number, std::uint32_t bytes);

    std::array<Sector, 2 * lanes_of_warp> all_;  // a misaligned access touches two
    std::size_t size_ = 0;
};

struct Wavefronts {
    unsigned needed;
    unsigned
        least;  ///< for as many lanes and bytes without a conflict: 1, or the halves or quarters that have an active lane
};
Wavefronts wavefronts_of(const Request& request);

/// Lanes of an atomic request that must wait for each other.
struct Collisions {
    unsigned lanes;   ///< that are not the first at their address
    unsigned passes;  ///< the most lanes at one address: so often the update is repeated
};
Collisions collisions_of(const Request& request);

/// The distance in bytes from a lane's address to the next lane's that most active lanes have to each other; `usual` is false if no
/// distance is that of half of them.
struct Stride {
    std::ptrdiff_t bytes;
    bool usual;
};
Stride stride_of(const Request& request);

}  // namespace wb::simt::profile
