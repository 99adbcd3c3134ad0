/// @file
/// Exercise 4.5: what the model says. Logits become probabilities, and the likeliest classes come first.
#pragma once

#include <cstddef>
#include <tuple>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// A class and how likely the model holds it to be.
struct ClassProbability {
    std::size_t index = 0;   ///< of the class: its place among the logits
    double probability = 0;  ///< that the model gives it
};

/// The members, in wire order.
inline auto fields(ClassProbability& one) {
    return std::tie(one.index, one.probability);
}

/// The `count` likeliest classes with their probabilities, softmax(logits), the likeliest first; of equals, the lower index. All
/// classes when there are fewer than `count`.
/// @param logits  [classes], of any size: also where e^logit would be infinity. Minus infinity is a probability of 0
/// @param count   may be 0
/// @return        min(count, classes) of them; probabilities of all classes, not only of these, sum to 1
/// @throws std::invalid_argument naming the class, when a logit is NaN or plus infinity; when there are no classes; or when all
///         logits are minus infinity
std::vector<ClassProbability> top_classes(const Tensor<1>& logits, std::size_t count = 5);

}  // namespace wb
