/// @file
/// Multi-head attention, dot-product, additive or mixed, without ever splitting or merging a tensor: each head's
/// channels are picked by index. See attention_oracle.hpp.
#include <cmath>

#include "attention_oracle.hpp"

namespace wb::oracle {
namespace {

/// y[b, h, t, c] = sum_e w[row(h, c), e] x[b, t, e] + bias[row(h, c)], row(h, c) = h * dim + c. Split by a reshape alone, it is
/// the number at the flat place of [h, t, c] in [time, heads * dim].
Tensor<4, double> project_heads(const Tensor<3>& x, const Tensor<2>& w, const Tensor<1>* bias, std::size_t heads,
                                const Flaws& flaws) {
    const std::size_t B = x.shape(0), T = x.shape(1), E = x.shape(2), dim = w.shape(0) / heads;
    Tensor<4, double> y(Tensor<4, double>::shape_type{B, heads, T, dim});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < heads; ++h)
            for (std::size_t t = 0; t < T; ++t)
                for (std::size_t c = 0; c < dim; ++c) {
                    std::size_t row = flaws.heads_interleaved ? c * heads + h : h * dim + c, time = t;
                    if (flaws.split_without_transpose) {
                        const std::size_t flat = (h * T + t) * dim + c;
                        time = flat / (heads * dim);
                        row = flat % (heads * dim);
                    }
                    double total = bias != nullptr && !flaws.no_input_biases ? static_cast<double>((*bias)(row)) : 0.0;
                    for (std::size_t e = 0; e < E; ++e) {
                        total += static_cast<double>(w(row, e)) * static_cast<double>(x(b, time, e));
                    }
                    y(b, h, t, c) = total;
                }
    return y;
}

/// (1 - gate) * dot + gate * additive, per head.
Tensor<4, double> mixed(const Tensor<4, double>& dot, const Tensor<4, double>& additive, const Tensor<1>& gates,
                        const Flaws& flaws) {
    Tensor<4, double> result(dot.shape());
    for (std::size_t b = 0; b < dot.shape(0); ++b)
        for (std::size_t h = 0; h < dot.shape(1); ++h) {
            double gate = static_cast<double>(gates(flaws.first_gate ? 0 : h));
            if (flaws.gate_swapped) gate = 1.0 - gate;
            if (flaws.gate_squashed) gate = 1.0 / (1.0 + std::exp(-gate));
            for (std::size_t i = 0; i < dot.shape(2); ++i)
                for (std::size_t j = 0; j < dot.shape(3); ++j) {
                    result(b, h, i, j) = (1.0 - gate) * dot(b, h, i, j) + gate * additive(b, h, i, j);
                }
        }
    return result;
}

}  // namespace

MultiHead hybrid(const HybridWeights& weights, const Tensor<3>& query, const Tensor<3>& key, const Tensor<3>& value,
                 const Mask& mask, const Flaws& flaws) {
    const MultiHeadWeights& p = weights.additive.projections;
    const std::size_t heads = p.num_heads;
    const bool biased = p.biases.has_value();
    const Tensor<4, double> q = project_heads(query, p.w_query, biased ? &p.biases->query : nullptr, heads, flaws);
    const Tensor<4, double> k = project_heads(key, p.w_key, biased ? &p.biases->key : nullptr, heads, flaws);
    const Tensor<4, double> v =
        project_heads(flaws.key_as_value ? key : value, p.w_value, biased ? &p.biases->value : nullptr, heads, flaws);

    MultiHead result;
    const Tensor<4, double> dot = dot_scores(q, k, flaws);
    if (weights.additive.score_vectors.size() == 0) {
        result.weights = masked_softmax(dot, mask, flaws);
    } else {
        const Tensor<4, double> additive = additive_scores(q, k, to_double(weights.additive.score_vectors), flaws);
        if (flaws.gate_after_softmax) {
            result.weights =
                mixed(masked_softmax(dot, mask, flaws), masked_softmax(additive, mask, flaws), weights.gates, flaws);
        } else {
            result.weights = masked_softmax(mixed(dot, additive, weights.gates, flaws), mask, flaws);
        }
    }
    const Tensor<4, double> heads_output = mix(result.weights, v);

    const std::size_t B = query.shape(0), Tq = query.shape(1), V = v.shape(3), out = p.w_output.shape(0);
    result.output = Tensor<3, double>(Tensor<3, double>::shape_type{B, Tq, out});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t i = 0; i < Tq; ++i)
            for (std::size_t o = 0; o < out; ++o) {
                double total = biased && !flaws.no_output_bias ? static_cast<double>(p.biases->output(o)) : 0.0;
                for (std::size_t h = 0; h < heads; ++h)
                    for (std::size_t d = 0; d < V; ++d) {
                        std::size_t from_head = h, from_time = i, from_dim = d;
                        if (flaws.merge_without_transpose) {  // the flat place in [time, heads * dim], read in [heads,
                                                              // time, dim]
                            const std::size_t flat = (i * heads + h) * V + d;
                            from_head = flat / (Tq * V);
                            from_time = flat / V % Tq;
                            from_dim = flat % V;
                        }
                        const std::size_t column = flaws.heads_interleaved ? d * heads + h : h * V + d;
                        total += static_cast<double>(p.w_output(o, column)) *
                                 heads_output(b, from_head, from_time, from_dim);
                    }
                result.output(b, i, o) = total;
            }
    return result;
}

}  // namespace wb::oracle
