/// @file
/// The rivals of paging, from definitions. The buddy allocator keeps no free lists: it knows what is held, and looks for the
/// maximal free chunks in the tree of halves each time, so that merging needs no code. Slots are told apart one by one.
/// Also what known mistakes do; all flaws false: right. Shares no code with solutions/.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "rivals.hpp"

namespace wb::oracle {

/// Mistakes of a buddy allocator, one at a time.
struct BuddyFlaws {
    bool first_that_fits = false;     ///< the lowest chunk that is large enough, however large
    bool highest_start = false;       ///< of equals, the last
    bool upper_half = false;          ///< a split goes on with the upper half
    bool smallest_first = false;      ///< the pool is cut into its smallest power of two first
    bool rounds_past_powers = false;  ///< 2^k slots are given 2^(k+1)
};

/// A held or free run of slots.
struct Run {
    std::int64_t start = 0, size = 0;
};

/// A pool of slots in chunks of powers of two. Placement is a function of what is held.
class BuddyPool {
 public:
    explicit BuddyPool(std::int64_t num_slots, const BuddyFlaws& flaws = {});
    std::optional<Run> allocate(std::int64_t count);
    void free(std::int64_t start) { held_.erase(start); }
    [[nodiscard]] std::vector<Run> free_chunks() const;  ///< in order of start
    [[nodiscard]] std::int64_t num_free() const;
    [[nodiscard]] std::int64_t largest_free() const;

 private:
    void collect(const Run& tree, std::vector<Run>& chunks) const;
    std::vector<Run> trees_;
    std::map<std::int64_t, std::int64_t> held_;  ///< start -> size
    BuddyFlaws flaws_;
};

/// Mistakes of the reservations, one at a time.
struct ReservationFlaws {
    bool rounds_the_sum = false;    ///< pow2 of prompt and output together
    bool rounds_down = false;       ///< the largest power of two below
    bool never_capped = false;      ///< more than max_len
    bool max_after_prompt = false;  ///< max reserves max_len for the output alone
};

/// The slots that a rule sets aside.
std::int64_t reservation(ReservationRule rule, std::int64_t prompt, std::int64_t output, std::int64_t max_len,
                         const ReservationFlaws& flaws = {});

/// Mistakes in telling slots apart, one at a time.
struct WasteFlaws {
    bool future_is_internal = false;  ///< what is reserved counts as never used
    bool growth_past_slots = false;   ///< reserved: final_len - tokens, also where the slots are fewer
    bool free_is_internal = false;    ///< no external waste
};

/// Looks at each request's slots one by one.
WasteSplit waste(const std::vector<Holding>& holdings, std::int64_t num_slots, const WasteFlaws& flaws = {});

}  // namespace wb::oracle
