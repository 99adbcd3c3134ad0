/// @file
/// Paired differences once more, for the case makers: in long double, the quantile by Newton's method on a power series.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace wb::oracle {

/// P(normal <= z) by its power series about 0; for |z| < 8.
inline long double normal_below(long double z) {
    long double term = z, total = z;
    for (int k = 1; k < 400; ++k) {
        term *= z * z / static_cast<long double>(2 * k + 1);
        total += term;
    }
    return 0.5L + total * std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0L));
}

/// z with normal_below(z) = p, by Newton's method from 0, which for p >= 0.5 approaches from below.
inline long double quantile(long double p) {
    long double z = 0;
    for (int step = 0; step < 200; ++step)
        z += (p - normal_below(z)) * std::sqrt(2 * std::acos(-1.0L)) * std::exp(z * z / 2);
    return z;
}

/// What paired_difference answers, and what others would.
struct Pair {
    double mean = 0, error = 0, p = 1;
    double low = 0, high = 0;
    double z = 0, one_sided_z = 0;  ///< quantiles at (1 + confidence) / 2, and at the confidence itself
    double deviation = 0;           ///< of a difference
    double error_by_n = 0;          ///< with N where N - 1 belongs
    double two_samples = 0;         ///< as if the samples were others
    double upper_tail = 0.5;        ///< P(normal > mean / error)
};

inline long double mean_of(const std::vector<double>& numbers) {
    long double total = 0;
    for (const double number : numbers) total += number;
    return total / static_cast<long double>(numbers.size());
}

/// sum (x - mean)^2
inline long double squares_of(const std::vector<double>& numbers) {
    const long double average = mean_of(numbers);
    long double total = 0;
    for (const double number : numbers) total += (number - average) * (number - average);
    return total;
}

inline Pair paired(const std::vector<double>& before, const std::vector<double>& after, double confidence) {
    std::vector<double> d;
    for (std::size_t n = 0; n < before.size(); ++n) d.push_back(after[n] - before[n]);
    const auto N = static_cast<long double>(d.size());
    const long double average = mean_of(d), variance = squares_of(d) / (N - 1), error = std::sqrt(variance / N);
    const long double z = quantile((1 + static_cast<long double>(confidence)) / 2);
    Pair result;
    result.mean = static_cast<double>(average);
    result.error = static_cast<double>(error);
    result.low = static_cast<double>(average - z * error);
    result.high = static_cast<double>(average + z * error);
    result.z = static_cast<double>(z);
    result.one_sided_z = static_cast<double>(quantile(confidence));
    result.deviation = static_cast<double>(std::sqrt(variance));
    result.error_by_n = static_cast<double>(std::sqrt(squares_of(d)) / N);
    result.two_samples = static_cast<double>(std::sqrt((squares_of(before) + squares_of(after)) / (N - 1) / N));
    if (error > 0) {
        result.p = static_cast<double>(std::erfc(std::abs(average) / error / std::sqrt(2.0L)));
        result.upper_tail = static_cast<double>(std::erfc(average / error / std::sqrt(2.0L)) / 2);
    } else {
        result.p = average == 0 ? 1 : 0;
    }
    return result;
}

}  // namespace wb::oracle
