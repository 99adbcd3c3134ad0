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

// TODO(5.10): each token's row of the table.
//   Ask:      who reads the token, and what do the threads of a CUDA block write when it is no row of the table?
//   Traps:    vocabulary_size itself is no row any more, and -1 is none either; out has been filled by nobody before you.
__global__ void embedding_gather_kernel(EmbeddingGatherArgs args) {
}

void embedding_gather(const EmbeddingGatherArgs& args) {
    throw wb::NotImplemented("5.10");
}

// TODO(5.10): each row of d_out added to its token's row of d_table.
//   Start:    the gather's picture with its arrows turned round. Or turn the work round as well: one CUDA block for each row of the
//             table, which looks through all tokens and sums those that are its own.
//   Ask:      two blocks have the letter e, and both do x += y. Each reads x, adds, and writes. What if both read before either
//             writes? Of the two ways to start, which one gives the same bits in every run, and why does the other one not?
//   Traps:    on one thread after another += is right, and on a GPU it loses most of the letters: only the race build tells.
__global__ void embedding_scatter_add_kernel(EmbeddingScatterAddArgs args) {
}

void embedding_scatter_add(const EmbeddingScatterAddArgs& args) {
    throw wb::NotImplemented("5.10");
}

}  // namespace wb
