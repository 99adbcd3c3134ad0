// NOTE: one pair of query and key at a time, std::tanh on single numbers: the least memory there can be.
#include "additive.hpp"

#include <cmath>

#include "shape_checks.hpp"

namespace wb {

Tensor<4> additive_scores(const Tensor<4>& q, const Tensor<4>& k, const Tensor<2>& score_vectors) {
    for (const std::size_t axis : {0, 1, 3}) {
        require_same_axis("additive", "one axis", Named{"q", q}, axis, Named{"k", k}, axis);
    }
    require_same_axis("additive", "heads", Named{"score_vectors", score_vectors}, 0, Named{"q", q}, 1);
    require_same_axis("additive", "hidden", Named{"score_vectors", score_vectors}, 1, Named{"q", q}, 3);
    Tensor<4> scores = zeros<4>({q.shape(0), q.shape(1), q.shape(2), k.shape(2)});
    for (std::size_t b = 0; b < q.shape(0); ++b)
        for (std::size_t h = 0; h < q.shape(1); ++h)
            for (std::size_t i = 0; i < q.shape(2); ++i)
                for (std::size_t j = 0; j < k.shape(2); ++j)
                    for (std::size_t c = 0; c < q.shape(3); ++c) {
                        scores(b, h, i, j) += score_vectors(h, c) * std::tanh(q(b, h, i, c) + k(b, h, j, c));
                    }
    return scores;
}

AttentionResult additive_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                   const Tensor<2>& score_vectors, const Mask& mask) {
    AttentionResult result;
    result.weights = masked_softmax(additive_scores(q, k, score_vectors), mask);
    result.output = mix_values(result.weights, v);
    return result;
}

MultiHeadResult multi_head_additive_attention(const AdditiveWeights& weights, const Tensor<3>& query,
                                              const Tensor<3>& key, const Tensor<3>& value, const Mask& mask) {
    const ProjectedHeads heads = project_heads(weights.projections, query, key, value);
    const AttentionResult attended = additive_attention(heads.q, heads.k, heads.v, weights.score_vectors, mask);
    return {project_output(weights.projections, attended.output), attended.weights};
}

}  // namespace wb
