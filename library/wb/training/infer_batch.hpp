/// @file
/// A trained model's answers to a batch. Each thread takes one entry after the other, from the first layer to the last: an entry's
/// values stay in its cache, and no more than one entry a thread is in memory, whatever the batch.
#pragma once

#include <cstddef>
#include <functional>

#include "wb/autograd/tape.hpp"
#include "wb/tensor.hpp"
#include "wb/training/data_parallel.hpp"

namespace wb {

/// Answers in Mode::infer. Entries that leave threads over, as a single one does, are done one by one, each on all threads: then
/// its operations are cut, and products may round differently.
/// @param answer  builds the answer of one entry, [1, columns], on a tape; the shard is that entry. Called by several threads at
///                once: it must change nothing that entries share
/// @return        [batch, columns]
/// @throws ShapeError when an answer is not [1, columns] with the columns of the first; whatever `answer` throws
template <class Real>
Tensor<2, Real> infer_batch(std::size_t batch,
                            const std::function<Var<Real>(Tape<Real>& tape, const Shard& shard)>& answer);

}  // namespace wb
