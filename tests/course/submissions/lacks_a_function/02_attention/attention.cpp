// A submission that leaves out the one function that the exercise is about.
#include "attention.hpp"

namespace wb {

std::size_t visible_keys(const Mask&, std::size_t, std::size_t, std::size_t, std::size_t kv_len) {
    return kv_len;
}

Tensor<4> masked_softmax(Tensor<4> scores, const Mask&) {
    return scores;
}

Tensor<4> mix_values(const Tensor<4>& weights, const Tensor<4>&) {
    return weights;
}

}  // namespace wb
