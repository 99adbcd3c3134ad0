/// @file
/// Some rows of a batch, as a batch: what a shard of data-parallel training works on. Given code.
#pragma once

#include <algorithm>
#include <cstddef>

#include "batches.hpp"

namespace wb {

/// Rows begin .. end - 1.
/// @param begin, end  0 <= begin <= end <= batch
inline Batch batch_rows(const Batch& batch, std::size_t begin, std::size_t end) {
    const auto rows = [&](const Tensor<2, int>& all) {
        Tensor<2, int> some(std::array<std::size_t, 2>{end - begin, all.shape(1)});
        std::copy(all.data() + begin * all.shape(1), all.data() + end * all.shape(1), some.data());
        return some;
    };
    return {rows(batch.source), rows(batch.decoder_input), rows(batch.target)};
}

}  // namespace wb
