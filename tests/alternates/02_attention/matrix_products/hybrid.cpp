// NOTE: both scores as whole tensors, mixed with two factors.
#include "hybrid.hpp"

#include <cmath>
#include <sstream>
#include <stdexcept>

#include "shape_checks.hpp"
#include "wb/matmul.hpp"

namespace wb {

MultiHeadResult hybrid_attention(const HybridWeights& weights, const Tensor<3>& query, const Tensor<3>& key,
                                 const Tensor<3>& value, const Mask& mask) {
    const std::size_t num_heads = weights.additive.projections.num_heads;
    require_axis_size("hybrid_attention", Named{"gates", weights.gates}, 0, num_heads, "num_heads");
    for (std::size_t h = 0; h < num_heads; ++h) {
        if (std::isnan(weights.gates(h)) || weights.gates(h) < 0 || weights.gates(h) > 1) {
            std::ostringstream text;
            text << "hybrid_attention: gates[" << h << "] is " << weights.gates(h) << "; use a number from 0 to 1";
            throw std::invalid_argument(text.str());
        }
    }
    const ProjectedHeads heads = project_heads(weights.additive.projections, query, key, value);
    const Tensor<4> additive = additive_scores(heads.q, heads.k, weights.additive.score_vectors);
    Tensor<4> scores = matmul(heads.q, heads.k, Transpose::no, Transpose::yes);
    const float root = std::sqrt(static_cast<float>(heads.q.shape(3)));
    for (std::size_t b = 0; b < scores.shape(0); ++b)
        for (std::size_t h = 0; h < num_heads; ++h)
            for (std::size_t i = 0; i < scores.shape(2); ++i)
                for (std::size_t j = 0; j < scores.shape(3); ++j) {
                    const float gate = weights.gates(h);
                    scores(b, h, i, j) = (1 - gate) * (scores(b, h, i, j) / root) + gate * additive(b, h, i, j);
                }
    const Tensor<4> attended = masked_softmax(scores, mask);
    return {project_output(weights.additive.projections, mix_values(attended, heads.v)), attended};
}

}  // namespace wb
