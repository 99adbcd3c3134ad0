/// @file
/// Writes the cases of exercises 2.8 (row softmax), 2.9 (tiled matmul) and 2.11 (additive scores). The families:
///
///     plain   sizes that are multiples of everything      odd      sizes that are multiples of nothing
///     small   for the race build, 50 times slower         profiled  one question that fills whole warps and blocks
///     others  one trap each, see the test that asks it
#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "attention_oracle.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "kernel_oracle.hpp"

namespace wb {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

void write_softmax_case(const std::string& family, const std::string& name, const Tensor<2>& scores) {
    CaseWriter writer("2.8/" + family, name);
    writer.in("scores", scores)
        .expected("weights", oracle::row_softmax(scores))
        .mistake("exp(score - max) before the division by the row's sum", "weights",
                 oracle::row_softmax(scores, {.not_divided = true}))
        .mistake("a softmax over each 32 columns: the warps' sums were never added up", "weights",
                 oracle::row_softmax(scores, {.sum_of_each_warp = true}))
        .mistake("a softmax whose sum leaves out the columns past the last whole warp", "weights",
                 oracle::row_softmax(scores, {.whole_warps_only = true}))
        .mistake("a softmax that gives a fully masked row 1 / cols everywhere, not zeros", "weights",
                 oracle::row_softmax(scores, {.masked_row_uniform = true}))
        .mistake("a softmax that subtracts the maximum of each 32 columns, not the row's", "weights",
                 oracle::row_softmax(scores, {.maximum_of_each_warp = true}))
        .mistake(
            "a softmax without the row's maximum, or with one that starts at 0: exp of scores far below 0 vanishes",
            "weights", oracle::row_softmax(scores, {.maximum_left_on = true}));
    for (const std::size_t threads : {32, 64, 128, 256, 512, 1024}) {
        if (threads >= scores.shape()[1]) break;
        const std::string number = std::to_string(threads);
        writer.mistake("a softmax over the first " + number + " columns: a thread goes on, by steps of blockDim.x",
                       "weights", oracle::row_softmax(scores, {.first_columns_only = threads}));
    }
}

void write_softmax_family(const std::string& family, const std::vector<std::pair<std::size_t, std::size_t>>& shapes,
                          Draw& draw) {
    for (const auto& [rows, cols] : shapes) {
        write_softmax_case(family, shape_name({{"rows", rows}, {"cols", cols}}), draw.uniform<2>({rows, cols}, 4));
    }
}

/// Most keys masked, one row wholly, one row but for its last key, which another warp than the first one holds.
Tensor<2> masked_scores(std::size_t cols, Draw& draw) {
    Tensor<2> scores = draw.uniform<2>({5, cols}, 4);
    for (std::size_t c = 0; c < cols; ++c) {
        if (c % 3 != 1) scores(0, c) = -infinity;
        scores(2, c) = -infinity;
        if (c + 1 < cols) scores(3, c) = -infinity;
        if (c >= 1) scores(4, c) = -infinity;
    }
    return scores;
}

/// Scores of +-1e4: exp overflows above 88. Whole numbers, so that a difference of two is exact.
Tensor<2> large_scores(float level, std::size_t cols, Draw& draw) {
    Tensor<2> scores({4, cols});
    for (float& score : scores) score = level + static_cast<float>(draw.below(12));
    for (std::size_t c = 0; c < cols; ++c) {
        if (c % 2 == 0) scores(1, c) = -scores(1, c);  // both signs in one row
    }
    return scores;
}

void write_matmul_case(const std::string& family, const Tensor<2>& a, const Tensor<2>& b) {
    const std::size_t m = a.shape()[0], k = a.shape()[1], n = b.shape()[1];
    CaseWriter writer("2.9/" + family, shape_name({{"m", m}, {"k", k}, {"n", n}}));
    writer.in("a", a).in("b", b).expected("c", oracle::matmul(a, b));
    for (const std::size_t tile : {16, 32}) {
        const std::string size = std::to_string(tile);
        writer.mistake("sums without the last, partial tile of k (tiles of " + size + ")", "c",
                       oracle::matmul(a, b, {.whole_tiles_of = tile}));
        writer.mistake("sums that start again at every tile of k (tiles of " + size + "): only the last is in them",
                       "c", oracle::matmul(a, b, {.last_tile_only_of = tile}));
        writer.mistake("sums in which the last, partial tile of k (tiles of " + size +
                           ") is filled up with what the step before left there, not with zeros",
                       "c", oracle::matmul(a, b, {.stale_tile_of = tile}));
    }
    if (m == k) writer.mistake("a transposed times b", "c", oracle::matmul(a, b, {.a_transposed = true}));
    if (k == n) writer.mistake("a times b transposed", "c", oracle::matmul(a, b, {.b_transposed = true}));
}

void write_additive_case(const std::string& family, const Tensor<3>& q, const Tensor<3>& k, const Tensor<1>& w) {
    const std::size_t batch = q.shape()[0], q_len = q.shape()[1], kv_len = k.shape()[1], hidden = w.shape()[0];
    const auto one_head = [&](const Tensor<3>& x) {
        Tensor<4, double> with_head({batch, 1, x.shape()[1], hidden});
        std::copy(x.begin(), x.end(), with_head.begin());
        return with_head;
    };
    Tensor<2, double> vectors({1, hidden});
    std::copy(w.begin(), w.end(), vectors.begin());
    const auto scores_of = [&](const Tensor<3>& keys, const Tensor<2, double>& w_rows, const oracle::Flaws& flaws) {
        const Tensor<4, double> with_head = oracle::additive_scores(one_head(q), one_head(keys), w_rows, flaws);
        Tensor<3, double> without({batch, q_len, kv_len});
        std::copy(with_head.begin(), with_head.end(), without.begin());
        return without;
    };
    const auto scores = [&](const oracle::Flaws& flaws) { return scores_of(k, vectors, flaws); };
    CaseWriter writer("2.11/" + family,
                      shape_name({{"batch", batch}, {"q_len", q_len}, {"kv_len", kv_len}, {"hidden", hidden}}));
    writer.in("q", q)
        .in("k", k)
        .in("w", w)
        .expected("scores", scores({}))
        .mistake("w . (q + k): tanh is missing", "scores", scores({.no_tanh = true}))
        .mistake("w . (tanh(q) + tanh(k)), where w . tanh(q + k) is meant", "scores", scores({.tanh_each = true}))
        .mistake("tanh(w . (q + k)), where w . tanh(q + k) is meant", "scores", scores({.tanh_outside = true}))
        .mistake("the scores divided by sqrt(hidden); additive scores are not scaled", "scores",
                 scores({.additive_scaled = true}))
        .mistake("the sum of tanh(q + k): w is missing", "scores", scores_of(k, full<2, double>({1, hidden}, 1), {}));
    Tensor<3> first_keys = k;
    for (std::size_t b = 1; b < batch; ++b) {
        std::copy_n(k.begin(), kv_len * hidden, first_keys.begin() + static_cast<std::ptrdiff_t>(b * kv_len * hidden));
    }
    writer.mistake("the scores with the keys of batch row 0 for every batch row", "scores",
                   scores_of(first_keys, vectors, {}));
    for (const std::size_t step : {16, 32}) {
        const std::string steps = " (steps of " + std::to_string(step) + ")";
        // Each term is w[h] times something, so a term that is missing or there twice is a w[h] of 0 or of twice as much.
        const auto with_weights = [&](std::size_t first, std::size_t last, double factor) {
            Tensor<2, double> changed = vectors;
            for (std::size_t h = first; h < last; ++h) changed(0, h) *= factor;
            return scores_of(k, changed, {});
        };
        const std::size_t whole = hidden / step * step;
        writer.mistake("sums without the last, partial step of hidden" + steps, "scores",
                       with_weights(whole, hidden, 0));
        writer.mistake("sums that start again at every step of hidden: only the last is in them" + steps, "scores",
                       with_weights(0, (hidden - 1) / step * step, 0));
        if (hidden > step && hidden > whole) {
            writer.mistake("sums whose last, partial step of hidden is filled up with the step before" + steps,
                           "scores", with_weights(hidden - step, whole, 2));
        }
    }
}

void write_additive_family(const std::string& family, const std::vector<std::array<std::size_t, 4>>& shapes,
                           double range, Draw& draw) {
    for (const auto& [batch, q_len, kv_len, hidden] : shapes) {
        write_additive_case(family, draw.uniform<3>({batch, q_len, hidden}, range),
                            draw.uniform<3>({batch, kv_len, hidden}, range), draw.uniform<1>({hidden}, 1));
    }
}

}  // namespace

