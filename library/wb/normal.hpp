/// @file
/// The standard normal distribution: how far out a number lies, and how far out one must lie. Both tails are precise far out, where 1 minus
/// a number near 1 would be 0.
#pragma once

namespace wb {

/// The probability that a standard normal exceeds z: erfc(z / sqrt(2)) / 2. normal_tail(1.96) is 0.025, normal_tail(-1.96) 0.975; of NaN, NaN.
double normal_tail(double z);

/// The number below which a standard normal lies with probability p: normal_quantile(0.975) is 1.96, normal_quantile(0.5) is 0.
/// @throws std::invalid_argument when p is not between 0 and 1, both excluded
double normal_quantile(double p);

}  // namespace wb
