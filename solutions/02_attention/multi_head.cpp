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
    // SOLUTION BEGIN 2.2
    const std::size_t B = x.shape(0), T = x.shape(1), channels = x.shape(2);
    if (num_heads == 0 || channels % num_heads != 0) {
        throw ShapeError("split_heads: x " + shape_text(x) + " has " + std::to_string(channels) +
                         " channels (axis 2), not a multiple of num_heads " + std::to_string(num_heads));
    }
    const std::size_t head_dim = channels / num_heads;
    Tensor<4> heads(Tensor<4>::shape_type{B, num_heads, T, head_dim});
    for (std::size_t b = 0; b < B; ++b) {
        for (std::size_t h = 0; h < num_heads; ++h) {
            for (std::size_t t = 0; t < T; ++t) {
                const float* from = x.data() + (b * T + t) * channels + h * head_dim;
                std::copy_n(from, head_dim, heads.data() + ((b * num_heads + h) * T + t) * head_dim);
            }
        }
    }
    return heads;
    // SOLUTION END
}

// TODO(2.2): put the heads back beside each other, y[b,t,h * head_dim + d] = x[b,h,t,d].
//   Traps:    reading [batch, heads, time, dim] as [batch, time, heads * dim] has the right shape and the wrong
//             numbers.
Tensor<3> merge_heads(const Tensor<4>& x) {
    // SOLUTION BEGIN 2.2
    const std::size_t B = x.shape(0), H = x.shape(1), T = x.shape(2), head_dim = x.shape(3);
    Tensor<3> merged(Tensor<3>::shape_type{B, T, H * head_dim});
    for (std::size_t b = 0; b < B; ++b) {
        for (std::size_t h = 0; h < H; ++h) {
            for (std::size_t t = 0; t < T; ++t) {
                const float* from = x.data() + ((b * H + h) * T + t) * head_dim;
                std::copy_n(from, head_dim, merged.data() + (b * T + t) * H * head_dim + h * head_dim);
            }
        }
    }
    return merged;
    // SOLUTION END
}

// TODO(2.2): y = x w^T + bias on the last axis.
//   Ask:      every token meets the same w. So what is the batch, to the matrix product?
//   Traps:    w is [out, in]. Where in = out, forgetting the transpose gives the right shape. bias may be null.
Tensor<3> linear(const Tensor<3>& x, const Tensor<2>& w, const Tensor<1>* bias) {
    // SOLUTION BEGIN 2.2
    require_same_axis("linear", "in", Named{"x", x}, 2, Named{"w", w}, 1);
    if (bias != nullptr) require_same_axis("linear", "out", Named{"w", w}, 0, Named{"bias", *bias}, 0);
    Tensor<3> y = matmul(x, w, Transpose::no, Transpose::yes);
    if (bias != nullptr) {
        for (std::size_t n = 0; n < y.size(); ++n) y.data()[n] += bias->data()[n % bias->size()];
    }
    return y;
    // SOLUTION END
}

// TODO(2.2): project each input by its own weights, and split.
//   Ask:      three small matrices for each head, or one large one that is split afterwards: what is the difference in
//             the numbers?
//   Start:    the shapes to check are in MultiHeadWeights; require_same_axis takes a line each.
//   Traps:    the value has its own input, sizes and projection; in tests key and value differ.
ProjectedHeads project_heads(const MultiHeadWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                             const Tensor<3>& value) {
    // SOLUTION BEGIN 2.2
    const char* where = "project_heads";
    const Named w_query{"w_query", weights.w_query}, w_key{"w_key", weights.w_key}, w_value{"w_value", weights.w_value};
    require_same_axis(where, "query_dim", Named{"query", query}, 2, w_query, 1);
    require_same_axis(where, "key_dim", Named{"key", key}, 2, w_key, 1);
    require_same_axis(where, "value_dim", Named{"value", value}, 2, w_value, 1);
    require_same_axis(where, "num_heads * head_dim", w_query, 0, w_key, 0);
    require_same_axis(where, "batch", Named{"query", query}, 0, Named{"key", key}, 0);
    require_same_axis(where, "batch", Named{"key", key}, 0, Named{"value", value}, 0);
    require_same_axis(where, "kv_len", Named{"key", key}, 1, Named{"value", value}, 1);

    const MultiHeadBiases* biases = weights.biases ? &*weights.biases : nullptr;
    const auto heads_of = [&](const Tensor<3>& x, const Tensor<2>& w, const Tensor<1>* bias) {
        return split_heads(linear(x, w, bias), weights.num_heads);
    };
    return {heads_of(query, weights.w_query, biases != nullptr ? &biases->query : nullptr),
            heads_of(key, weights.w_key, biases != nullptr ? &biases->key : nullptr),
            heads_of(value, weights.w_value, biases != nullptr ? &biases->value : nullptr)};
    // SOLUTION END
}

// TODO(2.2): merge the heads and mix them by w_output.
//   Traps:    a forgotten output bias goes unnoticed as long as biases start at 0.
Tensor<3> project_output(const MultiHeadWeights& weights, const Tensor<4>& heads) {
    // SOLUTION BEGIN 2.2
    const Tensor<3> merged = merge_heads(heads);
    require_same_axis("project_output", "num_heads * v_head_dim", Named{"merged heads", merged}, 2,
                      Named{"w_output", weights.w_output}, 1);
    return linear(merged, weights.w_output, weights.biases ? &weights.biases->output : nullptr);
    // SOLUTION END
}

// TODO(2.2): project, attend, project.
//   Equation: Concat(head_1, .., head_H) w_output^T + b_output, head_h = attention of the h-th slices of the three
//             projections.
//   Traps:    the scale is 1 / sqrt(head_dim), of one head, not of all of them together.
MultiHeadResult multi_head_attention(const MultiHeadWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                                     const Tensor<3>& value, const Mask& mask) {
    // SOLUTION BEGIN 2.2
    const ProjectedHeads heads = project_heads(weights, query, key, value);
    AttentionResult attended = scaled_dot_product_attention(heads.q, heads.k, heads.v, mask);
    return {project_output(weights, attended.output), std::move(attended.weights)};
    // SOLUTION END
}

}  // namespace wb
