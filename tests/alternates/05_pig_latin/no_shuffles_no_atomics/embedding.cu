// NOTE: the scatter by rows of the table: one CUDA block for each, which looks through all tokens and sums its own in their order, so
// that the bits are the same in every run. The gather with one thread for each number.
#include "embedding.hpp"

#include <cuda_runtime.h>

#include <cstddef>

#include "wb/errors.hpp"

namespace wb {

__global__ void gather_numbers(EmbeddingGatherArgs x) {
    const int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= x.num_tokens * x.hidden) return;
    const int token = x.tokens[index / x.hidden];
    if (0 <= token && token < x.vocabulary_size) {
        x.out[index] = x.table[token * x.hidden + index % x.hidden];
    } else {
        x.out[index] = 0;
    }
}

void embedding_gather(const EmbeddingGatherArgs& args) {
    const int numbers = args.num_tokens * args.hidden;
    if (numbers > 0) gather_numbers<<<(numbers + 63) / 64, 64>>>(args);
}

__global__ void sum_each_row(EmbeddingScatterAddArgs x) {
    for (int c = threadIdx.x; c < x.hidden; c += blockDim.x) {
        float sum = 0;
        bool any = false;
        for (int n = 0; n < x.num_tokens; ++n) {
            if (x.tokens[n] != static_cast<int>(blockIdx.x)) continue;
            sum += x.d_out[static_cast<std::size_t>(n) * x.hidden + c];
            any = true;
        }
        if (any) x.d_table[static_cast<std::size_t>(blockIdx.x) * x.hidden + c] += sum;
    }
}

void embedding_scatter_add(const EmbeddingScatterAddArgs& args) {
    if (args.vocabulary_size > 0 && args.num_tokens > 0 && args.hidden > 0)
        sum_each_row<<<args.vocabulary_size, 64>>>(args);
}

}  // namespace wb
