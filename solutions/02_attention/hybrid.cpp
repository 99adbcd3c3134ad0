/// @file
/// Exercise 2.4: heads that mix dot-product and additive scores. The contract is chapters/02_attention/hybrid.hpp.
#include "hybrid.hpp"

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

#include "shape_checks.hpp"
#include "wb/matmul.hpp"

namespace wb {

// TODO(2.4): mix the two scores of each head by its gate, then one softmax.
//   Equation: score = (1 - gate[h]) * (q . k / sqrt(head_dim)) + gate[h] * (w_h . tanh(q + k)).
//   Start:    project_heads, additive_scores, masked_softmax, mix_values and project_output are yours already.
//   Ask:      why mix before the softmax? What would a mixture of two softmaxes be unable to express?
//   Traps:    dot + gate * (additive - dot) is the same in algebra. Try it in float with dot = 1e7, additive = 1, gate
//             = 1. A gate of NaN passes `gate < 0 || gate > 1` unseen.
MultiHeadResult hybrid_attention(const HybridWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                                 const Tensor<3>& value, const Mask& mask) {
    // SOLUTION BEGIN 2.4
    const MultiHeadWeights& projections = weights.additive.projections;
    require_axis_size("hybrid_attention", Named{"gates", weights.gates}, 0, projections.num_heads, "num_heads");
    for (std::size_t h = 0; h < projections.num_heads; ++h) {
        const float gate = weights.gates(h);
        if (gate >= 0.0F && gate <= 1.0F) continue;
        throw std::invalid_argument("hybrid_attention: gates[" + std::to_string(h) + "] is " + std::to_string(gate) +
                                    ", but a gate lies in 0 .. 1");
    }
    const ProjectedHeads heads = project_heads(projections, query, key, value);
    Tensor<4> scores = additive_scores(heads.q, heads.k, weights.additive.score_vectors);
    const std::size_t B = scores.shape(0), H = scores.shape(1), q_len = scores.shape(2), kv_len = scores.shape(3);
    const std::size_t head_dim = heads.q.shape(3);
    const float scale = 1.0F / std::sqrt(static_cast<float>(head_dim));
    for (std::size_t b = 0; b < B; ++b) {
        for (std::size_t h = 0; h < H; ++h) {
            const std::size_t head = b * H + h;
            const float gate = weights.gates(h);
            // scores = (1 - gate) * scale * q k^T + gate * scores, in the matrix product's own terms: alpha and beta.
            gemm(Transpose::no, Transpose::yes, q_len, kv_len, head_dim, (1.0F - gate) * scale,
                 heads.q.data() + head * q_len * head_dim, heads.k.data() + head * kv_len * head_dim, gate,
                 scores.data() + head * q_len * kv_len);
        }
    }
    Tensor<4> attended = masked_softmax(std::move(scores), mask);
    Tensor<3> output = project_output(projections, mix_values(attended, heads.v));
    return {std::move(output), std::move(attended)};
    // SOLUTION END
}

}  // namespace wb
