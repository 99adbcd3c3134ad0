/// @file
/// Exercise 1.8: blocks over time, in closed form. The contract is chapters/01_paged_kv_cache/block_share.hpp.
#include "block_share.hpp"

#include <stdexcept>
#include <string>

namespace wb {

// TODO(1.8): a sum over steps, without a loop over steps.
//   Ask:      steps 1 .. output_len see prompt_len + 1 .. prompt_len + output_len tokens. Which two sums from 1 differ by just these?
//   Traps:    prompt and output together may be 2^31, which an int does not hold.
std::int64_t block_steps(int prompt_len, int output_len, int block_size) {
    throw wb::NotImplemented("1.8");
}

// TODO(1.8): tokens over slots.
//   Traps:    the ratio of the sums is not the mean of the ratios: a request of 10 tokens and one of 1000 do not weigh the same.
double token_share(const std::vector<TraceRequest>& requests, int block_size) {
    throw wb::NotImplemented("1.8");
}

// TODO(1.8): blocks saved over blocks without sharing.
//   Start:    prompt 20, blocks of 16, 2 samples with 5 tokens each: tables of 2 blocks, 4 entries, of which 1 block twice.
//   Ask:      after the first token of each sample, who holds the block that the prompt had only half filled?
//   Traps:    a prompt shorter than one block saves nothing: that is most of Alpaca.
double sampling_saving(const std::vector<TraceRequest>& requests, int num_samples, int block_size) {
    throw wb::NotImplemented("1.8");
}

}  // namespace wb
