#include "gradebook/late_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "report/terminal.hpp"

namespace wb::grader {
namespace {

constexpr std::int64_t day = 24 * 60 * 60;

/// Takes `digits` digits from the front of `text`.
std::optional<int> number(std::string_view& text, std::size_t digits) {
    int value = 0;
    if (text.size() < digits || text[0] == '-') return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
    if (error != std::errc() || end != text.data() + digits) return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

/// "hh:mm" as seconds, up to 23:59.
std::optional<std::int64_t> clock_time(std::string_view& text) {
    const auto hours = number(text, 2);
    if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
    const auto minutes = number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    return 3600 * *hours + 60 * *minutes;
}

}  // namespace

Lateness lateness_of(const LatePolicy& policy, std::optional<std::int64_t> submitted_at) {
    if (!policy.due || !submitted_at || *submitted_at <= *policy.due + policy.grace) return {};
    Lateness late;
    late.days = (*submitted_at - *policy.due + day - 1) / day;
    late.factor = std::clamp(1 - policy.percent_per_day * static_cast<double>(late.days) / 100, 0.0, 1.0);
    if (policy.days && late.days > *policy.days) late.factor = 0;
    return late;
}

std::optional<std::int64_t> time_of(std::string_view text) {
    using namespace std::chrono;
    const auto y = number(text, 4);
    if (!y || !take(text, "-")) return std::nullopt;
    const auto m = number(text, 2);
    if (!m || !take(text, "-")) return std::nullopt;
    const auto d = number(text, 2);
    if (!d) return std::nullopt;
    const year_month_day date{year(*y), month(static_cast<unsigned>(*m)), std::chrono::day(static_cast<unsigned>(*d))};
    if (!date.ok()) return std::nullopt;
    std::int64_t time = duration_cast<seconds>(sys_days(date).time_since_epoch()).count();
    if (text.empty()) return time;
    if (!take(text, "T ")) return std::nullopt;
    const auto clock = clock_time(text);
    if (!clock) return std::nullopt;
    time += *clock;
    if (take(text, ":")) {
        const auto second = number(text, 2);
        if (!second || *second > 59) return std::nullopt;
        time += *second;
    }
    if (text.empty() || text == "Z") return time;
    const bool east = text[0] == '+';
    if (!take(text, "+-")) return std::nullopt;
    const auto zone = clock_time(text);
    if (!zone || !text.empty()) return std::nullopt;
    return east ? time - *zone : time + *zone;
}

std::string time_text(std::int64_t time) {
    using namespace std::chrono;
    const sys_seconds point{seconds(time)};
    const auto midnight = floor<days>(point);
    const year_month_day date(midnight);
    const hh_mm_ss clock(point - midnight);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

std::string policy_in_words(const LatePolicy& policy) {
    std::string words = policy.best ? "The best version counts." : "The last version counts.";
    if (!policy.due) return words + " Nothing is late.";
    words += " Due " + time_text(*policy.due);
    if (policy.grace > 0) words += fmt::format(", {} minutes forgiven", points_text(double(policy.grace) / 60));
    words += fmt::format("; then {} % off for each day begun", points_text(policy.percent_per_day));
    if (policy.days) words += fmt::format(", and nothing left after {} days", *policy.days);
    return words + ".";
}

std::string late_in_words(const Lateness& late) {
    if (late.days == 0) return "";
    return fmt::format("{} {} late, -{} %", late.days, late.days == 1 ? "day" : "days",
                       points_text(100 * (1 - late.factor)));
}

}  // namespace wb::grader
