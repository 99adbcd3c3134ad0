/// @file
/// Requests drawn, and blocks counted one by one. See workload_oracle.hpp.
#include "workload_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace wb::oracle {

int length(double mean, double sigma, double z, const WorkloadFlaws& flaws) {
    const double centre = flaws.mean_is_median ? 1 : std::exp(-sigma * sigma / 2);
    const double exact = mean * centre * std::exp(sigma * z);
    return static_cast<int>(std::clamp(std::floor(exact + (flaws.rounds_down ? 0.0 : 0.5)), 1.0, 2147483647.0));
}

std::vector<TraceRequest> requests(const LengthModel& m, int count, std::uint64_t seed, const WorkloadFlaws& flaws) {
    Random random(seed);
    std::vector<TraceRequest> drawn;
    while (static_cast<int>(drawn.size()) < count) {
        double first = random.normal(), second = random.normal();
        if (flaws.output_first) std::swap(first, second);
        TraceRequest request;
        request.prompt_len = length(m.prompt_mean, m.prompt_sigma, first, flaws);
        request.output_len = length(m.output_mean, m.output_sigma, second, flaws);
        const auto too_long = [&] { return std::int64_t{request.prompt_len} + request.output_len > m.max_len; };
        if (flaws.cuts_the_output && request.prompt_len < m.max_len)
            request.output_len = std::min(request.output_len, m.max_len - request.prompt_len);
        constexpr int most_tries = 1000;  // a prompt near max_len may leave room that no output ever fits into
        const bool again = flaws.keeps_the_prompt && request.prompt_len < m.max_len;
        for (int tries = 0; again && tries < most_tries && too_long(); ++tries)
            request.output_len = length(m.output_mean, m.output_sigma, random.normal(), flaws);
        if (!too_long()) drawn.push_back(request);
    }
    return drawn;
}

std::vector<double> arrivals(int count, double rate, std::uint64_t seed, const WorkloadFlaws& flaws) {
    Random random(seed);
    std::vector<double> times;
    for (int n = 0; n < count; ++n) {
        const double u = random.uniform();
        double gap = -std::log(flaws.logarithm_of_draw ? u : 1 - u);
        gap = flaws.rate_is_mean_gap ? gap * rate : gap / rate;
        times.push_back(gap + (times.empty() || flaws.gaps_are_arrivals ? 0 : times.back()));
    }
    return times;
}

std::int64_t block_steps(int prompt_len, int output_len, int block_size) {
    std::int64_t total = 0;
    for (int k = 1; k <= output_len; ++k) {
        int blocks = 0;
        while (std::int64_t{blocks} * block_size < std::int64_t{prompt_len} + k) ++blocks;
        total += blocks;
    }
    return total;
}

double token_share(const std::vector<TraceRequest>& all, int block_size, const ShareFlaws& flaws) {
    double tokens = 0, slots = 0, ratios = 0;
    for (const TraceRequest& request : all) {
        double of_this_tokens = 0, of_this_slots = 0;
        for (int k = flaws.last_step_only ? request.output_len : 1; k <= request.output_len; ++k) {
            const int now = request.prompt_len + k - (flaws.prompt_only_first ? 1 : 0);
            of_this_tokens += now;
            const int blocks = (now + block_size - 1) / block_size;
            of_this_slots += blocks * block_size;
        }
        tokens += of_this_tokens;
        slots += of_this_slots;
        ratios += of_this_tokens / of_this_slots;
    }
    return flaws.mean_of_ratios ? ratios / static_cast<double>(all.size()) : tokens / slots;
}

double sampling_saving(const std::vector<TraceRequest>& all, int num_samples, int block_size, const ShareFlaws& flaws) {
    double logical = 0, physical = 0, ratios = 0;
    for (const TraceRequest& request : all) {
        double of_this_logical = 0, of_this_physical = 0;
        for (int k = flaws.last_step_only ? request.output_len : 1; k <= request.output_len; ++k) {
            std::set<std::pair<int, int>> different;  // owner (-1: shared by all) and logical block
            for (int sample = 0; sample < num_samples; ++sample) {
                for (int block = 0; block * block_size < request.prompt_len + k; ++block) {
                    const int shared_until =
                        flaws.shares_the_last_block ? block * block_size : (block + 1) * block_size;
                    const bool shared = flaws.shares_the_last_block ? shared_until < request.prompt_len
                                                                    : shared_until <= request.prompt_len;
                    different.emplace(shared ? -1 : sample, block);
                    ++of_this_logical;
                }
            }
            of_this_physical += static_cast<double>(different.size());
            if (flaws.one_original_left && request.prompt_len % block_size != 0) ++of_this_physical;
        }
        logical += of_this_logical;
        physical += of_this_physical;
        ratios += 1 - of_this_physical / of_this_logical;
    }
    if (flaws.mean_of_ratios) return ratios / static_cast<double>(all.size());
    if (flaws.saved_over_physical) return logical / physical - 1;
    return 1 - physical / logical;
}

}  // namespace wb::oracle
