// A submission that prints 10 MB and answers wrongly.
#include "attention.hpp"

#include <cstdio>
#include <string>

namespace wb {

AttentionResult scaled_dot_product_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v, const Mask&) {
    AttentionResult result;
    result.output = Tensor<4>(Tensor<4>::shape_type{q.shape(0), q.shape(1), q.shape(2), v.shape(3)}, 0.0F);
    result.weights = Tensor<4>(Tensor<4>::shape_type{q.shape(0), q.shape(1), q.shape(2), k.shape(2)}, 0.0F);
    const std::string line(1023, 'x');
    for (int i = 0; i < 10 * 1024; ++i) std::puts(line.c_str());
    return result;
}

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
