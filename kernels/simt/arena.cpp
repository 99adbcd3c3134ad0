#include "simt/arena.hpp"

#include <sys/mman.h>

#include <iterator>

namespace wb::simt {
namespace {

std::size_t rounded(std::size_t bytes) {
    return (bytes + 511) / 256 * 256;
}

}  // namespace

bool Arena::reserve(std::size_t bytes) {
    void* const memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return false;
    begin_ = reinterpret_cast<std::uintptr_t>(memory);
    bytes_ = bytes;
    free_ = {{begin_, bytes}};
    return true;
}

void Arena::drop() {
    munmap(reinterpret_cast<void*>(begin_), bytes_);
    *this = Arena();
}

void* Arena::take(std::size_t bytes) {
    bytes = rounded(bytes);
    for (const auto& [begin, room] : free_) {
        if (room < bytes) continue;
        const std::uintptr_t data = begin, left = room - bytes;
        free_.erase(data);
        if (left > 0) free_[data + bytes] = left;
        return reinterpret_cast<void*>(data);
    }
    return nullptr;
}

void Arena::give_back(std::uintptr_t begin, std::size_t bytes) {
    bytes = rounded(bytes);
    const auto next = free_.find(begin + bytes);
    if (next != free_.end()) {
        bytes += next->second;
        free_.erase(next);
    }
    const auto after = free_.lower_bound(begin);
    if (after != free_.begin() && std::prev(after)->first + std::prev(after)->second == begin) {
        std::prev(after)->second += bytes;
    } else {
        free_[begin] = bytes;
    }
}

}  // namespace wb::simt
