/// @file
/// What the tests of exercises 4.2 and 4.3 share: judgements of what a module answers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/gradients.hpp"
#include "judge/judge.hpp"
#include "judge/weights.hpp"
#include "vit_case.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb {

// Along any path from input to output stand at most some 20 sums of up to 48 terms, each rounded to about 48^0.5 * 6e-8 = 4e-7 of its
// size, and norms that magnify little; errors that differ in sign grow by the root of their number, to 2e-6 of the largest. 1e-5
// leaves a factor of 5.
constexpr Tolerance of_model{.absolute = 1e-6, .of_largest = 1e-5};

/// The attention of every layer against the case's.
inline void expect_attention(const std::vector<Tensor<4>>& got, const Case& c, std::size_t layers) {
    ASSERT_EQ(got.size(), layers) << c.name()
                                  << ": one entry a layer is due in the list of attention, and nothing from before";
    for (std::size_t n = 0; n < layers; ++n) expect_close(got[n], c, "attention." + std::to_string(n), of_model);
}

/// Entry `b` of a batch, as a batch of one.
template <std::size_t N>
Tensor<N> only_row(const Tensor<N>& x, std::size_t b) {
    auto shape = x.shape();
    const std::size_t size = x.size() / shape[0];
    shape[0] = 1;
    Tensor<N> row(shape);
    std::copy_n(x.data() + b * size, size, row.data());
    return row;
}

}  // namespace wb
