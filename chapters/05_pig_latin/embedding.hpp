/// @file
/// Exercise 5.10, third part: the embedding of letters, forward and backward, as CUDA kernels. The contract that embedding.cu
/// keeps. Plain C++, so that nvcc and g++ both take it; a launcher is host code, its pointers are device memory.
#pragma once

namespace wb {

/// What embedding_gather reads and writes: device memory, contiguous, owned by the caller.
struct EmbeddingGatherArgs {
    const float* table = nullptr;  ///< [vocabulary_size, hidden]
    const int* tokens = nullptr;   ///< [num_tokens], each 0 to vocabulary_size - 1; any other: see below
    float* out = nullptr;          ///< [num_tokens, hidden], every element written
    int num_tokens = 0;            ///< batch * length
    int vocabulary_size = 0;       ///< rows of the table
    int hidden = 0;                ///< any
};

/// out[n, :] = table[tokens[n], :], to the bit. A token that is no row of the table, e.g. -1 for padding, gives a row of zeros: a
/// kernel cannot throw, and reading elsewhere would be worse. Launches on the default stream and returns without waiting; without
/// tokens, or with hidden 0, there is nothing to launch.
void embedding_gather(const EmbeddingGatherArgs& args);

/// What embedding_scatter_add reads and writes: device memory, contiguous, owned by the caller.
struct EmbeddingScatterAddArgs {
    const float* d_out = nullptr;  ///< [num_tokens, hidden]: the loss's gradient by out
    const int* tokens = nullptr;   ///< [num_tokens]
    float* d_table = nullptr;      ///< [vocabulary_size, hidden]; is added to
    int num_tokens = 0;            ///< of the batch
    int vocabulary_size = 0;       ///< rows of the table
    int hidden = 0;                ///< width of a row
};

/// d_table[t, :] += sum of d_out[n, :] over all n with tokens[n] = t. Adds to what is there: gradients of several uses of a table
/// (source and target, or several batches) meet in it. The row of a token that does not occur keeps its bits. A token that is no row
/// of the table adds nothing anywhere. Tokens repeat: among the 704 letters of a batch of 64 words there are only 29 different ones.
/// In which order equal tokens are summed is the kernel's choice. Launches on the default stream and returns without waiting;
/// without tokens, or with hidden 0, there is nothing to launch.
void embedding_scatter_add(const EmbeddingScatterAddArgs& args);

}  // namespace wb
