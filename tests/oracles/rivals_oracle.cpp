/// @file
/// Chunks found in the tree of halves, slots counted one by one. See rivals_oracle.hpp.
#include "rivals_oracle.hpp"

#include <algorithm>

namespace wb::oracle {

BuddyPool::BuddyPool(std::int64_t num_slots, const BuddyFlaws& flaws) : flaws_(flaws) {
    std::vector<std::int64_t> sizes;
    for (std::int64_t left = num_slots; left > 0;) {
        std::int64_t size = 1;
        while (2 * size <= left) size *= 2;
        sizes.push_back(size);
        left -= size;
    }
    if (flaws.smallest_first) std::reverse(sizes.begin(), sizes.end());
    std::int64_t start = 0;
    for (const std::int64_t size : sizes) {
        trees_.push_back({start, size});
        start += size;
    }
}

void BuddyPool::collect(const Run& tree, std::vector<Run>& chunks) const {
    const auto first = held_.lower_bound(tree.start);
    if (first == held_.end() || first->first >= tree.start + tree.size) {
        chunks.push_back(tree);  // nothing in it is held
        return;
    }
    if (first->first == tree.start && first->second >= tree.size) return;  // held, all of it
    const std::int64_t half = tree.size / 2;
    collect({tree.start, half}, chunks);
    collect({tree.start + half, half}, chunks);
}

std::vector<Run> BuddyPool::free_chunks() const {
    std::vector<Run> chunks;
    for (const Run& tree : trees_) collect(tree, chunks);
    return chunks;
}

std::int64_t BuddyPool::num_free() const {
    std::int64_t sum = 0;
    for (const Run& chunk : free_chunks()) sum += chunk.size;
    return sum;
}

std::int64_t BuddyPool::largest_free() const {
    std::int64_t largest = 0;
    for (const Run& chunk : free_chunks()) largest = std::max(largest, chunk.size);
    return largest;
}

std::optional<Run> BuddyPool::allocate(std::int64_t count) {
    std::int64_t size = 1;
    while (flaws_.rounds_past_powers ? size <= count : size < count) size *= 2;
    std::optional<Run> best;
    for (const Run& chunk : free_chunks()) {
        if (chunk.size < size) continue;
        const bool better = !best || (!flaws_.first_that_fits && chunk.size < best->size) ||
                            (flaws_.highest_start && chunk.size == best->size);
        if (better) best = chunk;
    }
    if (!best) return std::nullopt;
    const std::int64_t start = flaws_.upper_half ? best->start + best->size - size : best->start;
    held_[start] = size;
    return Run{start, size};
}

std::int64_t reservation(ReservationRule rule, std::int64_t prompt, std::int64_t output, std::int64_t max_len,
                         const ReservationFlaws& flaws) {
    if (rule == ReservationRule::orca_max) return flaws.max_after_prompt ? prompt + max_len : max_len;
    if (rule == ReservationRule::orca_oracle) return prompt + output;
    const std::int64_t length = flaws.rounds_the_sum ? prompt + output : output;
    std::int64_t rounded = 1;
    while (rounded < length) rounded *= 2;
    if (flaws.rounds_down && rounded > length) rounded /= 2;
    const std::int64_t slots = flaws.rounds_the_sum ? rounded : prompt + rounded;
    return flaws.never_capped ? slots : std::min(slots, max_len);
}

WasteSplit waste(const std::vector<Holding>& holdings, std::int64_t num_slots, const WasteFlaws& flaws) {
    WasteSplit split;
    std::int64_t set_aside = 0;
    for (const Holding& holding : holdings) {
        for (int slot = 0; slot < holding.slots; ++slot, ++set_aside) {
            if (slot < holding.tokens) {
                ++split.tokens;
            } else if (slot < holding.final_len && !flaws.future_is_internal) {
                ++split.reserved;
            } else {
                ++split.internal;
            }
        }
        if (flaws.growth_past_slots) split.reserved += std::max(0, holding.final_len - holding.slots);
    }
    (flaws.free_is_internal ? split.internal : split.external) += num_slots - set_aside;
    return split;
}

}  // namespace wb::oracle
