#include "wb/autograd/arena.hpp"

#include <algorithm>
#include <functional>
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
