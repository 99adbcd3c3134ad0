/// @file
/// Exercise 1.7, second part: how much the rivals of paging set aside for a request, and what becomes of it. A contiguous
/// cache must decide when a request is admitted, for its whole life. Three rules, after the systems that the paper measures:
///
///     orca_max      max_len slots, whatever the request is (the model's longest context)
///     orca_pow2     the prompt, and the output's length rounded up to a power of two: someone guesses within a factor of 2
///     orca_oracle   prompt and output to the slot: someone knows the future. No system can; it bounds them all
///
/// At any moment each slot of the pool is one of four things:
///
///     |<------------------- set aside (slots) ------------------->|
///     |  tokens (used)  |  reserved  |          internal          |     external: all the rest of the pool
///     0              tokens      final_len                      slots
///
/// Source: Kwon et al., SOSP 2023, sections 3.1 and 6.1, figures 2 and 3.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

namespace wb {

/// How a contiguous cache sizes a reservation.
enum class ReservationRule : std::uint8_t { orca_max, orca_pow2, orca_oracle };

/// The slots that a rule sets aside. `orca_pow2` never asks for more than max_len: 1000 + 1040 tokens get 2048 slots, not 3048.
/// @param prompt_len   tokens, >= 1
/// @param output_len   tokens that will be generated, >= 1
/// @param max_len      of prompt and output together
/// @throws std::invalid_argument for a length below 1, or prompt_len + output_len > max_len, naming the numbers
int reserved_slots(ReservationRule rule, int prompt_len, int output_len, int max_len);

/// What one request holds at a moment.
struct Holding {
    int tokens = 0;     ///< in the cache
    int final_len = 0;  ///< tokens when it ends: prompt and output
    int slots = 0;      ///< set aside for it: a rule's number (not the chunk's size), or blocks * block_size when paged
    bool operator==(const Holding&) const = default;
};

/// The members, in wire order.
inline auto fields(Holding& holding) {
    return std::tie(holding.tokens, holding.final_len, holding.slots);
}

/// The pool's slots by what they are; or a sum of that over steps.
struct WasteSplit {
    std::int64_t tokens = 0;    ///< hold a token
    std::int64_t reserved = 0;  ///< will hold a token of the request that they are set aside for, later
    std::int64_t internal = 0;  ///< are set aside, and will never hold a token
    std::int64_t external = 0;  ///< all else: free, or lost to the rounding of a chunk to a power of two
    bool operator==(const WasteSplit&) const = default;

    /// The pool's size; or that times the number of steps.
    [[nodiscard]] std::int64_t total() const { return tokens + reserved + internal + external; }
};

/// The members, in wire order.
inline auto fields(WasteSplit& split) {
    return std::tie(split.tokens, split.reserved, split.internal, split.external);
}

/// Splits a pool. The same definitions serve both kinds of cache: a paged request sets aside whole blocks, of which the slots past
/// its newest token are reserved as far as it will grow into them, and internal beyond. It may end with more slots than it has
/// now, so final_len > slots is right.
/// @param holdings   one for each running request, in any order
/// @param num_slots  of the pool
/// @return           the four sum up to num_slots
/// @throws std::invalid_argument for a holding with a negative number, or with more tokens than its slots or its final_len, naming
///         its index; or when they hold more slots than the pool has, naming both numbers
WasteSplit split_waste(const std::vector<Holding>& holdings, int num_slots);

}  // namespace wb
