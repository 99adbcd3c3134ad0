#include "gated_attention_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace wb::oracle {
namespace {

const NamedWeights& named(const ModelWeights& weights, const std::string& name) {
    const auto found =
        std::find_if(weights.begin(), weights.end(), [&](const NamedWeights& one) { return one.name == name; });
    if (found == weights.end()) throw std::invalid_argument("gated_attention: no parameter " + name);
    return *found;
}

/// row `r` of weight times a vector, and the bias.
double dense(const NamedWeights& weight, const NamedWeights& bias, std::size_t r, const double* x, std::size_t in) {
    double total = static_cast<double>(bias.values[r]);
    for (std::size_t i = 0; i < in; ++i) total += static_cast<double>(weight.values[r * in + i]) * x[i];
    return total;
}

}  // namespace

GatedAttentionAnswer gated_attention(const GatedAttention& g, const GateFlaws& flaws) {
    const std::size_t batch = g.x.shape(0), q_len = g.x.shape(1), d_model = g.x.shape(2), kv_len = g.memory.shape(1);
    const std::size_t columns = g.heads * g.head_dim;
    const auto part = [&](const char* name, const char* which) -> const NamedWeights& {
        return named(g.parameters, std::string(name) + "." + which);
    };
    const auto gate = [&](std::size_t b, std::size_t h) {
        if (g.gates.empty() || flaws.ignored) return 1.0;
        if (flaws.reversed) h = g.heads - 1 - h;
        const bool own = g.gates.size() == batch * g.heads && batch > 1;
        return g.gates[(own && !flaws.first_entry ? b * g.heads : 0) + h];
    };
    GatedAttentionAnswer answer{zeros<3, double>({batch, q_len, d_model}),
                                zeros<4, double>({batch, g.heads, q_len, kv_len})};
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t i = 0; i < q_len; ++i) {
            std::vector<double> mixed(columns);
            for (std::size_t h = 0; h < g.heads; ++h) {
                std::vector<double> weights(kv_len);
                double total = 0;
                for (std::size_t j = 0; j < kv_len; ++j) {
                    if (g.causal && j + q_len > i + kv_len) continue;
                    if (!g.key_lengths.empty() && j >= static_cast<std::size_t>(g.key_lengths[b])) continue;
                    double score = 0;
                    for (std::size_t d = 0; d < g.head_dim; ++d) {
                        const std::size_t row = flaws.interleaved ? d * g.heads + h : h * g.head_dim + d;
                        score += dense(part("query", "weight"), part("query", "bias"), row, &g.x(b, i, 0), d_model) *
                                 dense(part("key", "weight"), part("key", "bias"), row, &g.memory(b, j, 0), d_model);
                    }
                    score /= std::sqrt(static_cast<double>(g.head_dim));
                    if (flaws.on_weights) score *= gate(b, h);
                    weights[j] = std::exp(score);
                    total += weights[j];
                }
                for (std::size_t j = 0; j < kv_len; ++j) {
                    if (total == 0) continue;
                    answer.weights(b, h, i, j) = weights[j] / total;
                    for (std::size_t d = 0; d < g.head_dim; ++d) {
                        const std::size_t row = flaws.interleaved ? d * g.heads + h : h * g.head_dim + d;
                        mixed[row] +=
                            weights[j] / total *
                            dense(part("value", "weight"), part("value", "bias"), row, &g.memory(b, j, 0), d_model);
                    }
                }
                const bool gated = !flaws.on_weights && !flaws.on_output && !flaws.with_bias;
                for (std::size_t d = 0; d < g.head_dim && gated; ++d) {
                    const std::size_t row = flaws.interleaved ? d * g.heads + h : h * g.head_dim + d;
                    mixed[row] *= flaws.squared ? gate(b, h) * gate(b, h) : gate(b, h);
                }
            }
            double mean_gate = 0;
            for (std::size_t h = 0; h < g.heads; ++h) mean_gate += gate(b, h) / static_cast<double>(g.heads);
            for (std::size_t c = 0; c < d_model; ++c) {
                double& out = answer.out(b, i, c);
                out = flaws.no_output
                          ? mixed[c]
                          : dense(part("output", "weight"), part("output", "bias"), c, mixed.data(), columns);
                if (flaws.on_output) out *= gate(b, std::min(c / g.head_dim, g.heads - 1));
                if (flaws.with_bias) out *= mean_gate;
            }
        }
    }
    return answer;
}

}  // namespace wb::oracle
