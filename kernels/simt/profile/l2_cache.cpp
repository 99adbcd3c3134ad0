#include "simt/profile/l2_cache.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace wb::simt::profile {

L2Cache::L2Cache(std::size_t sectors, std::size_t bytes)
    : sectors_(sectors), capacity_(std::max<std::size_t>(bytes / 32, 1)), places_{{0, 0, 0, false}} {
    void* const memory = mmap(nullptr, sectors * sizeof(std::uint32_t), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    place_of_ = static_cast<std::uint32_t*>(memory);
}

L2Cache::~L2Cache() {
    munmap(place_of_, sectors_ * sizeof(std::uint32_t));
}

void L2Cache::resize(std::size_t bytes) {
    clear();
    capacity_ = std::max<std::size_t>(bytes / 32, 1);
}

void L2Cache::unlink(std::uint32_t place) {
    const Place& leaves = places_[place];
    places_[leaves.newer].older = leaves.older;
    places_[leaves.older].newer = leaves.newer;
}

void L2Cache::link_newest(std::uint32_t place) {
    places_[place].newer = 0;
    places_[place].older = places_[0].older;
    places_[places_[0].older].newer = place;
    places_[0].older = place;
}

bool L2Cache::touch(std::uint32_t sector, bool writes) {
    std::uint32_t place = place_of_[sector];
    const bool here = place != 0;
    if (here) {
        unlink(place);
    } else {
        if (places_.size() <= capacity_) {
            place = static_cast<std::uint32_t>(places_.size());
            places_.push_back({});
        } else {
            place = places_[0].newer;
            unlink(place);
            place_of_[places_[place].sector] = 0;
            written_back_ += places_[place].dirty;
        }
        places_[place] = {0, 0, sector, false};
        place_of_[sector] = place;
    }
    link_newest(place);
    places_[place].dirty |= writes;
    return here;
}

void L2Cache::clear() {
    for (std::size_t place = 1; place < places_.size(); ++place) {
        place_of_[places_[place].sector] = 0;
        written_back_ += places_[place].dirty;
    }
    places_.assign(1, {0, 0, 0, false});
}

}  // namespace wb::simt::profile
