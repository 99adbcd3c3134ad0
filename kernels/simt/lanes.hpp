/// @file
/// Sets of a warp's lanes, a bit each.
#pragma once

#include <bit>
#include <cstdint>

namespace wb::simt {

/// Calls visit(lane) for each lane of the set, lowest first.
template <class Visit>
void for_each_lane(std::uint32_t lanes, Visit visit) {
    for (; lanes != 0; lanes &= lanes - 1) visit(static_cast<unsigned>(std::countr_zero(lanes)));
}

}  // namespace wb::simt
