/// @file
/// Exercise 1.7: the rivals' reservations and their waste. The contract is chapters/01_paged_kv_cache/rivals.hpp.
#include "rivals.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>

namespace wb {

// TODO(1.7): how much each rule sets aside.
//   Ask:      what does pow2 reserve for an output of 32, and of 33? By how much can it be too much, at most?
//   Traps:    it is the output that is rounded, not the sum. Prompt and output may each fit and their sum may not.
int reserved_slots(ReservationRule rule, int prompt_len, int output_len, int max_len) {
    // SOLUTION BEGIN 1.7
    // The last comparison is a difference: the sum of two large lengths would overflow.
    if (prompt_len < 1 || output_len < 1 || prompt_len > max_len || output_len > max_len - prompt_len) {
        throw std::invalid_argument("reservation: a prompt of " + std::to_string(prompt_len) + " and an output of " +
                                    std::to_string(output_len) + " tokens in a context of " + std::to_string(max_len) +
                                    ". Both are at least 1, and their sum at most the context");
    }
    switch (rule) {
        case ReservationRule::orca_max:
            return max_len;
        case ReservationRule::orca_pow2: {
            const std::int64_t rounded = std::bit_ceil(static_cast<unsigned>(output_len));
            return static_cast<int>(std::min<std::int64_t>(prompt_len + rounded, max_len));
        }
        case ReservationRule::orca_oracle:
            return prompt_len + output_len;
    }
    throw std::invalid_argument("reservation: no rule has the number " + std::to_string(static_cast<int>(rule)));
    // SOLUTION END
}

// TODO(1.7): what each slot of the pool is good for.
//   Start:    one request of 10 tokens that will end with 25 and has 40 slots: 10, 15, 15. Now draw it with 20 slots.
//   Ask:      why is the rounding of a chunk to a power of two not internal here? (Whose decision was it, and what would a
//             better allocator do with those slots?)
//   Traps:    a paged request may end with more slots than it has now: what it will never use of these is never negative.
WasteSplit split_waste(const std::vector<Holding>& holdings, int num_slots) {
    // SOLUTION BEGIN 1.7
    WasteSplit split;
    split.external = num_slots;
    for (std::size_t i = 0; i < holdings.size(); ++i) {
        const auto& [tokens, final_len, slots] = holdings[i];
        if (tokens < 0 || tokens > slots || tokens > final_len) {
            throw std::invalid_argument("holding " + std::to_string(i) + " has " + std::to_string(tokens) +
                                        " tokens, final_len " + std::to_string(final_len) + " and " +
                                        std::to_string(slots) + " slots: tokens may not be more than either");
        }
        const int used_in_the_end = std::min(final_len, slots);
        split.tokens += tokens;
        split.reserved += used_in_the_end - tokens;
        split.internal += slots - used_in_the_end;
        split.external -= slots;
    }
    if (split.external < 0) {
        throw std::invalid_argument("the holdings have " + std::to_string(num_slots - split.external) +
                                    " slots, and the pool has " + std::to_string(num_slots));
    }
    return split;
    // SOLUTION END
}

}  // namespace wb
