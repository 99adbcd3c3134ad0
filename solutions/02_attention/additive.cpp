/// @file
/// Exercise 2.3: additive attention in little memory. The contract is chapters/02_attention/additive.hpp.
#include "additive.hpp"

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "shape_checks.hpp"
#include "wb/vector_math.hpp"

namespace wb {

// TODO(2.3): score every query with every key.
//   Equation: score[b,h,i,j] = sum_c w[h,c] tanh(q[b,h,i,c] + k[b,h,j,c]): Bahdanau et al. 2015, appendix A.1.2.
//   Start:    one pair (i, j) at a time needs a sum of `hidden` terms and nowhere to keep them.
//   Ask:      in one array expression, tanh(q[:,:,:,None,:] + k[:,:,None,:,:]), how many numbers exist at once? How
//             many do you need?
//   Traps:    tanh is taken of the sum, not of q and k; w comes after tanh, and each head has its own.
Tensor<4> additive_scores(const Tensor<4>& q, const Tensor<4>& k, const Tensor<2>& score_vectors) {
    // SOLUTION BEGIN 2.3
    const Named named_q{"q", q}, named_k{"k", k};
    const Named named_w{"score_vectors", score_vectors};
    require_same_axis("additive_scores", "batch", named_q, 0, named_k, 0);
    require_same_axis("additive_scores", "heads", named_q, 1, named_k, 1);
    require_same_axis("additive_scores", "hidden", named_q, 3, named_k, 3);
    require_same_axis("additive_scores", "heads", named_q, 1, named_w, 0);
    require_same_axis("additive_scores", "hidden", named_q, 3, named_w, 1);
    const std::size_t B = q.shape(0), H = q.shape(1), q_len = q.shape(2), hidden = q.shape(3), kv_len = k.shape(2);

    Tensor<4> scores(Tensor<4>::shape_type{B, H, q_len, kv_len});
#pragma omp parallel for
    for (std::size_t head = 0; head < B * H; ++head) {
        const std::span<const float> w(score_vectors.data() + head % H * hidden, hidden);
        std::vector<float> sums(kv_len * hidden);  // one query's, over all keys; taken again for the next query
        for (std::size_t i = 0; i < q_len; ++i) {
            const float* q_row = q.data() + (head * q_len + i) * hidden;
            const float* k_rows = k.data() + head * kv_len * hidden;
            for (std::size_t j = 0; j < kv_len; ++j) {
                for (std::size_t c = 0; c < hidden; ++c) sums[j * hidden + c] = q_row[c] + k_rows[j * hidden + c];
            }
            tanh_in_place(sums);
            float* row = scores.data() + (head * q_len + i) * kv_len;
            for (std::size_t j = 0; j < kv_len; ++j) {
                row[j] = row_dot(w, std::span(sums).subspan(j * hidden, hidden));
            }
        }
    }
    return scores;
    // SOLUTION END
}

// TODO(2.3): softmax of the scores, then the mixture of values.
//   Ask:      what of 2.1 is the same here? masked_softmax is yours already, and the mixture knows nothing of how
//             weights came about.
//   Traps:    no 1 / sqrt(hidden). A masked v may hold NaN here as well.
AttentionResult additive_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                   const Tensor<2>& score_vectors, const Mask& mask) {
    // SOLUTION BEGIN 2.3
    require_same_axis("additive_attention", "batch", Named{"k", k}, 0, Named{"v", v}, 0);
    require_same_axis("additive_attention", "heads", Named{"k", k}, 1, Named{"v", v}, 1);
    require_same_axis("additive_attention", "kv_len", Named{"k", k}, 2, Named{"v", v}, 2);
    AttentionResult result;
    result.weights = masked_softmax(additive_scores(q, k, score_vectors), mask);
    result.output = mix_values(result.weights, v);
    return result;
    // SOLUTION END
}

// TODO(2.3): the whole module, as in 2.2 but with additive_attention in the middle.
//   Start:    project_heads and project_output of 2.2 serve here too: only what lies between them differs.
MultiHeadResult multi_head_additive_attention(const AdditiveWeights& weights, const Tensor<3>& query,
                                              const Tensor<3>& key, const Tensor<3>& value, const Mask& mask) {
    // SOLUTION BEGIN 2.3
    const ProjectedHeads heads = project_heads(weights.projections, query, key, value);
    AttentionResult attended = additive_attention(heads.q, heads.k, heads.v, weights.score_vectors, mask);
    return {project_output(weights.projections, attended.output), std::move(attended.weights)};
    // SOLUTION END
}

}  // namespace wb
