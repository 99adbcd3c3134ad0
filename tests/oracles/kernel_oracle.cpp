/// @file
/// Row softmax, matrix product and mistaken online softmaxes by plain loops. See kernel_oracle.hpp.
#include "kernel_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "attention_oracle.hpp"

namespace wb::oracle {
namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
}

Tensor<2, double> row_softmax(const Tensor<2>& scores, const RowSoftmaxFlaws& flaws) {
    const std::size_t rows = scores.shape()[0], cols = scores.shape()[1];
    Tensor<2, double> weights({rows, cols});
    for (std::size_t r = 0; r < rows; ++r) {
        double m = -infinity;
        for (std::size_t c = 0; c < cols; ++c) m = std::max(m, static_cast<double>(scores(r, c)));
        const auto subtracted = [&](std::size_t c) {
            if (flaws.maximum_left_on) return 0.0;
            if (!flaws.maximum_of_each_warp) return m;
            double of_warp = -infinity;
            for (std::size_t j = c / 32 * 32; j < std::min(c / 32 * 32 + 32, cols); ++j)
                of_warp = std::max(of_warp, static_cast<double>(scores(r, j)));
            return of_warp;
        };
        const auto exponential = [&](std::size_t c) {
            return scores(r, c) == -infinity ? 0.0 : std::exp(scores(r, c) - subtracted(c));
        };
        for (std::size_t c = 0; c < cols; ++c) {
            std::size_t first = 0, last = cols;  // the columns whose sum divides column c
            if (flaws.sum_of_each_warp) {
                first = c / 32 * 32;
                last = std::min(first + 32, cols);
            }
            if (flaws.whole_warps_only) last = cols / 32 * 32;
            if (flaws.first_columns_only != 0) last = std::min(flaws.first_columns_only, cols);
            double l = 0;
            for (std::size_t j = first; j < last; ++j) l += exponential(j);
            if (flaws.not_divided) l = 1;
            weights(r, c) = l == 0 ? 0 : exponential(c) / l;
            if (m == -infinity && flaws.masked_row_uniform) weights(r, c) = 1.0 / static_cast<double>(cols);
            if (flaws.first_columns_only != 0 && c >= last) weights(r, c) = std::numeric_limits<double>::quiet_NaN();
        }
    }
    return weights;
}

Tensor<2, double> matmul(const Tensor<2>& a, const Tensor<2>& b, const MatmulFlaws& flaws) {
    const std::size_t m = a.shape()[0], k = a.shape()[1], n = b.shape()[1];
    std::size_t first = 0, last = k;
    if (flaws.whole_tiles_of != 0) last = k / flaws.whole_tiles_of * flaws.whole_tiles_of;
    if (flaws.last_tile_only_of != 0 && k > 0) first = (k - 1) / flaws.last_tile_only_of * flaws.last_tile_only_of;
    const auto product = [&](std::size_t i, std::size_t t, std::size_t j) {
        return static_cast<double>(flaws.a_transposed ? a(t, i) : a(i, t)) * (flaws.b_transposed ? b(j, t) : b(t, j));
    };
    Tensor<2, double> c({m, n});
    for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            double sum = 0;
            for (std::size_t t = first; t < last; ++t) sum += product(i, t, j);
            if (const std::size_t tile = flaws.stale_tile_of; tile != 0 && k > tile && k % tile != 0) {
                for (std::size_t t = k - tile; t < k / tile * tile; ++t) sum += product(i, t, j);
            }
            c(i, j) = sum;
        }
    }
    return c;
}

Tensor<4, double> flawed_online_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v, const Mask& mask,
                                          const OnlineFlaws& flaws) {
    const std::size_t batch = q.shape()[0], heads = q.shape()[1], q_len = q.shape()[2], head_dim = q.shape()[3];
    const std::size_t kv_len = k.shape()[2];
    const Tensor<4, double> scores = dot_scores(to_double(q), to_double(k));
    Tensor<4, double> out({batch, heads, q_len, head_dim});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t h = 0; h < heads; ++h) {
            for (std::size_t i = 0; i < q_len; ++i) {
                double m = -infinity, l = 0;
                std::vector<double> acc(head_dim, 0.0);
                for (std::size_t first = 0; first < kv_len; first += flaws.tile) {
                    const std::size_t last = std::min(first + flaws.tile, kv_len);
                    double new_m = m;
                    for (std::size_t j = first; j < last; ++j) {
                        if (sees(mask, b, h, i, j, q_len, kv_len)) new_m = std::max(new_m, scores(b, h, i, j));
                    }
                    if (new_m == -infinity) continue;
                    double factor = std::exp(m - new_m);
                    if (flaws.last_tile_only) factor = 0;
                    m = new_m;
                    if (!flaws.l_not_rescaled && !flaws.neither_rescaled) l *= factor;
                    if (!flaws.acc_not_rescaled && !flaws.neither_rescaled) {
                        for (double& value : acc) value *= factor;
                    }
                    for (std::size_t j = first; j < last; ++j) {
                        if (!sees(mask, b, h, i, j, q_len, kv_len)) continue;
                        const double p = std::exp(scores(b, h, i, j) - m);
                        l += p;
                        for (std::size_t d = 0; d < head_dim; ++d) acc[d] += p * v(b, h, j, d);
                    }
                    if (flaws.divided_each_tile) {
                        for (double& value : acc) value /= l;
                    }
                }
                const double divisor = flaws.divided_each_tile ? 1.0 : l;
                for (std::size_t d = 0; d < head_dim; ++d) out(b, h, i, d) = l == 0 ? 0 : acc[d] / divisor;
            }
        }
    }
    return out;
}

}  // namespace wb::oracle
