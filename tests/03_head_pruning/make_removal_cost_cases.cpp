/// @file
/// Writes the case of exercise 3.6's costs, 3.6/cost: parameters, FLOPs and bytes of calls of several sizes.
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

struct Sizes {
    double batch, heads, head_dim, d_model, q_len, kv_len;
};

/// Counting mistakes, one at a time.
struct CountFlaws {
    bool no_bias = false;                ///< parameters and FLOPs
    bool single = false;                 ///< a multiplication with its addition as one FLOP
    bool no_softmax = false;             ///<
    bool no_scale = false;               ///<
    bool parameters_by_row = false;      ///< parameters read once an entry of the batch
    bool keys_of_queries = false;        ///< key and value for q_len tokens
    bool reads_keys_of_queries = false;  ///< scores and mix read q_len rows of k and v
    bool self_attention = false;         ///< q_len for kv_len
    bool width_is_d_model = false;       ///< heads * head_dim taken for d_model
    bool reads_anyway = false;           ///< projections run without heads
    bool no_intermediates = false;       ///< scores and weights never leave the chip
    bool numbers = false;                ///< numbers in place of bytes
};

/// A matrix product of the module's: `count` of them, [rows, inner] times [inner, columns].
struct Product {
    double count, rows, inner, columns;
    bool weights;  ///< the second factor is a parameter, with a bias
};

/// The module as products, as one would write it down on paper.
std::array<double, 3> count(Sizes s, const CountFlaws& flaws = {}) {
    if (flaws.self_attention) s.kv_len = s.q_len;
    const double width = flaws.width_is_d_model ? s.d_model : s.heads * s.head_dim;
    const double keys = flaws.keys_of_queries ? s.q_len : s.kv_len, terms = flaws.single ? 1 : 2;
    std::vector<Product> products;
    if (s.heads > 0 || flaws.reads_anyway) {
        products.push_back({s.batch, s.q_len, s.d_model, width, true});
        products.push_back({s.batch, keys, s.d_model, width, true});
        products.push_back({s.batch, keys, s.d_model, width, true});
        products.push_back({s.batch * s.heads, s.q_len, s.head_dim, s.kv_len, false});
        products.push_back({s.batch * s.heads, s.q_len, s.kv_len, s.head_dim, false});
    }
    products.push_back({s.batch, s.q_len, width, s.d_model, true});
    double parameters = 0, flops = 0, numbers = 0;
    for (const Product& p : products) {
        const double right = p.inner * p.columns + (p.weights ? p.columns : 0);
        const double result = p.count * p.rows * p.columns;
        if (p.weights) parameters += flaws.no_bias ? p.inner * p.columns : right;
        flops += terms * result * p.inner + (p.weights && !flaws.no_bias ? result : 0);
        numbers += p.count * p.rows * p.inner + (p.weights && !flaws.parameters_by_row ? 1 : p.count) * right + result;
    }
    const double scores = s.batch * s.heads * s.q_len * s.kv_len;
    flops += (flaws.no_softmax ? 0 : 5 * scores) + (flaws.no_scale ? 0 : scores);
    numbers += 2 * scores;
    if (flaws.no_intermediates) numbers -= 4 * scores;
    if (flaws.reads_keys_of_queries) numbers -= 2 * s.batch * width * (s.kv_len - s.q_len);
    return {parameters, flops, flaws.numbers ? numbers : 4 * numbers};
}

/// All calls in one case: a mistake is recognised by several numbers, not by one.
void write_cost(const std::vector<Sizes>& calls) {
    CaseWriter writer("3.6/cost", shape_name({{"calls", calls.size()}}));
    Tensor<2> sizes(std::array<std::size_t, 2>{calls.size(), 6});
    for (std::size_t n = 0; n < calls.size(); ++n) {
        const Sizes& s = calls[n];
        const std::array<double, 6> row{s.batch, s.heads, s.head_dim, s.d_model, s.q_len, s.kv_len};
        for (std::size_t k = 0; k < 6; ++k) sizes(n, k) = static_cast<float>(row.at(k));
    }
    writer.in("sizes", sizes);
    const std::array<const char*, 3> keys{"parameters", "flops", "bytes"};
    const auto column = [&](std::size_t k, const CountFlaws& flaws) {
        Tensor<1, double> counts(std::array<std::size_t, 1>{calls.size()});
        for (std::size_t n = 0; n < calls.size(); ++n) counts(n) = count(calls[n], flaws).at(k);
        return counts;
    };
    std::array<std::vector<Tensor<1, double>>, 3>
        known;  // a mistake in one count leaves the others right, or as another does
    for (std::size_t k = 0; k < 3; ++k) {
        writer.expected(keys.at(k), column(k, {}));
        known.at(k).push_back(column(k, {}));
    }
    const auto mistake = [&](const std::string& words, const CountFlaws& flaws) {
        for (std::size_t k = 0; k < 3; ++k) {
            const Tensor<1, double> wrong = column(k, flaws);
            std::vector<Tensor<1, double>>& before = known.at(k);
            if (std::find(before.begin(), before.end(), wrong) != before.end()) continue;
            writer.mistake(words, keys.at(k), wrong);
            before.push_back(wrong);
        }
    };
    mistake("the count without biases", {.no_bias = true});
    mistake("the count with a multiplication and its addition as one FLOP", {.single = true});
    mistake("the count without the softmax", {.no_softmax = true});
    mistake("the count without the scale of the scores", {.no_scale = true});
    mistake("the count with parameters read anew for each entry of the batch", {.parameters_by_row = true});
    mistake("the count with key and value of q_len tokens: they have kv_len", {.keys_of_queries = true});
    mistake("the count with key and value of q_len tokens, also where scores and mix read them: they have kv_len",
            {.keys_of_queries = true, .reads_keys_of_queries = true});
    mistake("the count with q_len in place of kv_len throughout", {.self_attention = true});
    mistake("the count with matrices of d_model columns: heads * head_dim may be fewer", {.width_is_d_model = true});
    mistake("the count with projections that run without heads", {.reads_anyway = true});
    mistake("the count without scores and weights in memory", {.no_intermediates = true});
    mistake("numbers, not bytes", {.numbers = true});
}

WB_CASES(removal_cost) {
    write_cost({{1, 2, 1, 2, 1, 1},
                {1, 4, 16, 64, 10, 10},
                {2, 3, 4, 5, 6, 7},
                {64, 1, 16, 64, 49, 49},
                {3, 5, 8, 24, 1, 100},
                {2, 0, 16, 64, 9, 12},
                {4096, 16, 128, 2048, 4096, 4096}});
}

}  // namespace
}  // namespace wb
