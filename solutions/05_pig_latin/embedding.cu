/// @file
/// Rows of a table by token, and back: out[n,:] = table[tokens[n],:], and d_table[t,:] += sum over tokens[n] = t of d_out[n,:].
///     grid (num_tokens): one CUDA block for each token             token   7 ---> out row 0      out row 0 --+
///     its threads stride over the row's channels:                  token 19 ---> out row 1      out row 1 --|--+ += table row 19
///     neighbours read and write neighbours                         token   7 ---> out row 2      out row 2 --+ += table row 7
/// Traffic per token, h = hidden: forward reads 4h + 4 and writes 4h bytes; backward reads 4h + 4 and adds to 4h bytes. No
/// arithmetic but the sum: bound by memory; where few tokens are many times in a batch, by additions that wait for each other.
/// No shared memory, no barrier; backward, one atomic addition for each number.
#include "embedding.hpp"

#include <cuda_runtime.h>

#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 5.10 removed
namespace {
constexpr int threads_per_block = 128;
}
// SOLUTION END

// TODO(5.10): each token's row of the table.
//   Ask:      who reads the token, and what do the threads of a CUDA block write when it is no row of the table?
//   Traps:    vocabulary_size itself is no row any more, and -1 is none either; out has been filled by nobody before you.
__global__ void embedding_gather_kernel(EmbeddingGatherArgs args) {
    // SOLUTION BEGIN 5.10 removed
    const int token = args.tokens[blockIdx.x];
    const bool known = token >= 0 && token < args.vocabulary_size;
    const float* row = args.table + static_cast<std::ptrdiff_t>(known ? token : 0) * args.hidden;
    float* out = args.out + static_cast<std::size_t>(blockIdx.x) * args.hidden;
    for (int c = threadIdx.x; c < args.hidden; c += threads_per_block) out[c] = known ? row[c] : 0.0f;
    // SOLUTION END
}

void embedding_gather(const EmbeddingGatherArgs& args) {
    // SOLUTION BEGIN 5.10
    if (args.num_tokens == 0 || args.hidden == 0) return;  // a grid of 0 is an invalid configuration
    embedding_gather_kernel<<<args.num_tokens, threads_per_block>>>(args);
    // SOLUTION END
}

// TODO(5.10): each row of d_out added to its token's row of d_table.
//   Start:    the gather's picture with its arrows turned round. Or turn the work round as well: one CUDA block for each row of the
//             table, which looks through all tokens and sums those that are its own.
//   Ask:      two blocks have the letter e, and both do x += y. Each reads x, adds, and writes. What if both read before either
//             writes? Of the two ways to start, which one gives the same bits in every run, and why does the other one not?
//   Traps:    on one thread after another += is right, and on a GPU it loses most of the letters: only the race build tells.
__global__ void embedding_scatter_add_kernel(EmbeddingScatterAddArgs args) {
    // SOLUTION BEGIN 5.10 removed
    const int token = args.tokens[blockIdx.x];
    if (token < 0 || token >= args.vocabulary_size)
        return;  // the whole CUDA block: all its threads read the same token
    const float* d_out = args.d_out + static_cast<std::size_t>(blockIdx.x) * args.hidden;
    float* d_row = args.d_table + static_cast<std::size_t>(token) * args.hidden;
    for (int c = threadIdx.x; c < args.hidden; c += threads_per_block) atomicAdd(&d_row[c], d_out[c]);
    // SOLUTION END
}

void embedding_scatter_add(const EmbeddingScatterAddArgs& args) {
    // SOLUTION BEGIN 5.10
    if (args.num_tokens == 0 || args.hidden == 0) return;
    embedding_scatter_add_kernel<<<args.num_tokens, threads_per_block>>>(args);
    // SOLUTION END
}

}  // namespace wb
