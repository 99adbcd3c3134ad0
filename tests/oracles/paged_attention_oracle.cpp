/// @file
/// See paged_attention_oracle.hpp.
#include "paged_attention_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace wb::oracle {
namespace {

std::size_t size(std::int32_t number) {
    return static_cast<std::size_t>(number);
}

/// The element of a cache at a token of sequence s.
double element(const PagedDecode& x, const Tensor<4>& cache, std::size_t s, std::size_t t, std::size_t kv_head,
               std::size_t d, const PagedFlaws& flaws) {
    const std::size_t kv_heads = cache.shape(1), block_size = cache.shape(2), head_dim = cache.shape(3);
    const std::size_t logical = t / block_size, offset = t % block_size;
    std::size_t physical = size(x.block_table(flaws.first_table_for_all ? 0 : s, logical));
    if (flaws.logical_block) physical = logical;
    if (!flaws.tokens_before_heads) return cache(physical, kv_head, offset, d);
    return cache.data()[((physical * block_size + offset) * kv_heads + kv_head) * head_dim + d];
}

/// The tokens that sequence s attends to: 0 .. n - 1.
std::size_t tokens_seen(const PagedDecode& x, std::size_t s, const PagedFlaws& flaws) {
    const std::size_t block_size = x.k_cache.shape(2);
    std::size_t room = 0;  // tokens in the blocks that the table names
    const std::size_t row = flaws.first_table_for_all ? 0 : s;
    while (room / block_size < x.block_table.shape(1) && x.block_table(row, room / block_size) >= 0) room += block_size;
    std::size_t n = size(x.context_lens(flaws.first_length_for_all ? 0 : s));
    if (flaws.last_token_dropped && n > 0) --n;
    if (flaws.one_token_too_many) ++n;
    if (flaws.whole_blocks_only) n = n / block_size * block_size;
    if (flaws.whole_last_block) n = (n + block_size - 1) / block_size * block_size;
    if (flaws.first_partition_of != 0) n = std::min(n, flaws.first_partition_of);
    if (flaws.logical_block) n = std::min(n, x.k_cache.shape(0) * block_size);
    return std::min(n, room);
}

double scale_of(const PagedDecode& x, const PagedFlaws& flaws) {
    const auto head_dim = static_cast<double>(x.q.shape(2));
    if (flaws.no_scale) return 1;
    return flaws.scale_by_head_dim ? 1 / head_dim : 1 / std::sqrt(head_dim);
}

/// Attention over the tokens first .. last - 1.
struct Piece {
    double max = -std::numeric_limits<double>::infinity(), sum = 0;
    std::vector<double> acc;  ///< sum of exp(score - max) v
};

Piece attend(const PagedDecode& x, std::size_t s, std::size_t h, std::size_t first, std::size_t last,
             const PagedFlaws& flaws) {
    const std::size_t head_dim = x.q.shape(2), kv_heads = x.k_cache.shape(1), group = x.q.shape(1) / kv_heads;
    std::size_t kv_head = flaws.heads_interleaved ? h % kv_heads : h / group;
    if (flaws.first_kv_head) kv_head = 0;
    std::vector<double> scores;
    Piece piece;
    piece.acc.assign(head_dim, 0.0);
    for (std::size_t t = first; t < last; ++t) {
        double score = 0;
        for (std::size_t d = 0; d < head_dim; ++d)
            score += x.q(s, h, d) * element(x, x.k_cache, s, t, kv_head, d, flaws);
        scores.push_back(score * scale_of(x, flaws));
        piece.max = std::max(piece.max, scores.back());
    }
    for (std::size_t t = first; t < last; ++t) {
        const double weight = std::exp(scores[t - first] - piece.max);
        piece.sum += weight;
        for (std::size_t d = 0; d < head_dim; ++d) {
            piece.acc[d] += weight * element(x, flaws.keys_as_values ? x.k_cache : x.v_cache, s, t, kv_head, d, flaws);
        }
    }
    return piece;
}

/// Merges partitions of `partition` tokens wrongly: as if their maxima were equal, or all counted alike.
Piece merged_wrongly(const PagedDecode& x, std::size_t s, std::size_t h, std::size_t n, std::size_t partition,
                     bool count_alike) {
    Piece merged;
    merged.acc.assign(x.q.shape(2), 0.0);
    for (std::size_t first = 0; first < n; first += partition) {
        const Piece piece = attend(x, s, h, first, std::min(first + partition, n), {});
        merged.sum += count_alike ? 1 : piece.sum;
        for (std::size_t d = 0; d < merged.acc.size(); ++d) {
            merged.acc[d] += count_alike ? piece.acc[d] / piece.sum : piece.acc[d];
        }
    }
    return merged;
}

}  // namespace

