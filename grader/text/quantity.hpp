/// @file
/// Sizes and times for people, in three digits.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string>

namespace wb::grader {

/// "512 bytes", "1.50 MB": powers of 1000.
inline std::string bytes_text(double bytes) {
    static constexpr std::array<const char*, 5> units{"bytes", "KB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    for (; bytes >= 999.5 && unit + 1 < units.size(); ++unit) bytes /= 1000;
    return fmt::format("{:.{}f} {}", bytes, unit == 0 || bytes >= 99.95 ? 0 : bytes >= 9.995 ? 1 : 2, units[unit]);
}

/// "12.3 s", "4 min 5 s", "2 h 30 min", "3 d 4 h", "10 min".
inline std::string duration_text(double seconds) {
    if (seconds < 60) return fmt::format("{:.3g} s", seconds);
    const long long whole = std::llround(seconds);
    const auto two = [](long long large, const char* unit, long long small, const char* small_unit) {
        return fmt::format("{} {}", large, unit) + (small > 0 ? fmt::format(" {} {}", small, small_unit) : "");
    };
    if (whole < 3600) return two(whole / 60, "min", whole % 60, "s");
    if (whole < 2 * 86400) return two(whole / 3600, "h", whole % 3600 / 60, "min");
    return two(whole / 86400, "d", whole % 86400 / 3600, "h");
}

}  // namespace wb::grader
