/// @file
/// Random translators and batches for the tests of exercises 5.6 and 5.11.
#pragma once

#include <cstddef>

#include "batches.hpp"
#include "judge/draw.hpp"
#include "translator.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

/// Weights of a translator of this shape, by the names of translator.hpp: matrices uniform in +-range, biases in +-0.3.
ModelWeights draw_weights(const TranslatorOptions& options, Draw& draw, double range);

/// `rows` pairs of random letters: sources of `source_size`, targets of `target_size`.
Batch draw_batch(Draw& draw, std::size_t rows, std::size_t source_size, std::size_t target_size);

}  // namespace wb
