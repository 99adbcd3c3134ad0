#include "wb/autograd/arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <functional>
#include <new>

namespace wb {
namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t smallest_block = std::size_t{1} << 16;

}  // namespace

void Arena::Unmap::operator()(std::byte* memory) const {
    ::munmap(memory, size);
}

void Arena::add_block(std::size_t size) {
    // From the system itself: a heap would keep a block that was given back, and the largest would be there twice.
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    blocks_.push_back({std::unique_ptr<std::byte[], Unmap>(static_cast<std::byte*>(memory), Unmap{size}), size});
    ++allocations_;
}

std::byte* Arena::take(std::size_t bytes) {
    const std::size_t size = std::max<std::size_t>(1, (bytes + cache_line - 1) / cache_line) * cache_line;
    // After release_since() there may be blocks behind the current one.
    for (; current_ < blocks_.size() && blocks_[current_].size - used_ < size; ++current_) used_ = 0;
    if (current_ == blocks_.size()) {
        // Grow by a quarter of what there is: few blocks while a first step runs, and little more than it needs.
        add_block(std::max({size, smallest_block, capacity() / 4}));
    }
    std::byte* memory = blocks_[current_].memory.get() + used_;
    used_ += size;
    return memory;
}

void Arena::release_since(const Place& mark) {
    current_ = mark.block;
    used_ = mark.offset;
}

std::optional<Arena::Place> Arena::find(const void* piece) const {
    const auto* byte = static_cast<const std::byte*>(piece);
    for (std::size_t n = 0; n < blocks_.size(); ++n) {
        const std::byte* begin = blocks_[n].memory.get();
        // std::less orders pointers into different blocks too.
        if (std::less<>()(byte, begin) || !std::less<>()(byte, begin + blocks_[n].size)) continue;
        return Place{n, static_cast<std::size_t>(byte - begin)};
    }
    return std::nullopt;
}

void Arena::reset() {
    if (blocks_.size() > 1) {
        const std::size_t size = capacity();
        blocks_.clear();  // first, so that old and new never stand side by side
        add_block(size);
    }
    current_ = used_ = 0;
}

std::size_t Arena::capacity() const {
    std::size_t total = 0;
    for (const Block& block : blocks_) total += block.size;
    return total;
}

}  // namespace wb
