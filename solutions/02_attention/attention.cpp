/// @file
/// Exercise 2.1: scaled dot-product attention. The contract is chapters/02_attention/attention.hpp.
/// For each batch row and head: two matrix products with a softmax between them. Every thread has heads of its own.
#include "attention.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

#include "shape_checks.hpp"
#include "wb/matmul.hpp"
#include "wb/vector_math.hpp"

namespace wb {

// TODO(2.1): how many keys, from key 0 on, do causality and key_lengths leave to this query?
//   Start:    draw q_len 2, kv_len 4: the last query is the newest token and sees all 4 keys. Which row has 3?
//   Ask:      both restrictions cut off a tail. What is left when both apply?
//   Traps:    std::size_t has no numbers below 0: i + kv_len - q_len of query 0, with q_len 4 and kv_len 2, is not -2.
//             key_lengths may be empty, and has one entry for each *batch row*.
std::size_t visible_keys(const Mask& mask, std::size_t batch, std::size_t query, std::size_t q_len,
                         std::size_t kv_len) {
    // SOLUTION BEGIN 2.1
    std::size_t visible = kv_len;
    if (!mask.key_lengths.empty()) visible = std::min(visible, mask.key_lengths[batch]);
    if (mask.causal) {
        const std::size_t shifted = query + 1 + kv_len;  // keys seen + q_len: kept positive
        visible = std::min(visible, shifted > q_len ? shifted - q_len : 0);
    }
    return visible;
    // SOLUTION END
}

// SOLUTION BEGIN 2.1 removed
namespace {

constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

/// Softmax of the first `visible` scores of a row, in place; what lies behind becomes 0, as does an entry of -infinity.
void softmax_row(std::span<float> row, std::size_t visible) {
    const std::span<float> seen = row.first(visible);
    const float largest = row_max(seen);
    if (largest == minus_infinity) {  // no key at all: -inf - (-inf) would be NaN
        std::fill(row.begin(), row.end(), 0.0F);
        return;
    }
    for (float& score : seen) score -= largest;  // the largest becomes exp(0) = 1, so nothing overflows
    exp_in_place(seen);
    const float factor = 1.0F / row_sum(seen);
    for (float& weight : seen) weight *= factor;
    std::fill(row.begin() + static_cast<std::ptrdiff_t>(visible), row.end(), 0.0F);
}

/// Masked softmax of one head's scores [q_len, kv_len], in place.
void softmax_head(float* scores, const Mask& mask, std::size_t b, std::size_t h, std::size_t q_len,
                  std::size_t kv_len) {
    for (std::size_t i = 0; i < q_len; ++i) {
        const std::span<float> row(scores + i * kv_len, kv_len);
        const std::size_t visible = visible_keys(mask, b, i, q_len, kv_len);
        if (mask.allowed) {
            const Tensor<4, bool>& allowed = *mask.allowed;
            const std::size_t from_b = allowed.shape(0) == 1 ? 0 : b, from_h = allowed.shape(1) == 1 ? 0 : h;
            for (std::size_t j = 0; j < visible; ++j) {
                if (!allowed(from_b, from_h, i, j)) row[j] = minus_infinity;
            }
        }
        softmax_row(row, visible);
    }
}

/// Whether every number is finite: x * 0 is NaN for infinity and NaN, and 0 for everything else.
bool all_finite(std::span<const float> values) {
    float total = 0.0F;
#pragma omp simd reduction(+ : total)
    for (std::size_t n = 0; n < values.size(); ++n) total += values[n] * 0.0F;
    return total == 0.0F;
}

/// One head's output [q_len, v_dim] = weights [q_len, kv_len] times v [kv_len, v_dim].
void mix_head(const float* weights, const float* v, float* output, std::size_t q_len, std::size_t kv_len,
              std::size_t v_dim) {
    if (all_finite({v, kv_len * v_dim})) {
        gemm(Transpose::no, Transpose::no, q_len, v_dim, kv_len, 1.0F, weights, v, 0.0F, output);
        return;
    }
    // A masked slot may hold NaN, and 0 * NaN, which a matrix product would compute, is NaN: leave it out by hand.
    std::fill(output, output + q_len * v_dim, 0.0F);
    for (std::size_t i = 0; i < q_len; ++i) {
        for (std::size_t j = 0; j < kv_len; ++j) {
            const float weight = weights[i * kv_len + j];
            if (weight == 0.0F) continue;
            for (std::size_t d = 0; d < v_dim; ++d) output[i * v_dim + d] += weight * v[j * v_dim + d];
        }
    }
}

}  // namespace
// SOLUTION END

// TODO(2.1): softmax over the keys that each query sees.
//   Equation: weights_j = exp(s_j - m) / sum over visible j' of exp(s_j' - m), with m the largest visible score.
//   Ask:      why does subtracting m change nothing, and what would exp(10000) be without it?
//   Traps:    m is the largest *visible* score. A query that sees no key has no largest score and a sum of 0.
//             `allowed` may have 1 in place of batch or of heads. Begin with require_mask_fits (shape_checks.hpp).
Tensor<4> masked_softmax(Tensor<4> scores, const Mask& mask) {
    // SOLUTION BEGIN 2.1
    const std::size_t B = scores.shape(0), H = scores.shape(1), q_len = scores.shape(2), kv_len = scores.shape(3);
    require_mask_fits("masked_softmax", mask, B, H, q_len, kv_len);
#pragma omp parallel for
    for (std::size_t head = 0; head < B * H; ++head) {
        softmax_head(scores.data() + head * q_len * kv_len, mask, head / H, head % H, q_len, kv_len);
    }
    return scores;
    // SOLUTION END
}

// TODO(2.1): the mixture of values.
//   Equation: output[b,h,i,:] = sum_j weights[b,h,i,j] v[b,h,j,:].
//   Traps:    a matrix product multiplies every v, and 0 * NaN is NaN: what a masked slot holds would spoil the row.
Tensor<4> mix_values(const Tensor<4>& weights, const Tensor<4>& v) {
    // SOLUTION BEGIN 2.1
    require_same_axis("mix_values", "batch", Named{"weights", weights}, 0, Named{"v", v}, 0);
    require_same_axis("mix_values", "heads", Named{"weights", weights}, 1, Named{"v", v}, 1);
    require_same_axis("mix_values", "kv_len", Named{"weights", weights}, 3, Named{"v", v}, 2);
    const std::size_t B = weights.shape(0), H = weights.shape(1), q_len = weights.shape(2), kv_len = weights.shape(3);
    const std::size_t v_dim = v.shape(3);
    Tensor<4> output(Tensor<4>::shape_type{B, H, q_len, v_dim});
#pragma omp parallel for
    for (std::size_t head = 0; head < B * H; ++head) {
        mix_head(weights.data() + head * q_len * kv_len, v.data() + head * kv_len * v_dim,
                 output.data() + head * q_len * v_dim, q_len, kv_len, v_dim);
    }
    return output;
    // SOLUTION END
}

// TODO(2.1): attention itself: scores, softmax, mixture.
//   Equation: softmax(q k^T / sqrt(head_dim)) v, for each batch row and head on its own.
//   Start:    require_same_axis and require_mask_fits give the errors of the contract, a line each. Then wb::matmul.
//   Ask:      the sum of head_dim products of unit-variance numbers has variance head_dim. What does softmax do to
//             scores that large?
//   Traps:    a masked v may hold NaN, and 0 * NaN is NaN. v_dim need not be head_dim, nor kv_len q_len; either length
//             may be 0.
//   Fast:     a head's scores fit into the cache: take the softmax while they are there, and give each thread heads of
//             its own.
AttentionResult scaled_dot_product_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                             const Mask& mask) {
    // SOLUTION BEGIN 2.1
    const Named named_q{"q", q}, named_k{"k", k}, named_v{"v", v};
    require_same_axis("attention", "batch", named_q, 0, named_k, 0);
    require_same_axis("attention", "heads", named_q, 1, named_k, 1);
    require_same_axis("attention", "head_dim", named_q, 3, named_k, 3);
    require_same_axis("attention", "batch", named_k, 0, named_v, 0);
    require_same_axis("attention", "heads", named_k, 1, named_v, 1);
    require_same_axis("attention", "kv_len", named_k, 2, named_v, 2);
    const std::size_t B = q.shape(0), H = q.shape(1), q_len = q.shape(2), head_dim = q.shape(3);
    const std::size_t kv_len = k.shape(2), v_dim = v.shape(3);
    require_mask_fits("attention", mask, B, H, q_len, kv_len);

    AttentionResult result;
    result.weights.resize({B, H, q_len, kv_len});
    result.output.resize({B, H, q_len, v_dim});
    const float scale = 1.0F / std::sqrt(static_cast<float>(head_dim));
#pragma omp parallel for
    for (std::size_t head = 0; head < B * H; ++head) {
        const float* q_head = q.data() + head * q_len * head_dim;
        const float* k_head = k.data() + head * kv_len * head_dim;
        const float* v_head = v.data() + head * kv_len * v_dim;
        float* weights = result.weights.data() + head * q_len * kv_len;
        gemm(Transpose::no, Transpose::yes, q_len, kv_len, head_dim, scale, q_head, k_head, 0.0F, weights);
        softmax_head(weights, mask, head / H, head % H, q_len, kv_len);
        mix_head(weights, v_head, result.output.data() + head * q_len * v_dim, q_len, kv_len, v_dim);
    }
    return result;
    // SOLUTION END
}

}  // namespace wb
