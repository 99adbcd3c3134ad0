#include "simt/race/shadow.hpp"

#include <sys/mman.h>

#include "simt/source_line.hpp"

namespace wb::simt::race {

std::uintptr_t Access::pc() const {
    return program_start() + (where >> 4);
}

bool Region::watch(std::uintptr_t begin, std::size_t bytes) {
    const std::size_t cell_bytes = (bytes / 4 + 1) * sizeof(Cell);
    void* const cells =
        mmap(nullptr, cell_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (cells == MAP_FAILED) return false;
    begin_ = begin;
    bytes_ = bytes;
    cells_ = static_cast<Cell*>(cells);
    return true;
}

void Region::clear() const {
    if (cells_ != nullptr) madvise(cells_, (bytes_ / 4 + 1) * sizeof(Cell), MADV_DONTNEED);
}

}  // namespace wb::simt::race
