/// @file
/// Exercise 1.8: blocks over time, in closed form. The contract is chapters/01_paged_kv_cache/block_share.hpp.
#include "block_share.hpp"

#include <stdexcept>
#include <string>

namespace wb {
// SOLUTION BEGIN 1.8 removed
namespace {

/// The sum of ceil(i / block_size) over i = 1 .. n.
std::int64_t sum_of_blocks(std::int64_t n, std::int64_t block_size) {
    const std::int64_t full = n / block_size;
    return block_size * full * (full + 1) / 2 + (n - full * block_size) * (full + 1);
}

void require_requests(const std::vector<TraceRequest>& requests) {
    if (requests.empty()) throw std::invalid_argument("a share of no requests is not a number: give one at least");
}

}  // namespace
// SOLUTION END

// TODO(1.8): a sum over steps, without a loop over steps.
//   Ask:      steps 1 .. output_len see prompt_len + 1 .. prompt_len + output_len tokens. Which two sums from 1 differ by just these?
//   Traps:    prompt and output together may be 2^31, which an int does not hold.
std::int64_t block_steps(int prompt_len, int output_len, int block_size) {
    // SOLUTION BEGIN 1.8
    constexpr int longest = 1 << 30;
    if (prompt_len < 0 || prompt_len > longest || output_len < 0 || output_len > longest || block_size < 1) {
        throw std::invalid_argument("block_steps: a prompt of " + std::to_string(prompt_len) + " and an output of " +
                                    std::to_string(output_len) + " tokens in blocks of " + std::to_string(block_size));
    }
    const std::int64_t before = prompt_len, after = before + output_len;
    return sum_of_blocks(after, block_size) - sum_of_blocks(before, block_size);
    // SOLUTION END
}

// TODO(1.8): tokens over slots.
//   Traps:    the ratio of the sums is not the mean of the ratios: a request of 10 tokens and one of 1000 do not weigh the same.
double token_share(const std::vector<TraceRequest>& requests, int block_size) {
    // SOLUTION BEGIN 1.8
    require_requests(requests);
    double tokens = 0, slots = 0;
    for (const auto& [arrival, prompt_len, output_len] : requests) {
        tokens += static_cast<double>(block_steps(prompt_len, output_len, 1));  // a block of one slot is a token
        slots += static_cast<double>(block_size) * static_cast<double>(block_steps(prompt_len, output_len, block_size));
    }
    return tokens / slots;
    // SOLUTION END
}

// TODO(1.8): blocks saved over blocks without sharing.
//   Start:    prompt 20, blocks of 16, 2 samples with 5 tokens each: tables of 2 blocks, 4 entries, of which 1 block twice.
//   Ask:      after the first token of each sample, who holds the block that the prompt had only half filled?
//   Traps:    a prompt shorter than one block saves nothing: that is most of Alpaca.
double sampling_saving(const std::vector<TraceRequest>& requests, int num_samples, int block_size) {
    // SOLUTION BEGIN 1.8
    require_requests(requests);
    if (num_samples < 1) throw std::invalid_argument("sampling_saving: " + std::to_string(num_samples) + " samples");
    double logical = 0, saved = 0;
    for (const auto& [arrival, prompt_len, output_len] : requests) {
        logical +=
            static_cast<double>(num_samples) * static_cast<double>(block_steps(prompt_len, output_len, block_size));
        const int full_blocks = prompt_len / block_size;
        saved += static_cast<double>(num_samples - 1) * full_blocks * output_len;
    }
    return saved / logical;
    // SOLUTION END
}

}  // namespace wb
