// NOTE: whole matrices P and ds of a head, filled by loops over elements; masked pairs keep P = ds = 0 and are skipped.
#include "attention_backward.hpp"

#include <cmath>

#include "attention.hpp"
#include "shape_checks.hpp"

namespace wb {

AttentionGradients scaled_dot_product_attention_backward(const Tensor<4, double>& q, const Tensor<4, double>& k,
                                                         const Tensor<4, double>& v, const Tensor<4, double>& d_output,
                                                         const Mask& mask) {
    for (const std::size_t axis : {0, 1, 3}) {
        require_same_axis("backward", "one axis", Named{"q", q}, axis, Named{"k", k}, axis);
    }
    for (const std::size_t axis : {0, 1, 2}) {
        require_same_axis("backward", "one axis", Named{"k", k}, axis, Named{"v", v}, axis);
        require_same_axis("backward", "one axis", Named{"q", q}, axis, Named{"d_output", d_output}, axis);
    }
    require_same_axis("backward", "v_dim", Named{"v", v}, 3, Named{"d_output", d_output}, 3);
    const auto [B, H, q_len, D] = q.shape();
    const std::size_t kv_len = k.shape(2), V = v.shape(3);
    require_mask_fits("backward", mask, B, H, q_len, kv_len);
    const double root = std::sqrt(static_cast<double>(D));

    AttentionGradients g{zeros<4, double>({B, H, q_len, D}), zeros<4, double>({B, H, kv_len, D}),
                         zeros<4, double>({B, H, kv_len, V})};
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h) {
            Tensor<2, double> P = zeros<2, double>({q_len, kv_len}), dP = P;
            for (std::size_t i = 0; i < q_len; ++i) {
                double total = 0, largest = -INFINITY, mean = 0;
                for (std::size_t j = 0; j < visible_keys(mask, b, i, q_len, kv_len); ++j) {
                    if (mask.allowed &&
                        !(*mask.allowed)(b % mask.allowed->shape(0), h % mask.allowed->shape(1), i, j)) {
                        continue;
                    }
                    double score = 0;
                    for (std::size_t d = 0; d < D; ++d) score += q(b, h, i, d) * k(b, h, j, d) / root;
                    for (std::size_t d = 0; d < V; ++d) dP(i, j) += d_output(b, h, i, d) * v(b, h, j, d);
                    // The sum so far is relative to the old maximum: an online softmax.
                    const double before = largest;
                    largest = std::max(largest, score);
                    const double factor = std::exp(before - largest), weight = std::exp(score - largest);
                    for (std::size_t earlier = 0; earlier < j; ++earlier) P(i, earlier) *= factor;
                    total = total * factor + weight;
                    P(i, j) = weight;
                }
                for (std::size_t j = 0; j < kv_len && total > 0; ++j) P(i, j) /= total;
                for (std::size_t j = 0; j < kv_len; ++j) mean += P(i, j) * dP(i, j);
                for (std::size_t j = 0; j < kv_len; ++j) {
                    if (P(i, j) == 0) continue;
                    const double ds = P(i, j) * (dP(i, j) - mean) / root;
                    for (std::size_t d = 0; d < D; ++d) {
                        g.dq(b, h, i, d) += ds * k(b, h, j, d);
                        g.dk(b, h, j, d) += ds * q(b, h, i, d);
                    }
                    for (std::size_t d = 0; d < V; ++d) g.dv(b, h, j, d) += P(i, j) * d_output(b, h, i, d);
                }
            }
        }
    return g;
}

}  // namespace wb
