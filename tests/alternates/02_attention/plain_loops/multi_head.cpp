// NOTE: loops over single elements; the linear layer is a triple loop, and its bias the start of each sum.
#include "multi_head.hpp"

#include <utility>

#include "attention.hpp"
#include "shape_checks.hpp"

namespace wb {

Tensor<4> split_heads(const Tensor<3>& x, std::size_t num_heads) {
    const auto [B, T, C] = x.shape();
    if (num_heads == 0 || C % num_heads != 0) {
        throw ShapeError("cannot split x " + shape_text(x) + " into num_heads = " + std::to_string(num_heads));
    }
    const std::size_t size = C / num_heads;
    Tensor<4> y = zeros<4>({B, num_heads, T, size});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t t = 0; t < T; ++t)
            for (std::size_t c = 0; c < C; ++c) y(b, c / size, t, c % size) = x(b, t, c);
    return y;
}

Tensor<3> merge_heads(const Tensor<4>& x) {
    const auto [B, H, T, D] = x.shape();
    Tensor<3> y = zeros<3>({B, T, H * D});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t t = 0; t < T; ++t)
                for (std::size_t d = 0; d < D; ++d) y(b, t, h * D + d) = x(b, h, t, d);
    return y;
}

Tensor<3> linear(const Tensor<3>& x, const Tensor<2>& w, const Tensor<1>* bias) {
    require_same_axis("linear", "in", Named{"x", x}, 2, Named{"w", w}, 1);
    if (bias != nullptr) require_same_axis("linear", "out", Named{"w", w}, 0, Named{"bias", *bias}, 0);
    Tensor<3> y = zeros<3>({x.shape(0), x.shape(1), w.shape(0)});
    for (std::size_t b = 0; b < y.shape(0); ++b)
        for (std::size_t t = 0; t < y.shape(1); ++t)
            for (std::size_t o = 0; o < y.shape(2); ++o) {
                float total = bias != nullptr ? (*bias)(o) : 0.0F;
                for (std::size_t i = 0; i < w.shape(1); ++i) total += w(o, i) * x(b, t, i);
                y(b, t, o) = total;
            }
    return y;
}

ProjectedHeads project_heads(const MultiHeadWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                             const Tensor<3>& value) {
    const Named q{"query", query}, k{"key", key}, v{"value", value};
    require_same_axis("attention", "query_dim", q, 2, Named{"w_query", weights.w_query}, 1);
    require_same_axis("attention", "key_dim", k, 2, Named{"w_key", weights.w_key}, 1);
    require_same_axis("attention", "value_dim", v, 2, Named{"w_value", weights.w_value}, 1);
    require_same_axis("attention", "rows", Named{"w_query", weights.w_query}, 0, Named{"w_key", weights.w_key}, 0);
    require_same_axis("attention", "batch", q, 0, k, 0);
    require_same_axis("attention", "batch", k, 0, v, 0);
    require_same_axis("attention", "kv_len", k, 1, v, 1);
    const MultiHeadBiases none, &biases = weights.biases ? *weights.biases : none;
    const auto maybe = [&](const Tensor<1>& bias) { return weights.biases ? &bias : nullptr; };
    ProjectedHeads heads;
    heads.q = split_heads(linear(query, weights.w_query, maybe(biases.query)), weights.num_heads);
    heads.k = split_heads(linear(key, weights.w_key, maybe(biases.key)), weights.num_heads);
    heads.v = split_heads(linear(value, weights.w_value, maybe(biases.value)), weights.num_heads);
    return heads;
}

Tensor<3> project_output(const MultiHeadWeights& weights, const Tensor<4>& heads) {
    const Tensor<3> merged = merge_heads(heads);
    require_same_axis("attention", "channels", Named{"heads", merged}, 2, Named{"w_output", weights.w_output}, 1);
    return linear(merged, weights.w_output, weights.biases ? &weights.biases->output : nullptr);
}

MultiHeadResult multi_head_attention(const MultiHeadWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                                     const Tensor<3>& value, const Mask& mask) {
    const ProjectedHeads heads = project_heads(weights, query, key, value);
    const AttentionResult attended = scaled_dot_product_attention(heads.q, heads.k, heads.v, mask);
    return {project_output(weights, attended.output), attended.weights};
}

}  // namespace wb
