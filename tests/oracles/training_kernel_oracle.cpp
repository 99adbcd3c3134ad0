/// @file
/// Attention for short sequences, AdamW and embeddings by plain loops. See training_kernel_oracle.hpp.
#include "training_kernel_oracle.hpp"

#include <algorithm>
#include <cmath>

namespace wb::oracle {
namespace {

/// Whether query i sees key j.
bool sees(std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t q_len, std::ptrdiff_t kv_len, bool causal,
          const ShortAttentionFlaws& flaws) {
    if (!causal || flaws.no_mask) return true;
    const std::ptrdiff_t own = flaws.causal_at_start ? i : i + kv_len - q_len;
    return flaws.causal_strict ? j < own : j <= own;
}

}  // namespace

ShortAttention short_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v, bool causal,
                               const ShortAttentionFlaws& flaws) {
    const std::size_t B = q.shape(0), H = q.shape(1), Tq = q.shape(2), D = q.shape(3), Tk = k.shape(2);
    double scale = 1.0 / std::sqrt(static_cast<double>(D));
    if (flaws.no_scale) scale = 1.0;
    if (flaws.scale_by_head_dim) scale *= scale;
    ShortAttention result{zeros<4, double>({B, H, Tq, D}), zeros<4, double>({B, H, Tq, Tk})};
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t i = 0; i < Tq; ++i) {
                std::vector<double> scores(Tk, -INFINITY);
                for (std::size_t j = 0; j < Tk; ++j) {
                    if (!sees(std::ptrdiff_t(i), std::ptrdiff_t(j), std::ptrdiff_t(Tq), std::ptrdiff_t(Tk), causal,
                              flaws))
                        continue;
                    scores[j] = 0;
                    for (std::size_t d = 0; d < D; ++d)
                        scores[j] += scale * static_cast<double>(q(b, h, i, d)) * static_cast<double>(k(b, h, j, d));
                }
                double largest = -INFINITY, sum = 0;
                for (const double score : scores) largest = std::max(largest, score);
                if (largest == -INFINITY) continue;
                for (const double score : scores) sum += std::exp(score - largest);
                if (flaws.not_divided) sum = 1;
                for (std::size_t j = 0; j < Tk; ++j) {
                    const double weight = std::exp(scores[j] - largest) / sum;
                    result.weights(b, h, i, j) = weight;
                    for (std::size_t d = 0; d < D; ++d)
                        result.out(b, h, i, d) += weight * static_cast<double>(v(b, h, j, d));
                }
            }
    return result;
}

ShortAttentionGradients short_attention_backward(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v,
                                                 const Tensor<4, double>& weights, const Tensor<4>& d_out,
                                                 const ShortAttentionFlaws& flaws) {
    const std::size_t B = q.shape(0), H = q.shape(1), Tq = q.shape(2), D = q.shape(3), Tk = k.shape(2);
    const double scale = 1.0 / std::sqrt(static_cast<double>(D));
    const double scale_q = flaws.dq_without_scale ? 1.0 : scale, scale_k = flaws.dk_without_scale ? 1.0 : scale;
    ShortAttentionGradients g{zeros<4, double>({B, H, Tq, D}), zeros<4, double>({B, H, Tk, D}),
                              zeros<4, double>({B, H, Tk, D})};
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h) {
            const auto w = [&](std::size_t i, std::size_t j) { return weights(b, h, i, j); };
            Tensor<2, double> dw = zeros<2, double>({Tq, Tk});
            for (std::size_t i = 0; i < Tq; ++i)
                for (std::size_t j = 0; j < Tk; ++j) {
                    for (std::size_t d = 0; d < D; ++d)
                        dw(i, j) += static_cast<double>(d_out(b, h, i, d)) * static_cast<double>(v(b, h, j, d));
                    for (std::size_t d = 0; d < D; ++d)
                        g.dv(b, h, j, d) +=
                            (flaws.dv_by_d_weights ? dw(i, j) : w(i, j)) * static_cast<double>(d_out(b, h, i, d));
                }
            for (std::size_t i = 0; i < Tq; ++i)
                for (std::size_t m = 0; m < Tk; ++m) {
                    double ds = 0;  // through d w_j / d s_m = w_j ([j = m] - w_m)
                    for (std::size_t j = 0; j < Tk; ++j) ds += dw(i, j) * w(i, j) * ((j == m ? 1.0 : 0.0) - w(i, m));
                    if (flaws.no_row_term) ds = w(i, m) * dw(i, m);
                    if (flaws.column_term) {
                        ds = dw(i, m);
                        for (std::size_t n = 0; n < Tq; ++n) ds -= w(n, m) * dw(n, m);
                        ds *= w(i, m);
                    }
                    if (flaws.row_term_unweighted) {
                        ds = dw(i, m);
                        for (std::size_t j = 0; j < Tk; ++j) ds -= dw(i, j);
                        ds *= w(i, m);
                    }
                    for (std::size_t d = 0; d < D; ++d) {
                        g.dq(b, h, i, d) += scale_q * ds * static_cast<double>(k(b, h, m, d));
                        g.dk(b, h, m, d) += scale_k * ds * static_cast<double>(q(b, h, i, d));
                    }
                }
        }
    return g;
}

