/// @file
/// Exercise 4.7: attention rollout. The contract is chapters/04_vit/rollout.hpp.
#include "rollout.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

#include "attention_checks.hpp"
#include "wb/matmul.hpp"
#include "wb/shape_checks.hpp"

namespace wb {

// TODO(4.7): one matrix of a layer's heads.
//   Ask:      rows of the heads sum to 1. Which of the three fusions leaves that so, and what are the sums after the others?
//   Traps:    a minimum that starts at 0 stays there.
Tensor<2> fuse_heads(const Tensor<3>& weights, HeadFusion fusion) {
    // SOLUTION BEGIN 4.7
    require_same_axis("fuse_heads", "tokens", Named{"weights", weights}, 1, Named{"weights", weights}, 2);
    const std::size_t heads = weights.shape(0), tokens = weights.shape(1), entries = tokens * tokens;
    if (heads == 0) throw ShapeError("fuse_heads: weights " + shape_text(weights) + " has no heads");
    Tensor<2> fused(std::array<std::size_t, 2>{tokens, tokens});
    std::copy_n(weights.data(), entries, fused.data());
    for (std::size_t head = 1; head < heads; ++head) {
        const float* of_head = weights.data() + head * entries;
        for (std::size_t n = 0; n < entries; ++n) {
            float& entry = fused.data()[n];
            switch (fusion) {
                case HeadFusion::average:
                    entry += of_head[n];
                    break;
                case HeadFusion::minimum:
                    entry = std::min(entry, of_head[n]);
                    break;
                case HeadFusion::maximum:
                    entry = std::max(entry, of_head[n]);
                    break;
            }
        }
    }
    if (fusion == HeadFusion::average) fused /= static_cast<float>(heads);
    return fused;
    // SOLUTION END
}

// TODO(4.7): the weakest links become 0.
//   Start:    the places of all entries outside column 0, in an order: by weight, and of equal weights by place. The first
//             floor(ratio * tokens * (tokens - 1)) of them go, in double, from the left. std::nth_element does not even sort the rest.
//   Ask:      why must no link to the class token go, when the picture shows only patches?
//   Traps:    "everything below a threshold" cuts too much or too little where weights are equal.
Tensor<2> discard_weakest(const Tensor<2>& weights, double discard_ratio) {
    // SOLUTION BEGIN 4.7
    require_same_axis("discard_weakest", "tokens", Named{"weights", weights}, 0, Named{"weights", weights}, 1);
    if (!(discard_ratio >= 0 && discard_ratio < 1)) {
        throw std::invalid_argument("discard_weakest: discard_ratio is from 0 to less than 1, got " +
                                    std::to_string(discard_ratio));
    }
    const std::size_t tokens = weights.shape(0);
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < weights.size(); ++place) {
        if (place % tokens != 0) places.push_back(place);
    }
    const double share = discard_ratio * static_cast<double>(tokens) * (static_cast<double>(tokens) - 1);
    const auto cut = places.begin() + static_cast<std::ptrdiff_t>(share);
    const float* weight = weights.data();
    std::nth_element(places.begin(), cut, places.end(), [&](std::size_t a, std::size_t b) {
        return weight[a] < weight[b] || (weight[a] == weight[b] && a < b);
    });
    Tensor<2> kept = weights;
    for (auto place = places.begin(); place != cut; ++place) kept.data()[*place] = 0;
    return kept;
    // SOLUTION END
}

// TODO(4.7): half attention, half residual connection; rows that sum to 1.
//   Equation: A = 0.5 W + 0.5 I, then A_ij / sum_j A_ij.
//   Ask:      a token gives its weights away along its row. What would a column's sum mean?
//   Traps:    wb::sum keeps the axis, so that [tokens, 1] divides each row; a sum over axis 0 is [1, tokens] and divides columns.
//             A lazy xt::sum within the expression reads out of bounds (wb/tensor.hpp).
Tensor<2> with_residual(const Tensor<2>& weights) {
    // SOLUTION BEGIN 4.7
    require_same_axis("with_residual", "tokens", Named{"weights", weights}, 0, Named{"weights", weights}, 1);
    Tensor<2> mixed = 0.5F * weights;
    for (std::size_t token = 0; token < mixed.shape(0); ++token) mixed(token, token) += 0.5F;
    const Tensor<2> row_sums = sum(mixed, 1);
    return mixed / row_sums;
    // SOLUTION END
}

// TODO(4.7): the products, layer after layer.
//   Equation: R_l = A_l R_(l-1), and R_1 = A_1.
//   Start:    fuse, cut, mix, multiply. wb::matmul (wb/matmul.hpp) takes matrices.
//   Ask:      token i after layer 2 is a mixture, by row i of A_2, of tokens after layer 1. What are those made of? So on which side of
//             what was there does A_2 stand?
//   Traps:    A_1 A_2 has rows that sum to 1, too, and looks just as well on a photograph.
Tensor<3> attention_rollout(const std::vector<Tensor<4>>& attention, std::size_t picture,
                            const RolloutOptions& options) {
    // SOLUTION BEGIN 4.7
    require_layers("attention_rollout", attention, picture);
    const std::size_t heads = attention[0].shape(1), tokens = attention[0].shape(2);
    Tensor<3> rollout(std::array<std::size_t, 3>{attention.size(), tokens, tokens});
    Tensor<3> weights(std::array<std::size_t, 3>{heads, tokens, tokens});
    Tensor<2> so_far;
    for (std::size_t layer = 0; layer < attention.size(); ++layer) {
        std::copy_n(attention[layer].data() + picture * weights.size(), weights.size(), weights.data());
        const Tensor<2> mixed =
            with_residual(discard_weakest(fuse_heads(weights, options.fusion), options.discard_ratio));
        so_far = layer == 0 ? mixed : matmul(mixed, so_far);
        std::copy(so_far.begin(), so_far.end(), rollout.data() + layer * so_far.size());
    }
    return rollout;
    // SOLUTION END
}

// TODO(4.7): the class token's row as a map.
//   Traps:    the row sums to 1 with the class token's share in itself, and without it to less. With no patch at all in the class
//             token, 0 / 0 is NaN.
Tensor<2> rollout_map(const Tensor<2>& rollout) {
    // SOLUTION BEGIN 4.7
    require_same_axis("rollout_map", "tokens", Named{"rollout", rollout}, 0, Named{"rollout", rollout}, 1);
    const std::size_t grid = grid_of_tokens("rollout_map", rollout.shape(0));
    Tensor<2> map(std::array<std::size_t, 2>{grid, grid});
    std::copy_n(rollout.data() + 1, map.size(), map.data());
    const float total = std::accumulate(map.begin(), map.end(), 0.0F);
    if (total > 0) map /= total;
    return map;
    // SOLUTION END
}

}  // namespace wb
