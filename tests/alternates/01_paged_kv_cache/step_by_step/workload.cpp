/// @file
/// Exercise 1.8's requests with the mean as a factor in place of a logarithm.
#include "workload.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace wb {

int log_normal_length(double mean_len, double sigma, double z) {
    const double exact = mean_len * std::exp(sigma * (z - sigma / 2));
    return static_cast<int>(std::clamp(std::nearbyint(exact), 1.0, double{std::numeric_limits<int>::max()}));
}

std::vector<TraceRequest> draw_requests(const LengthModel& model, int count, Random& random) {
    if (count < 0 || model.max_len < 2) throw std::invalid_argument("cannot draw " + std::to_string(count));
    std::vector<TraceRequest> requests;
    while (requests.size() < static_cast<std::size_t>(count)) {
        const double for_prompt = random.normal(), for_output = random.normal();
        const std::int64_t prompt = log_normal_length(model.prompt_mean, model.prompt_sigma, for_prompt);
        const std::int64_t output = log_normal_length(model.output_mean, model.output_sigma, for_output);
        if (prompt + output > model.max_len) continue;
        requests.push_back({0, static_cast<int>(prompt), static_cast<int>(output)});
    }
    return requests;
}

void draw_arrivals(std::vector<TraceRequest>& requests, double rate, Random& random) {
    if (!(rate > 0)) throw std::invalid_argument("a rate above 0");
    double last = 0;
    for (TraceRequest& request : requests) request.arrival = last += -std::log1p(-random.uniform()) / rate;
}

}  // namespace wb
