/// @file
/// Device memory in one stretch, so that what is known of each of its words can be a flat array too. First fit; freed stretches are joined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace wb::simt {

class Arena {
 public:
    /// Takes address space, not memory. @return false if there is not so much
    bool reserve(std::size_t bytes);

    /// Gives it back. Nothing may be in use.
    void drop();

    /// 256-byte aligned, with at least 255 bytes after it that nobody else gets. @return null if there is no room
    void* take(std::size_t bytes);
    void give_back(std::uintptr_t begin, std::size_t bytes);

    [[nodiscard]] bool contains(std::uintptr_t address) const { return address - begin_ < bytes_; }
    [[nodiscard]] std::uintptr_t begin() const { return begin_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
    std::uintptr_t begin_ = 0;
    std::size_t bytes_ = 0;
    std::map<std::uintptr_t, std::size_t> free_;
};

}  // namespace wb::simt
