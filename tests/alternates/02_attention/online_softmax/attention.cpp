// NOTE: the output comes from one pass over tiles of keys with a running maximum and sum (Milakov and Gimelshein 2018); the
// weights, which the contract wants as well, are made afterwards from the final maximum and sum.
#include "attention.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "shape_checks.hpp"

namespace wb {

std::size_t visible_keys(const Mask& mask, std::size_t batch, std::size_t query, std::size_t q_len,
                         std::size_t kv_len) {
    const std::size_t length = mask.key_lengths.empty() ? kv_len : mask.key_lengths[batch];
    if (!mask.causal) return length;
    if (query + kv_len + 1 <= q_len) return 0;
    return std::min(length, query + kv_len + 1 - q_len);
}

namespace {

bool sees(const Mask& mask, std::size_t b, std::size_t h, std::size_t i, std::size_t j) {
    if (!mask.allowed) return true;
    const auto& shape = mask.allowed->shape();
    return (*mask.allowed)(shape[0] == 1 ? 0 : b, shape[1] == 1 ? 0 : h, i, j);
}

/// The running softmax of one row: l is the sum of exp(score - m) so far, m the largest score.
struct Running {
    float m = -INFINITY, l = 0;

    /// Takes one more score in. @return what has been summed so far must be multiplied by this
    float fold(float score) {
        const float before = m;
        m = std::max(m, score);
        const float factor = before == -INFINITY ? 0.0F : std::exp(before - m);
        l = l * factor + std::exp(score - m);
        return factor;
    }
};

}  // namespace

Tensor<4> masked_softmax(Tensor<4> scores, const Mask& mask) {
    const auto [B, H, q_len, kv_len] = scores.shape();
    require_mask_fits("masked_softmax", mask, B, H, q_len, kv_len);
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t i = 0; i < q_len; ++i) {
                Running running;
                const std::size_t visible = visible_keys(mask, b, i, q_len, kv_len);
                for (std::size_t j = 0; j < visible; ++j) {
                    if (sees(mask, b, h, i, j)) running.fold(scores(b, h, i, j));
                }
                for (std::size_t j = 0; j < kv_len; ++j) {
                    const bool seen = j < visible && sees(mask, b, h, i, j);
                    scores(b, h, i, j) = seen ? std::exp(scores(b, h, i, j) - running.m) / running.l : 0.0F;
                }
            }
    return scores;
}

Tensor<4> mix_values(const Tensor<4>& weights, const Tensor<4>& v) {
    require_same_axis("mix_values", "batch", Named{"weights", weights}, 0, Named{"v", v}, 0);
    require_same_axis("mix_values", "heads", Named{"weights", weights}, 1, Named{"v", v}, 1);
    require_same_axis("mix_values", "kv_len", Named{"weights", weights}, 3, Named{"v", v}, 2);
    const auto [B, H, q_len, kv_len] = weights.shape();
    Tensor<4> output = zeros<4>({B, H, q_len, v.shape(3)});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t j = 0; j < kv_len; ++j)
                for (std::size_t i = 0; i < q_len; ++i) {
                    if (weights(b, h, i, j) == 0) continue;
                    for (std::size_t d = 0; d < v.shape(3); ++d)
                        output(b, h, i, d) += weights(b, h, i, j) * v(b, h, j, d);
                }
    return output;
}

AttentionResult scaled_dot_product_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                             const Mask& mask) {
    const Named named_q{"q", q}, named_k{"k", k}, named_v{"v", v};
    require_same_axis("attention", "batch", named_q, 0, named_k, 0);
    require_same_axis("attention", "heads", named_q, 1, named_k, 1);
    require_same_axis("attention", "head_dim", named_q, 3, named_k, 3);
    require_same_axis("attention", "batch", named_q, 0, named_v, 0);
    require_same_axis("attention", "heads", named_q, 1, named_v, 1);
    require_same_axis("attention", "kv_len", named_k, 2, named_v, 2);
    const auto [B, H, q_len, head_dim] = q.shape();
    const std::size_t kv_len = k.shape(2), v_dim = v.shape(3);
    require_mask_fits("attention", mask, B, H, q_len, kv_len);
    AttentionResult result{zeros<4>({B, H, q_len, v_dim}), zeros<4>({B, H, q_len, kv_len})};
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t i = 0; i < q_len; ++i) {
                Running running;
                std::vector<float> acc(v_dim, 0.0F);
                const std::size_t visible = visible_keys(mask, b, i, q_len, kv_len);
                for (std::size_t j = 0; j < visible; ++j) {
                    if (!sees(mask, b, h, i, j)) continue;
                    float score = 0;
                    for (std::size_t d = 0; d < head_dim; ++d) score += q(b, h, i, d) * k(b, h, j, d);
                    score /= std::sqrt(static_cast<float>(head_dim));
                    result.weights(b, h, i, j) = score;
                    const float factor = running.fold(score), weight = std::exp(score - running.m);
                    for (std::size_t d = 0; d < v_dim; ++d) acc[d] = acc[d] * factor + weight * v(b, h, j, d);
                }
                for (std::size_t j = 0; j < visible; ++j) {
                    float& weight = result.weights(b, h, i, j);
                    weight = sees(mask, b, h, i, j) ? std::exp(weight - running.m) / running.l : 0.0F;
                }
                for (std::size_t d = 0; d < v_dim && running.l > 0; ++d) result.output(b, h, i, d) = acc[d] / running.l;
            }
    return result;
}

}  // namespace wb
