/// @file
/// What the measures of this chapter ask of a model, whatever it is: two functions of its gates. Given code.
///
/// Both number all heads of the model through, as HeadSet does.
#pragma once

#include <cstddef>
#include <functional>
#include <tuple>
#include <vector>

#include "wb/autograd/tape.hpp"
#include "wb/tensor.hpp"
#include "wb/training/data_parallel.hpp"

namespace wb {

/// How good a model is, sample by sample (a picture, a word).
struct Measures {
    std::vector<double> losses;  ///< [samples]: cross-entropy, in nats; of a word the sum over its letters
    std::vector<double> scores;  ///< [samples]: 1 for a right answer (the class; the word to the letter), 0 for another
};

/// The members, in wire order.
inline auto fields(Measures& measures) {
    return std::tie(measures.losses, measures.scores);
}

/// Evaluates a model on a fixed set of samples, always the same ones in the same order. @param gates  [heads]
using EvaluateGates = std::function<Measures(const Tensor<1>& gates)>;

/// Builds the losses of some samples on a tape.
/// @param samples  which: begin .. end - 1
/// @param gates    [heads], or [samples.size(), heads], on that tape
/// @return         [samples.size()]: each sample's own loss, not their mean
using GatedLosses = std::function<Var<float>(Tape<float>& tape, const Shard& samples, Var<float> gates)>;

}  // namespace wb
