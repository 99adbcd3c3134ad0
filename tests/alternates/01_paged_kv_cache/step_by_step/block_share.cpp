/// @file
/// Exercise 1.8's shares, block by block: how many steps does each block of a request live?
#include "block_share.hpp"

#include <algorithm>
#include <stdexcept>

namespace wb {

std::int64_t block_steps(int prompt_len, int output_len, int block_size) {
    if (std::min(prompt_len, output_len) < 0 || std::max(prompt_len, output_len) > 1 << 30 || block_size < 1)
        throw std::invalid_argument("lengths from 0 to 2^30, and blocks of 1 slot at least");
    // Whole blocks of the prompt live for all steps, and the others form a staircase: n, n - B, n - 2 B, .. steps.
    const std::int64_t start = prompt_len / block_size;
    const std::int64_t n = output_len + prompt_len % block_size, full = n / block_size, rest = n % block_size;
    const std::int64_t stairs = full % 2 == 0 ? full / 2 * (full + 1) : (full + 1) / 2 * full;
    return start * output_len + block_size * stairs + rest * (full + 1) - prompt_len % block_size;
}

double token_share(const std::vector<TraceRequest>& requests, int block_size) {
    if (requests.empty()) throw std::invalid_argument("no requests");
    std::int64_t tokens = 0, blocks = 0;
    for (const TraceRequest& r : requests) {
        tokens += std::int64_t{r.prompt_len} * r.output_len + std::int64_t{r.output_len} * (r.output_len + 1) / 2;
        blocks += block_steps(r.prompt_len, r.output_len, block_size);
    }
    return static_cast<double>(tokens) / (static_cast<double>(blocks) * block_size);
}

double sampling_saving(const std::vector<TraceRequest>& requests, int num_samples, int block_size) {
    if (requests.empty() || num_samples < 1) throw std::invalid_argument("no requests, or no samples");
    double logical = 0, physical = 0;
    for (const TraceRequest& r : requests) {
        const double one = static_cast<double>(block_steps(r.prompt_len, r.output_len, block_size));
        const double shared = static_cast<double>(std::int64_t{r.prompt_len / block_size} * r.output_len);
        logical += num_samples * one;
        physical += shared + num_samples * (one - shared);
    }
    return 1 - physical / logical;
}

}  // namespace wb
