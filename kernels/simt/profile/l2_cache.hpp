/// @file
/// A model of a GPU's second-level cache, for what is read again: so many sectors of 32 bytes, the least recently used leaves. Loads
/// that miss fetch a sector from memory; stores take a place without fetching, and are written back when they leave or the kernel
/// ends. Empty at the start of every launch, as Nsight Compute flushes caches before each replay (--cache-control all).
/// A model, not a GPU: it has no sets, no hashing and no first-level cache before it, and blocks come one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wb::simt::profile {

class L2Cache {
 public:
    /// @param sectors  that can ever be asked for: numbers from 0
    /// @param bytes    of the cache
    L2Cache(std::size_t sectors, std::size_t bytes);
    ~L2Cache();
    L2Cache(const L2Cache&) = delete;
    L2Cache& operator=(const L2Cache&) = delete;

    /// Another size. Forgets all it holds.
    void resize(std::size_t bytes);

    /// @return whether it was there
    bool touch(std::uint32_t sector, bool writes);

    /// Writes back what was stored and forgets all.
    void clear();

    [[nodiscard]] std::size_t bytes() const { return capacity_ * 32; }
    [[nodiscard]] std::uint64_t written_back() const { return written_back_; }  ///< sectors, ever

 private:
    struct Place {
        std::uint32_t newer, older, sector;
        bool dirty;
    };
    void unlink(std::uint32_t place);
    void link_newest(std::uint32_t place);

    std::size_t sectors_, capacity_;
    std::uint32_t* place_of_;    // by sector; 0: not here. Memory only where it was touched
    std::vector<Place> places_;  // the first is the ring's head: its `older` is the newest, its `newer` the oldest
    std::uint64_t written_back_ = 0;
};

}  // namespace wb::simt::profile
