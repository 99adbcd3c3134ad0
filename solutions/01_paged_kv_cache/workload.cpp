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
    // SOLUTION BEGIN 1.8
    const double length = std::round(std::exp(std::log(mean_len) - sigma * sigma / 2 + sigma * z));
    if (length < 1) return 1;
    if (length >= static_cast<double>(std::numeric_limits<int>::max())) return std::numeric_limits<int>::max();
    return static_cast<int>(length);
    // SOLUTION END
}

// TODO(1.8): draw lengths that fit the context.
//   Ask:      why draw both lengths again, and not cut the output? (What would a histogram of the sums look like at 2048?)
//   Traps:    the order of the draws is part of the contract, so that a seed means the same requests for everybody.
std::vector<TraceRequest> draw_requests(const LengthModel& model, int count, Random& random) {
    // SOLUTION BEGIN 1.8
    if (count < 0 || model.max_len < 2) {
        throw std::invalid_argument("cannot draw " + std::to_string(count) + " requests of 2 to " +
                                    std::to_string(model.max_len) + " tokens");
    }
    std::vector<TraceRequest> requests(static_cast<std::size_t>(count));
    for (TraceRequest& request : requests) {
        do {
            request.prompt_len = log_normal_length(model.prompt_mean, model.prompt_sigma, random.normal());
            request.output_len = log_normal_length(model.output_mean, model.output_sigma, random.normal());
        } while (request.prompt_len > model.max_len || request.output_len > model.max_len - request.prompt_len);
    }
    return requests;
    // SOLUTION END
}

// TODO(1.8): arrivals one after another.
//   Ask:      why 1 - uniform(), when uniform() would have the same distribution? (Which of its values has no logarithm?)
//   Traps:    the gaps are exponential, the arrivals are their running sum.
void draw_arrivals(std::vector<TraceRequest>& requests, double rate, Random& random) {
    // SOLUTION BEGIN 1.8
    if (!(rate > 0)) throw std::invalid_argument("arrivals at a rate of " + std::to_string(rate) + " requests a step");
    double now = 0;
    for (TraceRequest& request : requests) {
        now -= std::log(1 - random.uniform()) / rate;
        request.arrival = now;
    }
    // SOLUTION END
}

}  // namespace wb
