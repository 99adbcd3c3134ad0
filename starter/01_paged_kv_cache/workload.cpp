/// @file
/// Exercise 1.8: a server's requests. The contract is chapters/01_paged_kv_cache/workload.hpp.
#include "workload.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace wb {

// TODO(1.8): a length from a normal number.
//   Equation: E[exp(mu + sigma z)] = exp(mu + sigma^2 / 2), so mu = ln(mean) - sigma^2 / 2.
//   Ask:      which length does z = 0 give? Half of all requests are shorter than that: how far is it from the mean, with sigma 1.3?
//   Traps:    a length of 0 is none; and to turn a double that does not fit into an int is undefined.
int log_normal_length(double mean_len, double sigma, double z) {
    throw wb::NotImplemented("1.8");
}

// TODO(1.8): draw lengths that fit the context.
//   Ask:      why draw both lengths again, and not cut the output? (What would a histogram of the sums look like at 2048?)
//   Traps:    the order of the draws is part of the contract, so that a seed means the same requests for everybody.
std::vector<TraceRequest> draw_requests(const LengthModel& model, int count, Random& random) {
    throw wb::NotImplemented("1.8");
}

// TODO(1.8): arrivals one after another.
//   Ask:      why 1 - uniform(), when uniform() would have the same distribution? (Which of its values has no logarithm?)
//   Traps:    the gaps are exponential, the arrivals are their running sum.
void draw_arrivals(std::vector<TraceRequest>& requests, double rate, Random& random) {
    throw wb::NotImplemented("1.8");
}

}  // namespace wb
