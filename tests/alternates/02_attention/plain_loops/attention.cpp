// NOTE: loops over single elements, no BLAS, no vector code, no threads; asks of every pair whether it is visible.
#include "attention.hpp"

#include <algorithm>
#include <cmath>

#include "shape_checks.hpp"

namespace wb {
namespace {

bool visible(const Mask& mask, std::size_t b, std::size_t h, std::size_t i, std::size_t j, std::size_t q_len,
             std::size_t kv_len) {
    if (mask.causal && j + q_len > i + kv_len) return false;
    if (!mask.key_lengths.empty() && j >= mask.key_lengths[b]) return false;
    if (!mask.allowed) return true;
    return (*mask.allowed)(b % mask.allowed->shape(0), h % mask.allowed->shape(1), i, j);
}

}  // namespace

std::size_t visible_keys(const Mask& mask, std::size_t batch, std::size_t query, std::size_t q_len,
                         std::size_t kv_len) {
    Mask without = mask;
    without.allowed.reset();
    std::size_t count = 0;
    while (count < kv_len && visible(without, batch, 0, query, count, q_len, kv_len)) ++count;
    return count;
}

Tensor<4> masked_softmax(Tensor<4> scores, const Mask& mask) {
    const auto [B, H, q_len, kv_len] = scores.shape();
    require_mask_fits("masked_softmax", mask, B, H, q_len, kv_len);
    Tensor<4> weights = zeros<4>({B, H, q_len, kv_len});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t i = 0; i < q_len; ++i) {
                float largest = -INFINITY, total = 0;
                for (std::size_t j = 0; j < kv_len; ++j) {
                    if (visible(mask, b, h, i, j, q_len, kv_len)) largest = std::max(largest, scores(b, h, i, j));
                }
                for (std::size_t j = 0; j < kv_len; ++j) {
                    if (!visible(mask, b, h, i, j, q_len, kv_len)) continue;
                    weights(b, h, i, j) = std::exp(scores(b, h, i, j) - largest);
                    total += weights(b, h, i, j);
                }
                for (std::size_t j = 0; j < kv_len && total > 0; ++j) weights(b, h, i, j) /= total;
            }
    return weights;
}

Tensor<4> mix_values(const Tensor<4>& weights, const Tensor<4>& v) {
    require_same_axis("mix_values", "batch", Named{"weights", weights}, 0, Named{"v", v}, 0);
    require_same_axis("mix_values", "heads", Named{"weights", weights}, 1, Named{"v", v}, 1);
    require_same_axis("mix_values", "kv_len", Named{"weights", weights}, 3, Named{"v", v}, 2);
    const auto [B, H, q_len, kv_len] = weights.shape();
    Tensor<4> output = zeros<4>({B, H, q_len, v.shape(3)});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t i = 0; i < q_len; ++i)
                for (std::size_t j = 0; j < kv_len; ++j)
                    for (std::size_t d = 0; weights(b, h, i, j) != 0 && d < v.shape(3); ++d) {
                        output(b, h, i, d) += weights(b, h, i, j) * v(b, h, j, d);
                    }
    return output;
}

AttentionResult scaled_dot_product_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                             const Mask& mask) {
    for (const std::size_t axis : {0, 1, 3}) {
        require_same_axis("attention", "one axis", Named{"q", q}, axis, Named{"k", k}, axis);
    }
    for (const std::size_t axis : {0, 1, 2}) {
        require_same_axis("attention", "one axis", Named{"k", k}, axis, Named{"v", v}, axis);
    }
    const auto [B, H, q_len, head_dim] = q.shape();
    Tensor<4> scores = zeros<4>({B, H, q_len, k.shape(2)});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t i = 0; i < q_len; ++i)
                for (std::size_t j = 0; j < k.shape(2); ++j) {
                    for (std::size_t d = 0; d < head_dim; ++d) scores(b, h, i, j) += q(b, h, i, d) * k(b, h, j, d);
                    scores(b, h, i, j) /= std::sqrt(static_cast<float>(head_dim));
                }
    AttentionResult result;
    result.weights = masked_softmax(scores, mask);
    result.output = mix_values(result.weights, v);
    return result;
}

}  // namespace wb
