// NOTE: whole tensors at a time, as one would in NumPy: matmul, eager reductions, and -infinity where the mask says so.
#include "attention.hpp"

#include <cmath>

#include "shape_checks.hpp"
#include "wb/matmul.hpp"

namespace wb {

std::size_t visible_keys(const Mask& mask, std::size_t batch, std::size_t query, std::size_t q_len,
                         std::size_t kv_len) {
    auto visible = static_cast<std::ptrdiff_t>(kv_len);
    if (!mask.key_lengths.empty()) visible = static_cast<std::ptrdiff_t>(mask.key_lengths.at(batch));
    if (mask.causal) {
        const std::ptrdiff_t causal =
            static_cast<std::ptrdiff_t>(query + 1 + kv_len) - static_cast<std::ptrdiff_t>(q_len);
        if (causal < visible) visible = causal;
    }
    return visible > 0 ? static_cast<std::size_t>(visible) : 0;
}

Tensor<4> masked_softmax(Tensor<4> scores, const Mask& mask) {
    const auto [B, H, q_len, kv_len] = scores.shape();
    require_mask_fits("masked_softmax", mask, B, H, q_len, kv_len);
    if (kv_len == 0) return scores;
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t i = 0; i < q_len; ++i)
                for (std::size_t j = 0; j < kv_len; ++j) {
                    bool hidden = j >= visible_keys(mask, b, i, q_len, kv_len);
                    if (mask.allowed) {
                        const Tensor<4, bool>& allowed = *mask.allowed;
                        hidden = hidden || !allowed(allowed.shape(0) > 1 ? b : 0, allowed.shape(1) > 1 ? h : 0, i, j);
                    }
                    if (hidden) scores(b, h, i, j) = -INFINITY;
                }
    Tensor<4> largest = max(scores, -1);
    for (float& m : largest) m = std::isinf(m) && m < 0 ? 0.0F : m;
    Tensor<4> weights = xt::exp(scores - largest);
    Tensor<4> totals = sum(weights, -1);
    for (float& total : totals) total = total == 0 ? 1.0F : total;
    weights /= totals;
    return weights;
}

Tensor<4> mix_values(const Tensor<4>& weights, const Tensor<4>& v) {
    require_same_axis("mix_values", "batch", Named{"weights", weights}, 0, Named{"v", v}, 0);
    require_same_axis("mix_values", "heads", Named{"weights", weights}, 1, Named{"v", v}, 1);
    require_same_axis("mix_values", "kv_len", Named{"weights", weights}, 3, Named{"v", v}, 2);
    // What no query of the head sees is taken as 0 before it is multiplied.
    Tensor<4> clean = v;
    for (std::size_t b = 0; b < v.shape(0); ++b)
        for (std::size_t h = 0; h < v.shape(1); ++h)
            for (std::size_t j = 0; j < v.shape(2); ++j) {
                bool seen = false;
                for (std::size_t i = 0; i < weights.shape(2); ++i) seen = seen || weights(b, h, i, j) != 0;
                for (std::size_t d = 0; d < v.shape(3) && !seen; ++d) clean(b, h, j, d) = 0;
            }
    return matmul(weights, clean);
}

AttentionResult scaled_dot_product_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                             const Mask& mask) {
    const char* names[] = {"batch", "heads", "kv_len", "head_dim"};
    for (const std::size_t axis : {0, 1, 3}) {
        require_same_axis("attention", names[axis], Named{"q", q}, axis, Named{"k", k}, axis);
    }
    for (const std::size_t axis : {0, 1, 2}) {
        require_same_axis("attention", names[axis], Named{"k", k}, axis, Named{"v", v}, axis);
    }
    Tensor<4> scaled = q;
    scaled *= 1.0F / std::sqrt(static_cast<float>(q.shape(3)));
    AttentionResult result;
    result.weights = masked_softmax(matmul(scaled, k, Transpose::no, Transpose::yes), mask);
    result.output = mix_values(result.weights, v);
    return result;
}

}  // namespace wb
