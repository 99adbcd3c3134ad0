// NOTE: both scores as single sums, mixed element by element; a side whose factor is 0 is skipped altogether.
#include "hybrid.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "shape_checks.hpp"

namespace wb {

MultiHeadResult hybrid_attention(const HybridWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                                 const Tensor<3>& value, const Mask& mask) {
    const MultiHeadWeights& projections = weights.additive.projections;
    const Tensor<2>& w = weights.additive.score_vectors;
    require_axis_size("hybrid", Named{"gates", weights.gates}, 0, projections.num_heads, "one for each head");
    for (std::size_t h = 0; h < projections.num_heads; ++h) {
        const bool inside = weights.gates(h) >= 0 && weights.gates(h) <= 1;
        if (!inside) {
            throw std::invalid_argument("gates[" + std::to_string(h) + "] = " + std::to_string(weights.gates(h)) +
                                        " is not between 0 and 1");
        }
    }
    const ProjectedHeads heads = project_heads(projections, query, key, value);
    const Tensor<4>&q = heads.q, &k = heads.k;
    require_same_axis("hybrid", "heads", Named{"score_vectors", w}, 0, Named{"q", q}, 1);
    require_same_axis("hybrid", "hidden", Named{"score_vectors", w}, 1, Named{"q", q}, 3);
    Tensor<4> scores = zeros<4>({q.shape(0), q.shape(1), q.shape(2), k.shape(2)});
    for (std::size_t b = 0; b < q.shape(0); ++b)
        for (std::size_t h = 0; h < q.shape(1); ++h)
            for (std::size_t i = 0; i < q.shape(2); ++i)
                for (std::size_t j = 0; j < k.shape(2); ++j) {
                    const float gate = weights.gates(h);
                    float dot = 0, additive = 0;
                    for (std::size_t d = 0; d < q.shape(3); ++d) {
                        if (gate < 1) dot += q(b, h, i, d) * k(b, h, j, d);
                        if (gate > 0) additive += w(h, d) * std::tanh(q(b, h, i, d) + k(b, h, j, d));
                    }
                    scores(b, h, i, j) = (1 - gate) * dot / std::sqrt(static_cast<float>(q.shape(3))) + gate * additive;
                }
    const Tensor<4> attended = masked_softmax(scores, mask);
    return {project_output(projections, mix_values(attended, heads.v)), attended};
}

}  // namespace wb
