/// @file
/// Which bytes of global memory a launch has read and written: one bit each, in a flat array that takes memory only where kernels go,
/// a quarter of what they touch.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wb::simt::profile {

class Footprint {
 public:
    /// @param sectors  of 32 bytes that can be touched: numbers from 0
    explicit Footprint(std::size_t sectors);
    ~Footprint();
    Footprint(const Footprint&) = delete;
    Footprint& operator=(const Footprint&) = delete;

    /// @param bytes  a bit each
    /// @return how many of them are new
    unsigned read(std::size_t sector, std::uint32_t bytes) { return mark(read_[sector], bytes); }
    unsigned write(std::size_t sector, std::uint32_t bytes) { return mark(written_[sector], bytes); }

    /// Forgets all.
    void clear();

 private:
    static unsigned mark(std::uint32_t& known, std::uint32_t bytes);

    std::size_t sectors_;
    std::uint32_t *read_, *written_;
};

}  // namespace wb::simt::profile
