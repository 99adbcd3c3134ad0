/// @file
/// Exercise 2.2: multi-head attention. The contract is chapters/02_attention/multi_head.hpp.
#include "multi_head.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "attention.hpp"
#include "shape_checks.hpp"
#include "wb/matmul.hpp"

namespace wb {

// TODO(2.2): cut the channels into heads, y[b,h,t,d] = x[b,t,h * head_dim + d].
//   Ask:      x holds token after token, y head after head. Which axis moves, and can a reshape alone do that?
//   Traps:    head h owns head_dim channels *beside each other*; channel d * num_heads + h is another layout, and
//             another model.
Tensor<4> split_heads(const Tensor<3>& x, std::size_t num_heads) {
    throw wb::NotImplemented("2.2");
}

// TODO(2.2): put the heads back beside each other, y[b,t,h * head_dim + d] = x[b,h,t,d].
//   Traps:    reading [batch, heads, time, dim] as [batch, time, heads * dim] has the right shape and the wrong
//             numbers.
Tensor<3> merge_heads(const Tensor<4>& x) {
    throw wb::NotImplemented("2.2");
}

// TODO(2.2): y = x w^T + bias on the last axis.
//   Ask:      every token meets the same w. So what is the batch, to the matrix product?
//   Traps:    w is [out, in]. Where in = out, forgetting the transpose gives the right shape. bias may be null.
Tensor<3> linear(const Tensor<3>& x, const Tensor<2>& w, const Tensor<1>* bias) {
    throw wb::NotImplemented("2.2");
}

// TODO(2.2): project each input by its own weights, and split.
//   Ask:      three small matrices for each head, or one large one that is split afterwards: what is the difference in
//             the numbers?
//   Start:    the shapes to check are in MultiHeadWeights; require_same_axis takes a line each.
//   Traps:    the value has its own input, sizes and projection; in tests key and value differ.
ProjectedHeads project_heads(const MultiHeadWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                             const Tensor<3>& value) {
    throw wb::NotImplemented("2.2");
}

// TODO(2.2): merge the heads and mix them by w_output.
//   Traps:    a forgotten output bias goes unnoticed as long as biases start at 0.
Tensor<3> project_output(const MultiHeadWeights& weights, const Tensor<4>& heads) {
    throw wb::NotImplemented("2.2");
}

// TODO(2.2): project, attend, project.
//   Equation: Concat(head_1, .., head_H) w_output^T + b_output, head_h = attention of the h-th slices of the three
//             projections.
//   Traps:    the scale is 1 / sqrt(head_dim), of one head, not of all of them together.
MultiHeadResult multi_head_attention(const MultiHeadWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                                     const Tensor<3>& value, const Mask& mask) {
    throw wb::NotImplemented("2.2");
}

}  // namespace wb