Tensor<3, double> paged_decode(const PagedDecode& x, const PagedFlaws& flaws) {
    const std::size_t num_seqs = x.q.shape(0), num_heads = x.q.shape(1), head_dim = x.q.shape(2);
    Tensor<3, double> out({num_seqs, num_heads, head_dim}, 0.0);
    for (std::size_t s = 0; s < num_seqs; ++s) {
        const std::size_t n = tokens_seen(x, s, flaws);
        if (n == 0) continue;
        for (std::size_t h = 0; h < num_heads; ++h) {
            std::size_t first = 0;
            if (flaws.last_partition_of != 0) first = (n - 1) / flaws.last_partition_of * flaws.last_partition_of;
            Piece piece;
            if (flaws.mean_of_partitions != 0) {
                piece = merged_wrongly(x, s, h, n, flaws.mean_of_partitions, true);
            } else if (flaws.maxima_ignored != 0) {
                piece = merged_wrongly(x, s, h, n, flaws.maxima_ignored, false);
            } else {
                piece = attend(x, s, h, first, n, flaws);
            }
            for (std::size_t d = 0; d < head_dim; ++d) {
                out(s, h, d) = piece.acc[d] / (flaws.not_divided ? 1.0 : piece.sum);
            }
        }
    }
    return out;
}

Partitions paged_partitions(const PagedDecode& x, std::size_t size_of_partition, std::size_t num_partitions) {
    const std::size_t num_seqs = x.q.shape(0), num_heads = x.q.shape(1), head_dim = x.q.shape(2);
    Partitions result{Tensor<3, double>({num_seqs, num_heads, num_partitions}, 0.0),
                      Tensor<3, double>({num_seqs, num_heads, num_partitions}, 0.0),
                      Tensor<4, double>({num_seqs, num_heads, num_partitions, head_dim}, 0.0)};
    for (std::size_t s = 0; s < num_seqs; ++s) {
        const std::size_t n = tokens_seen(x, s, {});
        for (std::size_t h = 0; h < num_heads; ++h) {
            for (std::size_t p = 0; p * size_of_partition < n; ++p) {
                const Piece piece =
                    attend(x, s, h, p * size_of_partition, std::min((p + 1) * size_of_partition, n), {});
                result.max(s, h, p) = piece.max;
                result.sum(s, h, p) = piece.sum;
                for (std::size_t d = 0; d < head_dim; ++d) result.out(s, h, p, d) = piece.acc[d] / piece.sum;
            }
        }
    }
    return result;
}

Tensor<3, double> merged(const Partitions& x, const Tensor<1, std::int32_t>& context_lens, std::size_t partition,
                         const MergeFlaws& flaws) {
    const std::size_t num_seqs = x.out.shape(0), num_heads = x.out.shape(1), head_dim = x.out.shape(3);
    Tensor<3, double> out({num_seqs, num_heads, head_dim}, 0.0);
    for (std::size_t s = 0; s < num_seqs; ++s) {
        std::size_t count = (size(context_lens(s)) + partition - 1) / partition, first = 0;
        if (flaws.one_too_few) count = size(context_lens(s)) / partition;
        if (flaws.first_only) count = std::min<std::size_t>(count, 1);
        if (flaws.last_only && count > 0) first = count - 1;
        for (std::size_t h = 0; h < num_heads; ++h) {
            double m = -std::numeric_limits<double>::infinity(), total = 0;
            for (std::size_t p = first; p < count; ++p) m = std::max(m, x.max(s, h, p));
            for (std::size_t p = first; p < count; ++p) {
                double share = x.sum(s, h, p) * std::exp(x.max(s, h, p) - m);
                if (flaws.maxima_ignored) share = x.sum(s, h, p);
                if (flaws.sums_ignored) share = std::exp(x.max(s, h, p) - m);
                if (flaws.mean_of_means) share = 1;
                total += share;
                for (std::size_t d = 0; d < head_dim; ++d) out(s, h, d) += share * x.out(s, h, p, d);
            }
            for (std::size_t d = 0; d < head_dim && total > 0; ++d) out(s, h, d) /= total;
        }
    }
    return out;
}

}  // namespace wb::oracle
