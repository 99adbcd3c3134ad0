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
    throw wb::NotImplemented("1.7");
}

// TODO(1.7): what each slot of the pool is good for.
//   Start:    one request of 10 tokens that will end with 25 and has 40 slots: 10, 15, 15. Now draw it with 20 slots.
//   Ask:      why is the rounding of a chunk to a power of two not internal here? (Whose decision was it, and what would a
//             better allocator do with those slots?)
//   Traps:    a paged request may end with more slots than it has now: what it will never use of these is never negative.
WasteSplit split_waste(const std::vector<Holding>& holdings, int num_slots) {
    throw wb::NotImplemented("1.7");
}

}  // namespace wb
