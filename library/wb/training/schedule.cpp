#include "wb/training/schedule.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

namespace wb {
namespace {

/// From `first` at 0 to `last` at 1, along half a cosine.
double along_cosine(double first, double last, double share) {
    return last + (first - last) / 2 * (1 + std::cos(std::numbers::pi * share));
}

}  // namespace

double exponential_rate(double rate, double factor, std::int64_t epoch) {
    return rate * std::pow(factor, static_cast<double>(epoch));
}

double cosine_rate(double highest, std::int64_t step, std::int64_t steps, std::int64_t warm_up, double lowest) {
    if (steps < 1 || warm_up < 0 || warm_up > steps) {
        throw std::invalid_argument("cosine_rate: warm_up must be in 0 .. steps, got " + std::to_string(warm_up) +
                                    " of " + std::to_string(steps) + " steps");
    }
    if (step < warm_up) return highest * static_cast<double>(step + 1) / static_cast<double>(warm_up);
    if (step >= steps) return lowest;
    return along_cosine(highest, lowest, static_cast<double>(step - warm_up) / static_cast<double>(steps - warm_up));
}

double one_cycle_rate(const OneCycle& cycle, std::int64_t step) {
    if (step < 0 || step >= cycle.steps) {
        throw std::invalid_argument("one_cycle_rate: there is no step " + std::to_string(step) + " in a schedule of " +
                                    std::to_string(cycle.steps) + " steps");
    }
    if (!(cycle.rising > 0 && cycle.rising < 1 && cycle.start_divisor > 0 && cycle.end_divisor > 0)) {
        throw std::invalid_argument("one_cycle_rate: rising must lie in (0, 1) and the divisors above 0");
    }
    const double start = cycle.highest / cycle.start_divisor, end = start / cycle.end_divisor;
    const double top = cycle.rising * static_cast<double>(cycle.steps) - 1, last = static_cast<double>(cycle.steps - 1);
    const auto at = static_cast<double>(step);
    // A cycle so short that it begins at its top has no way up.
    if (at <= top && top > 0) return along_cosine(start, cycle.highest, at / top);
    return last > top ? along_cosine(cycle.highest, end, (at - top) / (last - top)) : cycle.highest;
}

}  // namespace wb
