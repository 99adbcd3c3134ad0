/// @file
/// Patches, and attention between few tokens, by plain loops. See token_kernel_oracle.hpp.
#include "token_kernel_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace wb::oracle {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// The number at `row` of variate v of window b; `row` may lie behind the last one.
double row_of(const Tensor<3>& x, std::size_t b, std::size_t row, std::size_t v, const UnfoldFlaws& flaws) {
    const std::size_t batch = x.shape(0), lookback = x.shape(1), variates = x.shape(2);
    const std::size_t last = flaws.stops_before_the_last && lookback > 1 ? lookback - 2 : lookback - 1;
    if (row > last) {
        if (flaws.repeated_by_zeros) return 0;
        if (flaws.next_window) {
            if (b + 1 == batch) return unknown;
            return static_cast<double>(x(b + 1, row - lookback, v));  // as many as a stride: less than a look-back
        }
        if (flaws.next_variate) {
            if (v + 1 == variates && b + 1 == batch) return unknown;
            return static_cast<double>(v + 1 == variates ? x(b + 1, row - lookback, 0) : x(b, row - lookback, v + 1));
        }
        row = last;
    }
    if (flaws.read_as_it_lies) return static_cast<double>(x.data()[(b * variates + v) * lookback + row]);
    return static_cast<double>(x(b, row, v));
}

}  // namespace

Tensor<3, double> unfold(const Tensor<3>& x, std::size_t patch, std::size_t stride, const UnfoldFlaws& flaws) {
    const std::size_t batch = x.shape(0), lookback = x.shape(1), variates = x.shape(2);
    std::size_t patches = 0;  // counted, not computed: those that fit into the look-back and one stride
    while (patches * stride + patch <= lookback + stride) ++patches;
    Tensor<3, double> out = zeros<3, double>({batch * variates, patches, patch});
    for (std::size_t b = 0; b < batch; ++b)
        for (std::size_t v = 0; v < variates; ++v)
            for (std::size_t p = 0; p < patches; ++p)
                for (std::size_t i = 0; i < patch; ++i) {
                    const std::size_t row = flaws.batch_behind_variates ? v * batch + b : b * variates + v;
                    const double number = row_of(x, b, (flaws.side_by_side ? patch : stride) * p + i, v, flaws);
                    if (flaws.places_first) {
                        out.data()[(row * patch + i) * patches + p] = number;
                    } else {
                        out(row, p, i) = number;
                    }
                }
    return out;
}

namespace {

using Matrix = std::vector<std::vector<double>>;

/// Scores of one head, before softmax.
Matrix scores_of(const Tensor<3>& q, const Tensor<3>& k, std::size_t head, const FewTokensFlaws& flaws) {
    const std::size_t T = q.shape(1), D = q.shape(2), key_head = flaws.first_head_always ? 0 : head;
    double scale = 1 / std::sqrt(static_cast<double>(D));
    if (flaws.not_scaled) scale = 1;
    if (flaws.scaled_by_head_dim) scale = 1 / static_cast<double>(D);
    if (flaws.scaled_by_tokens) scale = 1 / std::sqrt(static_cast<double>(T));
    const std::size_t channels = flaws.first_warp_of_channels ? std::min<std::size_t>(D, 32) : D;
    Matrix scores(T, std::vector<double>(T, 0.0));
    for (std::size_t i = 0; i < T; ++i)
        for (std::size_t j = 0; j < T; ++j) {
            const std::size_t asks = flaws.keys_ask ? j : i, answers = flaws.keys_ask ? i : j;
            for (std::size_t d = 0; d < channels; ++d)
                scores[i][j] +=
                    static_cast<double>(q(head, asks, d)) * static_cast<double>(k(key_head, answers, d)) * scale;
        }
    return scores;
}

/// exp(score - largest) over their sum, for each row.
Matrix softmax_rows(Matrix scores, std::size_t keys, bool divided) {
    for (std::vector<double>& row : scores) {
        const double largest = *std::max_element(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(keys));
        double sum = 0;
        for (std::size_t j = 0; j < row.size(); ++j) {
            row[j] = j < keys ? std::exp(row[j] - largest) : 0;
            sum += row[j];
        }
        for (double& weight : row) weight /= divided ? sum : 1;
    }
    return scores;
}

Matrix transposed(const Matrix& a) {
    Matrix b = a;
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t j = 0; j < a.size(); ++j) b[j][i] = a[i][j];
    return b;
}

}  // namespace

FewTokensAnswer few_tokens_attention(const Tensor<3>& q, const Tensor<3>& k, const Tensor<3>& v,
                                     const FewTokensFlaws& flaws) {
    const std::size_t heads = q.shape(0), T = q.shape(1), D = q.shape(2);
    FewTokensAnswer answer{zeros<3, double>({heads, T, D}), zeros<3, double>({heads, T, T})};
    const std::size_t keys = flaws.first_warp_of_keys ? std::min<std::size_t>(T, 32) : T;
    for (std::size_t head = 0; head < heads; ++head) {
        Matrix w = scores_of(q, k, head, flaws);
        if (flaws.softmax_over_queries) w = transposed(w);
        w = softmax_rows(w, keys, !flaws.not_divided);
        if (flaws.softmax_over_queries) w = transposed(w);
        for (std::size_t i = 0; i < T; ++i)
            for (std::size_t j = 0; j < T; ++j) {
                answer.weights(head, i, j) = w[i][j];
                for (std::size_t d = 0; d < D; ++d)
                    answer.out(head, i, d) +=
                        w[i][j] * static_cast<double>(v(flaws.first_head_always ? 0 : head, j, d));
            }
    }
    return answer;
}

}  // namespace wb::oracle
