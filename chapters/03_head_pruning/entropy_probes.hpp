/// @file
/// What the tests may ask of exercise 3.4.
#pragma once

#include <cstddef>
#include <tuple>
#include <vector>

#include "entropy.hpp"
#include "probe/probe.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// One call of add().
struct WeightsBatch {
    std::size_t module = 0;
    Tensor<4> weights;               ///< [batch, heads, q_len, kv_len]
    std::vector<int> query_lengths;  ///< [batch], or empty
    bool refused = false;  ///< the driver expects std::invalid_argument, and goes on; it is an error if there is none
};
inline auto fields(WeightsBatch& batch) {
    return std::tie(batch.module, batch.weights, batch.query_lengths, batch.refused);
}

/// heads of each module, calls in order -> mean()
inline const Probe<HeadEntropy(std::vector<std::size_t>, std::vector<WeightsBatch>)> head_entropies{
    "3.4/head_entropies"};

/// before, after, live -> shift
inline const Probe<HeadEntropy(HeadEntropy, HeadEntropy, std::vector<std::size_t>)> entropy_shift{"3.4/entropy_shift"};

}  // namespace wb::probes