WB_CASES(row_softmax_kernel) {
    Draw draw(seed + 28);
    write_softmax_family("plain", {{4, 32}, {16, 64}, {3, 256}}, draw);
    write_softmax_family("odd", {{1, 1}, {7, 3}, {5, 33}, {3, 100}, {2, 257}, {4, 511}}, draw);
    write_softmax_family("wide", {{3, 1025}, {2, 2048}, {2, 5000}}, draw);
    write_softmax_family("small", {{3, 32}, {4, 100}, {2, 600}}, draw);
    for (const std::size_t cols : {8, 70, 300}) {
        write_softmax_case("masked", shape_name({{"rows", 5}, {"cols", cols}}), masked_scores(cols, draw));
        write_softmax_case("large", "plus_1e4_" + std::to_string(cols), large_scores(10000, cols, draw));
        write_softmax_case("large", "minus_1e4_" + std::to_string(cols), large_scores(-10000, cols, draw));
    }
    write_softmax_family("profiled", {{16, 1024}}, draw);
}

WB_CASES(tiled_matmul_kernel) {
    Draw draw(seed + 29);
    const auto family = [&](const std::string& name, const std::vector<std::array<std::size_t, 3>>& shapes) {
        for (const auto& [m, k, n] : shapes)
            write_matmul_case(name, draw.uniform<2>({m, k}, 1), draw.uniform<2>({k, n}, 1));
    };
    family("plain", {{32, 32, 32}, {64, 64, 64}, {64, 128, 32}});
    family("odd", {{1, 1, 1}, {1, 70, 1}, {33, 32, 31}, {17, 45, 50}, {97, 1, 67}, {70, 129, 41}, {47, 50, 50}});
    family("empty", {{5, 0, 7}, {40, 0, 33}});
    family("small", {{64, 96, 40}, {33, 50, 35}});
    family("profiled", {{128, 128, 128}});
}

WB_CASES(additive_scores_kernel) {
    Draw draw(seed + 211);
    write_additive_family("plain", {{1, 16, 16, 32}, {2, 32, 64, 64}}, 2, draw);
    write_additive_family("odd", {{1, 1, 1, 1}, {3, 5, 40, 7}, {1, 17, 33, 100}, {2, 50, 19, 33}}, 2, draw);
    write_additive_family("saturated", {{2, 20, 20, 16}}, 10000, draw);
    write_additive_family("small", {{1, 20, 35, 70}, {2, 16, 16, 32}}, 2, draw);
    write_additive_family("profiled", {{1, 64, 64, 64}}, 2, draw);
}

}  // namespace wb
