/// @file
/// What lateness costs, and which of several versions of a submission counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wb::grader {

/// As an instructor sets it. Times are seconds since 1970-01-01 UTC.
struct LatePolicy {
    std::optional<std::int64_t> due = {};  ///< none: nothing is late
    std::int64_t grace = 0;      ///< seconds after `due` that are forgiven; beyond them, days are counted from `due` on
    double percent_per_day = 0;  ///< of the points earned, for each day begun
    std::optional<std::int64_t> days =
        {};             ///< later than that earns nothing; none: accepted as long as something is left
    bool best = false;  ///< of several versions the one with most points counts; otherwise the last
};

struct Lateness {
    std::int64_t days = 0;  ///< begun, once the grace is over
    double factor = 1;      ///< what is left of each point
};

/// Without a time of submission nothing is late.
Lateness lateness_of(const LatePolicy& policy, std::optional<std::int64_t> submitted_at);

/// Reads "2026-11-30", "2026-11-30 23:59", "2026-11-30T23:59:30Z" or "...+02:00". Without a zone it is UTC; a date alone is its midnight.
/// @return nothing when it is none of these
std::optional<std::int64_t> time_of(std::string_view text);

/// "2026-11-30T23:59:30Z".
std::string time_text(std::int64_t time);

/// "The last version counts. Due 2026-11-30T22:59:00Z; then 10 % off for each day begun."
std::string policy_in_words(const LatePolicy& policy);
/// "2 days late, -20 %"; nothing for what is in time.
std::string late_in_words(const Lateness& late);

}  // namespace wb::grader
