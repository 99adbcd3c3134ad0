#include "wb/autograd/arena.hpp"

#include <algorithm>
#include <new>

namespace wb {
namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t smallest_block = std::size_t{1} << 16;

}  // namespace

void Arena::Free::operator()(std::byte* memory) const {
    ::operator delete[](memory, std::align_val_t{cache_line});
}

void Arena::add_block(std::size_t size) {
    auto* memory = static_cast<std::byte*>(::operator new[](size, std::align_val_t{cache_line}));
    blocks_.push_back({std::unique_ptr<std::byte[], Free>(memory), size});
    used_ = 0;
    ++allocations_;
}

std::byte* Arena::take(std::size_t bytes) {
    const std::size_t size = std::max<std::size_t>(1, (bytes + cache_line - 1) / cache_line) * cache_line;
    if (blocks_.empty() || blocks_.back().size - used_ < size) {
        // Grow by a quarter of what there is: few blocks while a first step runs, and little more than it needs.
        add_block(std::max({size, smallest_block, capacity() / 4}));
    }
    std::byte* memory = blocks_.back().memory.get() + used_;
    used_ += size;
    return memory;
}

void Arena::reset() {
    if (blocks_.size() > 1) {
        const std::size_t size = capacity();
        blocks_.clear();  // first, so that old and new never stand side by side
        add_block(size);
    }
    used_ = 0;
}

std::size_t Arena::capacity() const {
    std::size_t total = 0;
    for (const Block& block : blocks_) total += block.size;
    return total;
}

}  // namespace wb
