#include "pruning_kernel_oracle.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace wb::oracle {

namespace {

/// Where a number of head h would lie in [batch, heads, length, head_dim], of an array that is [batch, length, heads * head_dim].
std::size_t heads_first(const std::array<std::size_t, 3>& shape, std::size_t heads, std::size_t b, std::size_t h,
                        std::size_t token, std::size_t d) {
    return ((b * heads + h) * shape[1] + token) * (shape[2] / heads) + d;
}

}  // namespace

Tensor<3, double> live_heads(const LiveHeads& x, const LiveHeadsFlaws& flaws) {
    const std::size_t batch = x.q.shape(0), q_len = x.q.shape(1), kv_len = x.k.shape(1), width = x.q.shape(2);
    const std::size_t head_dim = width / x.heads;
    Tensor<3, double> out(x.before);
    if (flaws.zeros_elsewhere) out.fill(0);
    std::vector<std::size_t> written(batch);  // pairs of each entry so far
    for (const int one : x.live) {
        const auto pair = static_cast<std::size_t>(one);
        std::size_t b = pair / x.heads, h = pair % x.heads;
        if (flaws.entry_last) {
            b = pair % batch;
            h = pair / batch;
        }
        if (flaws.first_entry) b = 0;
        const auto column = [&](std::size_t d) { return flaws.interleaved ? d * x.heads + h : h * head_dim + d; };
        const auto at = [&](auto& array, std::size_t entry, std::size_t token, std::size_t d) -> auto& {
            return flaws.heads_first ? array.data()[heads_first(array.shape(), x.heads, entry, h, token, d)]
                                     : array(entry, token, column(d));
        };
        const std::size_t of_keys = flaws.first_entry_keys ? 0 : b, place = written[b]++;
        for (std::size_t i = 0; i < q_len; ++i) {
            std::vector<double> scores(kv_len, -std::numeric_limits<double>::infinity());
            double largest = -std::numeric_limits<double>::infinity();
            for (std::size_t j = 0; j < kv_len; ++j) {
                if (!x.key_lengths.empty() && !flaws.no_lengths && j >= static_cast<std::size_t>(x.key_lengths[b]))
                    continue;
                if (x.causal && !flaws.causal_ignored && (flaws.causal_at_start ? j > i : j + q_len > i + kv_len))
                    continue;
                double score = 0;
                for (std::size_t d = 0; d < head_dim; ++d)
                    score += static_cast<double>(at(x.q, b, i, d)) * static_cast<double>(at(x.k, of_keys, j, d));
                if (!flaws.no_scale) score /= std::sqrt(static_cast<double>(flaws.scale_of_width ? width : head_dim));
                scores[j] = score;
                largest = std::max(largest, score);
            }
            double total = 0;
            std::vector<double> mixed(head_dim);
            for (std::size_t j = 0; j < kv_len; ++j) {
                if (std::isinf(scores[j])) continue;
                const double weight = std::exp(scores[j] - largest);
                total += weight;
                for (std::size_t d = 0; d < head_dim; ++d)
                    mixed[d] += weight * static_cast<double>(at(x.v, of_keys, j, d));
            }
            for (std::size_t d = 0; d < head_dim; ++d) {
                double& written_to = flaws.compact ? out(b, i, place * head_dim + d) : at(out, b, i, d);
                written_to = total == 0 ? 0 : mixed[d] / total;
            }
        }
    }
    return out;
}

EntropySums head_entropy(const Tensor<4>& weights, const std::vector<int>& query_lengths, const EntropyFlaws& flaws) {
    const std::size_t batch = weights.shape(0), heads = weights.shape(1), q_len = weights.shape(2),
                      kv_len = weights.shape(3);
    EntropySums sums{zeros<1, double>({heads}), zeros<1, double>({heads})};
    for (std::size_t b = 0; b < (flaws.first_entry ? std::min<std::size_t>(batch, 1) : batch); ++b) {
        std::size_t queries = q_len;
        if (!query_lengths.empty() && !flaws.padding_counts) queries = static_cast<std::size_t>(query_lengths[b]);
        for (std::size_t h = 0; h < heads; ++h) {
            for (std::size_t i = 0; i < queries; ++i) {
                const std::size_t block = flaws.entry_of_head ? h * batch + b : b * heads + h;
                const float* row = weights.data() + (block * q_len + i) * kv_len;
                double entropy = 0, total = 0;
                for (std::size_t j = 0; j < kv_len; ++j) {
                    const auto p = static_cast<double>(row[j]);
                    total += p;
                    if (p != 0) entropy -= p * (flaws.base_two ? std::log2(p) : std::log(p));
                }
                if (flaws.share_of_largest) entropy /= std::log(static_cast<double>(kv_len));
                sums.nats(h) += flaws.negative ? -entropy : entropy;
                if (total != 0 || flaws.dead_rows_count) sums.rows(h) += 1;
            }
        }
    }
    for (std::size_t h = 0; h < heads && flaws.mean; ++h) sums.nats(h) /= sums.rows(h);
    return sums;
}

}  // namespace wb::oracle