AdamWTrace adamw(const Tensor<1>& parameters, const Tensor<1>& first, const Tensor<1>& second,
                 const Tensor<2>& gradients, const AdamWSettings& settings, const AdamWFlaws& flaws) {
    const std::size_t steps = gradients.shape(0), count = parameters.size();
    AdamWTrace trace{zeros<2, double>({steps, count}), zeros<2, double>({steps, count}),
                     zeros<2, double>({steps, count})};
    const double rate = settings.learning_rate, decay = settings.weight_decay;
    double new1 = 1 - settings.beta1, new2 = 1 - settings.beta2;
    if (flaws.float_one_minus_beta) {
        new1 = static_cast<double>(1.0F - static_cast<float>(settings.beta1));
        new2 = static_cast<double>(1.0F - static_cast<float>(settings.beta2));
    }
    for (std::size_t i = 0; i < count; ++i) {
        double p = static_cast<double>(parameters(i)), m = static_cast<double>(first(i)),
               v = static_cast<double>(second(i));
        for (std::size_t s = 0; s < steps; ++s) {
            const double step =
                static_cast<double>(settings.first_step) + static_cast<double>(s) + (flaws.steps_from_zero ? 1 : 0);
            double c1 = 1 - std::pow(settings.beta1, step), c2 = 1 - std::pow(settings.beta2, step);
            if (flaws.no_correction) c1 = 1;
            if (flaws.no_correction || flaws.first_correction_only) c2 = 1;
            const double raw = static_cast<double>(gradients(s, i));
            double g = raw * (flaws.scale_ignored ? 1 : settings.gradient_scale);
            if (flaws.l2)
                g += decay * p;
            else if (flaws.decay_without_rate)
                p *= 1 - decay;
            else if (!flaws.no_decay)
                p *= 1 - rate * decay;
            const double old_m = m;
            m = settings.beta1 * m + new1 * g;
            const double g_of_v = flaws.scale_for_first_only ? raw : g;
            v = settings.beta2 * v + new2 * g_of_v * g_of_v;
            double root = std::sqrt(v / c2) + settings.epsilon;
            if (flaws.epsilon_in_root) root = std::sqrt(v / c2 + settings.epsilon);
            if (flaws.epsilon_before_correction) root = (std::sqrt(v) + settings.epsilon) / std::sqrt(c2);
            const double change = rate * ((flaws.against_old_first ? old_m : m) / c1) / root;
            p += flaws.ascends ? change : -change;
            trace.parameters(s, i) = p;
            trace.first(s, i) = m;
            trace.second(s, i) = v;
        }
    }
    return trace;
}

namespace {

/// The row that a token means, or none (-1).
std::ptrdiff_t row_of(std::size_t n, const std::vector<std::int32_t>& tokens, std::size_t rows,
                      const EmbeddingFlaws& flaws) {
    const auto last = static_cast<std::ptrdiff_t>(rows) - 1;
    if (last < 0) return -1;
    if (flaws.row_of_place) return std::min(static_cast<std::ptrdiff_t>(n), last);
    const std::ptrdiff_t token = tokens[n];
    if (token >= 0 && token <= last) return token;
    return flaws.strangers_in_last_row ? std::clamp<std::ptrdiff_t>(token, 0, last) : -1;
}

}  // namespace

Tensor<2, double> embedding_gather(const Tensor<2>& table, const std::vector<std::int32_t>& tokens,
                                   const EmbeddingFlaws& flaws) {
    Tensor<2, double> out = zeros<2, double>({tokens.size(), table.shape(1)});
    for (std::size_t n = 0; n < tokens.size(); ++n) {
        const std::ptrdiff_t row = row_of(n, tokens, table.shape(0), flaws);
        if (row < 0) continue;
        const std::size_t end = flaws.one_warp_of_channels ? std::min<std::size_t>(32, table.shape(1)) : table.shape(1);
        for (std::size_t c = 0; c < end; ++c) out(n, c) = static_cast<double>(table(static_cast<std::size_t>(row), c));
    }
    return out;
}

Tensor<2, double> embedding_scatter_add(const Tensor<2>& d_out, const std::vector<std::int32_t>& tokens,
                                        const Tensor<2>& before, const EmbeddingFlaws& flaws) {
    Tensor<2, double> table = zeros<2, double>({before.shape(0), before.shape(1)});
    if (!flaws.starts_from_zero) std::copy(before.begin(), before.end(), table.begin());
    std::vector<bool> seen(before.shape(0), false);
    for (std::size_t n = 0; n < tokens.size(); ++n) {
        const std::ptrdiff_t signed_row = row_of(n, tokens, before.shape(0), flaws);
        if (signed_row < 0) continue;
        const auto row = static_cast<std::size_t>(signed_row);
        const std::size_t end =
            flaws.one_warp_of_channels ? std::min<std::size_t>(32, before.shape(1)) : before.shape(1);
        for (std::size_t c = 0; c < end; ++c) {
            double& sum = table(row, c);
            if (flaws.last_token_wins) sum = static_cast<double>(before(row, c));
            if (flaws.overwrites && !seen[row]) sum = 0;
            if (flaws.assigns) sum = 0;
            sum += static_cast<double>(d_out(n, c));
        }
        seen[row] = true;
    }
    return table;
}

}  // namespace wb::oracle
