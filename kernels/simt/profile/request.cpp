#include "simt/profile/request.hpp"

#include <algorithm>
#include <bit>

namespace wb::simt::profile {
namespace {

template <class Visit>
void for_each_lane(std::uint32_t lanes, Visit visit) {
    for (; lanes != 0; lanes &= lanes - 1) visit(static_cast<unsigned>(std::countr_zero(lanes)));
}

constexpr std::uint32_t low_bits(std::size_t count) {
    return count >= 32 ? ~0u : (1u << count) - 1;
}

constexpr unsigned banks = 32;
constexpr std::size_t bank_bytes = 4;

/// Wavefronts of lanes that are served together.
unsigned wavefronts_of_part(const Request& request, std::uint32_t lanes) {
    std::array<std::array<std::uintptr_t, banks>, 2 * lanes_of_warp>
        words;  // [n-th of its bank][bank], as `count` says
    std::array<unsigned, banks> count{};
    unsigned most = 0;
    const auto known = [&](std::uintptr_t word) {
        for (unsigned i = 0; i < count[word % banks]; ++i) {
            if (words[i][word % banks] == word) return true;
        }
        return false;
    };
    for_each_lane(lanes, [&](unsigned lane) {
        const std::uintptr_t last = (request.address[lane] + request.bytes - 1) / bank_bytes;
        for (std::uintptr_t word = request.address[lane] / bank_bytes; word <= last; ++word) {
            if (known(word)) continue;
            unsigned& size = count[word % banks];
            words[size++][word % banks] = word;
            most = std::max(most, size);
        }
    });
    return most;
}

}  // namespace

Sectors::Sectors(const Request& request) {
    for_each_lane(request.lanes, [&](unsigned lane) {
        const std::uintptr_t address = request.address[lane], number = address / sector_bytes;
        const std::size_t at = address % sector_bytes, here = std::min(request.bytes, sector_bytes - at);
        add(number, low_bits(here) << at);
        if (here < request.bytes) add(number + 1, low_bits(request.bytes - here));
    });
}

void Sectors::add(std::uintptr_t number, std::uint32_t bytes) {
    for (std::size_t i = size_; i-- > 0;) {  // neighbours come one after another
        if (all_[i].number != number) continue;
        all_[i].bytes |= bytes;
        return;
    }
    all_[size_++] = {number, bytes};
}

std::size_t Sectors::bytes() const {
    std::size_t sum = 0;
    for (const Sector& sector : *this) sum += static_cast<std::size_t>(std::popcount(sector.bytes));
    return sum;
}

Wavefronts wavefronts_of(const Request& request) {
    const unsigned parts = request.bytes <= 4 ? 1 : request.bytes <= 8 ? 2 : 4;
    const unsigned lanes_of_part = lanes_of_warp / parts;
    Wavefronts sum{0, 0};
    for (unsigned part = 0; part < parts; ++part) {
        const std::uint32_t lanes = request.lanes & low_bits(lanes_of_part) << part * lanes_of_part;
        if (lanes == 0) continue;
        sum.needed += wavefronts_of_part(request, lanes);
        ++sum.least;
    }
    return sum;
}

Collisions collisions_of(const Request& request) {
    std::array<std::uintptr_t, lanes_of_warp> known;  // as far as `size` says
    std::array<unsigned, lanes_of_warp> times{};
    std::size_t size = 0;
    Collisions found{0, 0};
    for_each_lane(request.lanes, [&](unsigned lane) {
        const auto end = known.begin() + size;
        const auto at = static_cast<std::size_t>(std::find(known.begin(), end, request.address[lane]) - known.begin());
        if (at == size) known[size++] = request.address[lane];
        if (++times[at] > 1) ++found.lanes;
        found.passes = std::max(found.passes, times[at]);
    });
    return found;
}

Stride stride_of(const Request& request) {
    std::array<std::ptrdiff_t, lanes_of_warp> strides;  // as far as `size` says
    int size = 0, pairs = 0;
    unsigned before = lanes_of_warp;
    for_each_lane(request.lanes, [&](unsigned lane) {
        if (before != lanes_of_warp) {
            ++pairs;
            const auto distance = static_cast<std::ptrdiff_t>(request.address[lane] - request.address[before]);
            const auto lanes = static_cast<std::ptrdiff_t>(lane - before);
            if (distance % lanes == 0) strides[static_cast<std::size_t>(size++)] = distance / lanes;
        }
        before = lane;
    });
    std::ptrdiff_t candidate = 0;
    int weight = 0;  // of Boyer and Moore's majority vote
    for (int i = 0; i < size; ++i) {
        const std::ptrdiff_t stride = strides[static_cast<std::size_t>(i)];
        if (weight == 0) candidate = stride;
        weight += stride == candidate ? 1 : -1;
    }
    const auto times = std::count(strides.begin(), strides.begin() + size, candidate);
    return {candidate, pairs > 0 && 2 * times >= pairs};
}

}  // namespace wb::simt::profile
