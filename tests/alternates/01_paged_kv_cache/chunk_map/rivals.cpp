/// @file
/// Exercise 1.7's reservations and waste with loops in place of bit tricks, in 64 bits throughout.
#include "rivals.hpp"

#include <stdexcept>
#include <string>

namespace wb {

int reserved_slots(ReservationRule rule, int prompt_len, int output_len, int max_len) {
    const std::int64_t exact = std::int64_t{prompt_len} + output_len;
    if (prompt_len < 1 || output_len < 1 || exact > max_len) {
        throw std::invalid_argument(std::to_string(prompt_len) + " + " + std::to_string(output_len) + " tokens");
    }
    if (rule == ReservationRule::orca_oracle) return static_cast<int>(exact);
    std::int64_t guess = 1;
    while (guess < output_len) guess += guess;
    const bool fits = prompt_len + guess <= max_len;
    return rule == ReservationRule::orca_pow2 && fits ? static_cast<int>(prompt_len + guess) : max_len;
}

WasteSplit split_waste(const std::vector<Holding>& holdings, int num_slots) {
    WasteSplit split;
    std::int64_t set_aside = 0;
    int index = 0;
    for (const Holding& h : holdings) {
        if (h.tokens < 0 || h.slots < h.tokens || h.final_len < h.tokens)
            throw std::invalid_argument("holding " + std::to_string(index) + " is impossible");
        split.tokens += h.tokens;
        if (h.final_len <= h.slots) {
            split.reserved += h.final_len - h.tokens;
            split.internal += h.slots - h.final_len;
        } else {
            split.reserved += h.slots - h.tokens;
        }
        set_aside += h.slots;
        ++index;
    }
    if (set_aside > num_slots)
        throw std::invalid_argument(std::to_string(set_aside) + " slots of " + std::to_string(num_slots));
    split.external = num_slots - set_aside;
    return split;
}

}  // namespace wb
