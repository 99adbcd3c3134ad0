/// @file
/// Dot-product and additive attention by their defining sums. See attention_oracle.hpp.
#include "attention_oracle.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace wb::oracle {

bool sees(const Mask& mask, std::size_t b, std::size_t h, std::size_t i, std::size_t j, std::size_t q_len,
          std::size_t kv_len, const Flaws& flaws) {
    if (flaws.no_mask) return true;
    const auto key = static_cast<long>(j);
    const long own =
        static_cast<long>(i) + (flaws.causal_at_start ? 0 : static_cast<long>(kv_len) - static_cast<long>(q_len));
    if (mask.causal) {
        if (flaws.causal_reversed) {
            if (key < own) return false;
        } else if (flaws.causal_strict ? key >= own : key > own) {
            return false;
        }
        if (flaws.only_causal) return true;
    }
    if (!mask.key_lengths.empty()) {
        const auto length = static_cast<long>(mask.key_lengths[flaws.first_length_for_all ? 0 : b]);
        const long position = flaws.length_masks_queries ? static_cast<long>(i) : key;
        if (position >= length - (flaws.last_key_dropped ? 1 : 0)) return false;
    }
    if (mask.allowed) {
        const Tensor<4, bool>& allowed = *mask.allowed;
        const bool entry = allowed(allowed.shape(0) == 1 ? 0 : b, allowed.shape(1) == 1 ? 0 : h, i, j);
        if (entry == flaws.allowed_inverted) return false;
    }
    return true;
}

Tensor<4, double> dot_scores(const Tensor<4, double>& q, const Tensor<4, double>& k, const Flaws& flaws) {
    const std::size_t B = q.shape(0), H = q.shape(1), Tq = q.shape(2), D = q.shape(3), Tk = k.shape(2);
    double scale = 1.0 / std::sqrt(static_cast<double>(D));
    if (flaws.no_scale) scale = 1.0;
    if (flaws.scale_by_head_dim) scale = 1.0 / static_cast<double>(D);
    if (flaws.scale_by_all_heads) scale = 1.0 / std::sqrt(static_cast<double>(D * H));
    Tensor<4, double> scores(Tensor<4, double>::shape_type{B, H, Tq, Tk});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t i = 0; i < Tq; ++i)
                for (std::size_t j = 0; j < Tk; ++j) {
                    double total = 0.0;
                    for (std::size_t d = 0; d < D; ++d) total += q(b, h, i, d) * k(b, h, j, d);
                    scores(b, h, i, j) = total * scale;
                }
    return scores;
}

Tensor<4, double> additive_scores(const Tensor<4, double>& q, const Tensor<4, double>& k, const Tensor<2, double>& w,
                                  const Flaws& flaws) {
    const std::size_t B = q.shape(0), H = q.shape(1), Tq = q.shape(2), C = q.shape(3), Tk = k.shape(2);
    Tensor<4, double> scores(Tensor<4, double>::shape_type{B, H, Tq, Tk});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t i = 0; i < Tq; ++i)
                for (std::size_t j = 0; j < Tk; ++j) {
                    double total = 0.0;
                    for (std::size_t c = 0; c < C; ++c) {
                        const double x = q(b, h, i, c), y = k(b, h, j, c);
                        const double channel = flaws.no_tanh || flaws.tanh_outside ? x + y
                                               : flaws.tanh_each                   ? std::tanh(x) + std::tanh(y)
                                                                                   : std::tanh(x + y);
                        total += w(flaws.first_score_vector ? 0 : h, c) * channel;
                    }
                    if (flaws.tanh_outside) total = std::tanh(total);
                    if (flaws.additive_scaled) total /= std::sqrt(static_cast<double>(C));
                    scores(b, h, i, j) = total;
                }
    return scores;
}

namespace {

/// Softmax of one row or column given as the places it visits; a place may be masked.
struct Line {
    std::vector<double> scores;
    std::vector<bool> visible;

    [[nodiscard]] std::vector<double> softmax(const Flaws& flaws) const {
        const std::size_t n = scores.size();
        double largest = -std::numeric_limits<double>::infinity();
        bool any = false;
        for (std::size_t j = 0; j < n; ++j) {
            if (!visible[j] && !flaws.mask_after_softmax && !flaws.mask_as_zero_score) continue;
            any = true;
            const double s = flaws.mask_as_zero_score && !visible[j] ? 0.0 : scores[j];
            if (s > largest) largest = s;
        }
        std::vector<double> weights(n, 0.0);
        if (!any) {
            if (flaws.masked_row_uniform) weights.assign(n, 1.0 / static_cast<double>(n));
            return weights;
        }
        double total = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            if (!visible[j] && !flaws.mask_after_softmax && !flaws.mask_as_zero_score) continue;
            const double s = flaws.mask_as_zero_score && !visible[j] ? 0.0 : scores[j];
            weights[j] = std::exp(s - largest);
            total += weights[j];
        }
        for (std::size_t j = 0; j < n; ++j) {
            weights[j] /= total;
            if (flaws.mask_after_softmax && !visible[j]) weights[j] = 0.0;
        }
        return weights;
    }
};

}  // namespace

Tensor<4, double> masked_softmax(const Tensor<4, double>& scores, const Mask& mask, const Flaws& flaws) {
    const std::size_t B = scores.shape(0), H = scores.shape(1), Tq = scores.shape(2), Tk = scores.shape(3);
    Tensor<4, double> weights(scores.shape());
    const bool by_column = flaws.softmax_over_queries;
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t line = 0; line < (by_column ? Tk : Tq); ++line) {
                Line places;
                for (std::size_t n = 0; n < (by_column ? Tq : Tk); ++n) {
                    const std::size_t i = by_column ? n : line, j = by_column ? line : n;
                    places.scores.push_back(scores(b, h, i, j));
                    places.visible.push_back(sees(mask, b, h, i, j, Tq, Tk, flaws));
                }
                const std::vector<double> result = places.softmax(flaws);
                for (std::size_t n = 0; n < result.size(); ++n) {
                    (by_column ? weights(b, h, n, line) : weights(b, h, line, n)) = result[n];
                }
            }
    return weights;
}

Tensor<4, double> mix(const Tensor<4, double>& weights, const Tensor<4, double>& v) {
    const std::size_t B = weights.shape(0), H = weights.shape(1), Tq = weights.shape(2), Tk = weights.shape(3);
    const std::size_t V = v.shape(3);
    Tensor<4, double> output(Tensor<4, double>::shape_type{B, H, Tq, V});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t i = 0; i < Tq; ++i)
                for (std::size_t d = 0; d < V; ++d) {
                    double total = 0.0;
                    for (std::size_t j = 0; j < Tk; ++j) {
                        if (weights(b, h, i, j) != 0.0) total += weights(b, h, i, j) * v(b, h, j, d);
                    }
                    output(b, h, i, d) = total;
                }
    return output;
}

Attention attention(const Tensor<4, double>& q, const Tensor<4, double>& k, const Tensor<4, double>& v,
                    const Mask& mask, const Flaws& flaws) {
    Attention result;
    result.weights = masked_softmax(dot_scores(q, k, flaws), mask, flaws);
    result.output = mix(result.weights, v);
    return result;
}

Attention additive_attention(const Tensor<4, double>& q, const Tensor<4, double>& k, const Tensor<4, double>& v,
                             const Tensor<2, double>& w, const Mask& mask, const Flaws& flaws) {
    Attention result;
    result.weights = masked_softmax(additive_scores(q, k, w, flaws), mask, flaws);
    result.output = mix(result.weights, v);
    return result;
}

}  // namespace wb::oracle
