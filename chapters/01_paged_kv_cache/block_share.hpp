/// @file
/// Exercise 1.8, second part: two figures that need no simulator, since they do not depend on who runs beside whom. A request
/// is in the cache for output_len steps; in step k = 1 .. output_len it has prompt_len + k tokens. Everything is summed over
/// requests and steps, so a long request weighs more: that is what a look at the memory at a random moment sees.
/// Source: Kwon et al., SOSP 2023, sections 4.2, 4.4, 6.3 and 7.2.
#pragma once

#include <cstdint>
#include <vector>

#include "workload.hpp"

namespace wb {

/// Blocks times steps of one request: the sum over k = 1 .. output_len of ceil((prompt_len + k) / block_size). In constant time:
/// the sum of ceil(i / B) over i = 1 .. n is that of whole blocks, B (1 + 2 + .. + q) with q = n / B rounded down, and of the rest,
/// (n - q B) (q + 1); take it at two ends.
/// @throws std::invalid_argument for a prompt_len or output_len outside 0 .. 2^30, or a block_size below 1
std::int64_t block_steps(int prompt_len, int output_len, int block_size);

/// The share of the slots in allocated blocks that hold a token: one minus internal fragmentation, in both its forms.
/// @throws std::invalid_argument without requests, and as block_steps
double token_share(const std::vector<TraceRequest>& requests, int block_size);

/// What sharing saves when each request's prompt gets `num_samples` outputs of its length: 1 - physical / logical, where
/// logical counts the entries of all block tables, and physical the different blocks that they name. From the first step on
/// the samples share the prompt's *full* blocks and nothing else: a last block with room was copied on the first write.
/// @param num_samples  >= 1; one sample saves 0
/// @throws std::invalid_argument for num_samples below 1, and as token_share
double sampling_saving(const std::vector<TraceRequest>& requests, int num_samples, int block_size);

}  // namespace wb
