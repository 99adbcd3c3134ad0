#include "simt/profile/footprint.hpp"

#include <sys/mman.h>

#include <bit>
#include <new>

namespace wb::simt::profile {

Footprint::Footprint(std::size_t sectors) : sectors_(sectors) {
    void* const memory = mmap(nullptr, 2 * sectors * sizeof(std::uint32_t), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    read_ = static_cast<std::uint32_t*>(memory);
    written_ = read_ + sectors;
}

Footprint::~Footprint() {
    munmap(read_, 2 * sectors_ * sizeof(std::uint32_t));
}

void Footprint::clear() {
    madvise(read_, 2 * sectors_ * sizeof(std::uint32_t), MADV_DONTNEED);
}

unsigned Footprint::mark(std::uint32_t& known, std::uint32_t bytes) {
    const std::uint32_t fresh = bytes & ~known;
    known |= bytes;
    return static_cast<unsigned>(std::popcount(fresh));
}

}  // namespace wb::simt::profile
