/// @file
/// Writes the cases of exercise 3.4, from drawn weights: a list of rows with what is known of each, and means over it. Families:
///
///     3.4/rows      one call, every query sees every key       3.4/padded  with padding, of queries and of keys
///     3.4/causal    a query sees the keys before it            3.4/calls   several batches, several modules
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "entropy_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

/// A row of weights and where it is from.
struct Row {
    std::size_t call, entry, head, module_head;  ///< head: through all modules
    bool padding;
    bool past_the_first;  ///< padding, if entry 0's length were everyone's
    std::vector<double> weights;
};

std::vector<Row> rows_of(const EntropyQuestion& question) {
    std::vector<Row> rows;
    for (std::size_t n = 0; n < question.calls.size(); ++n) {
        const probes::WeightsBatch& call = question.calls[n];
        std::size_t first = 0;
        for (std::size_t m = 0; m < call.module; ++m) first += question.heads[m];
        for (std::size_t b = 0; b < call.weights.shape(0); ++b) {
            for (std::size_t h = 0; h < call.weights.shape(1); ++h) {
                for (std::size_t q = 0; q < call.weights.shape(2); ++q) {
                    Row row{n, b, first + h, h, false, false, {}};
                    row.padding = !call.query_lengths.empty() && static_cast<int>(q) >= call.query_lengths[b];
                    row.past_the_first = !call.query_lengths.empty() && static_cast<int>(q) >= call.query_lengths[0];
                    for (std::size_t k = 0; k < call.weights.shape(3); ++k)
                        row.weights.push_back(static_cast<double>(call.weights(b, h, q, k)));
                    rows.push_back(row);
                }
            }
        }
    }
    return rows;
}

double nats(const Row& row) {
    double total = 0;
    for (const double p : row.weights) total -= p > 0 ? p * std::log(p) : 0;
    return total;
}

std::size_t seen(const Row& row) {
    return static_cast<std::size_t>(
        std::count_if(row.weights.begin(), row.weights.end(), [](double p) { return p > 0; }));
}

double share(const Row& row) {
    return seen(row) < 2 ? 0 : nats(row) / std::log(static_cast<double>(seen(row)));
}

bool counts(const Row& row) {
    return !row.padding && seen(row) > 0;
}

using OfRow = std::function<double(const Row&)>;

/// [heads]: sum of one thing over rows, divided by the sum of another.
Tensor<1, double> ratio(const std::vector<Row>& rows, std::size_t heads, const OfRow& above, const OfRow& below) {
    Tensor<1, double> top = zeros<1, double>({heads}), bottom = top;
    for (const Row& row : rows) {
        top(row.head) += above(row);
        bottom(row.head) += below(row);
    }
    for (std::size_t h = 0; h < heads; ++h) top(h) /= bottom(h);
    return top;
}

/// [heads]: the mean over groups of rows (a call's, an entry's) of their means.
Tensor<1, double> mean_of_means(const std::vector<Row>& rows, std::size_t heads, const OfRow& of,
                                const std::function<std::size_t(const Row&)>& group) {
    std::set<std::size_t> groups;
    for (const Row& row : rows) groups.insert(group(row));
    Tensor<1, double> total = zeros<1, double>({heads});
    for (std::size_t h = 0; h < heads; ++h) {
        double parts = 0;
        for (const std::size_t one : groups) {
            double above = 0, below = 0;
            for (const Row& row : rows) {
                if (row.head != h || group(row) != one || !counts(row)) continue;
                above += of(row);
                ++below;
            }
            if (below == 0) continue;
            total(h) += above / below;
            ++parts;
        }
        total(h) /= parts;
    }
    return total;
}

void write_question(const std::string& family, const std::string& name, const EntropyQuestion& question) {
    CaseWriter writer(family, name);
    write_entropy_question(writer, question);
    const std::vector<Row> rows = rows_of(question);
    std::size_t heads = 0;
    for (const std::size_t count : question.heads) heads += count;
    for (const std::string key : {"nats", "share"}) {
        const OfRow of = key == "nats" ? nats : share;
        const auto counted = [&](const OfRow& f) { return [&f](const Row& row) { return counts(row) ? f(row) : 0; }; };
        const OfRow one = [](const Row&) { return 1.0; };
        const Tensor<1, double> right = ratio(rows, heads, counted(of), counted(one));
        writer.expected(key, right);
        const auto mistake = [&](const char* words, const Tensor<1, double>& wrong) {
            double largest = 0;
            for (std::size_t h = 0; h < heads; ++h) largest = std::max(largest, std::abs(right(h) - wrong(h)));
            if (largest > 1e-3) writer.mistake(words, key, wrong);
        };
        mistake("means in which rows of padding count: only the first query_lengths[b] rows of entry b do",
                ratio(rows, heads, of, [](const Row& row) { return seen(row) > 0 ? 1.0 : 0.0; }));
        mistake("means in which rows that see no key count as 0: they do not count",
                ratio(rows, heads, counted(of), [](const Row& row) { return row.padding ? 0.0 : 1.0; }));
        mistake("means in which padding and rows that see no key count", ratio(rows, heads, of, one));
        const auto over = [&](const std::function<bool(const Row&)>& taken) {
            return ratio(
                rows, heads, [&](const Row& row) { return taken(row) ? of(row) : 0; },
                [&](const Row& row) { return taken(row) ? 1.0 : 0.0; });
        };
        mistake("means with query_lengths[0] for every entry",
                over([](const Row& row) { return !row.past_the_first && seen(row) > 0; }));
        std::vector<std::size_t> last_call(heads);
        for (const Row& row : rows) last_call[row.head] = std::max(last_call[row.head], row.call);
        mistake("the means of the last batch alone",
                over([&](const Row& row) { return counts(row) && row.call == last_call[row.head]; }));
        mistake("the mean of the batches' means: every row counts alike",
                mean_of_means(rows, heads, of, [](const Row& row) { return row.call; }));
        mistake("the mean of the samples' means: every row counts alike",
                mean_of_means(rows, heads, of, [](const Row& row) { return row.call * 1000 + row.entry; }));
        Tensor<1, double> sums = right;
        for (const Row& row : rows) {
            if (counts(row)) sums(row.head) += of(row);
        }
        for (std::size_t h = 0; h < heads; ++h) sums(h) -= right(h);
        mistake("sums over the rows, not means", sums);
        if (key == "nats") {
            const OfRow bits = [](const Row& row) { return nats(row) / std::log(2.0); };
            mistake("entropies in bits: nats take the natural logarithm",
                    ratio(rows, heads, counted(bits), counted(one)));
            const OfRow negative = [](const Row& row) { return -nats(row); };
            mistake("the sum of p ln p, whose sign is turned", ratio(rows, heads, counted(negative), counted(one)));
        } else {
            const OfRow of_all = [](const Row& row) { return nats(row) / std::log(double(row.weights.size())); };
            mistake("shares of ln(kv_len): the row sees fewer keys than there are",
                    ratio(rows, heads, counted(of_all), counted(one)));
            const OfRow possible = [](const Row& row) { return std::log(double(seen(row))); };
            mistake("the mean entropy over the mean of ln k: the mean is over the rows' own shares",
                    ratio(rows, heads, counted(nats), counted(possible)));
            const OfRow whole = [](const Row& row) { return seen(row) == 1 ? 1.0 : share(row); };
            mistake("shares in which a row that sees one key has 1: it has no choice, so 0",
                    ratio(rows, heads, counted(whole), counted(one)));
            const OfRow choice = [](const Row& row) { return seen(row) > 1 ? 1.0 : 0.0; };
            mistake("shares without the rows that see one key: they count, as 0",
                    ratio(rows, heads, counted(of), counted(choice)));
        }
    }
}

/// Which key a query sees.
using Sees = std::function<bool(std::size_t entry, std::size_t query, std::size_t key)>;

/// Softmax of drawn scores; head h's are h + 1 times as far apart, so that heads differ.
Tensor<4> draw_weights(Draw& draw, const std::array<std::size_t, 4>& shape, const Sees& sees) {
    Tensor<4> weights = draw.uniform<4>(shape, 1.5);
    for (std::size_t b = 0; b < shape[0]; ++b) {
        for (std::size_t h = 0; h < shape[1]; ++h) {
            for (std::size_t q = 0; q < shape[2]; ++q) {
                double total = 0;
                std::vector<double> row(shape[3]);
                for (std::size_t k = 0; k < shape[3]; ++k) {
                    if (sees(b, q, k)) row[k] = std::exp(double(weights(b, h, q, k)) * double(h + 1));
                    total += row[k];
                }
                for (std::size_t k = 0; k < shape[3]; ++k)
                    weights(b, h, q, k) = total == 0 ? 0 : static_cast<float>(row[k] / total);
            }
        }
    }
    return weights;
}

// Four heads or more, but for the edges: fewer numbers than four name no mistake.
WB_CASES(entropy) {
    Draw draw(seed + 34);
    const Sees all = [](auto, auto, auto) { return true; };
    const Sees causal = [](std::size_t, std::size_t q, std::size_t k) { return k <= q; };
    const auto keys = [](const std::vector<std::size_t>& lengths) {
        return Sees([lengths](std::size_t b, std::size_t, std::size_t k) { return k < lengths[b]; });
    };
    write_question("3.4/rows", "4_heads", {{4}, {{0, draw_weights(draw, {2, 4, 4, 5}, all), {}}}});
    write_question("3.4/rows", "one_head_one_query", {{1}, {{0, draw_weights(draw, {1, 1, 1, 7}, all), {}}}});
    write_question("3.4/rows", "one_key", {{4}, {{0, draw_weights(draw, {1, 4, 3, 1}, all), {}}}});
    write_question("3.4/padded", "queries", {{4}, {{0, draw_weights(draw, {3, 4, 5, 4}, all), {5, 1, 3}}}});
    write_question("3.4/padded", "queries_and_keys",
                   {{4}, {{0, draw_weights(draw, {3, 4, 6, 6}, keys({6, 2, 4})), {6, 2, 4}}}});
    write_question("3.4/padded", "an_entry_without_keys",
                   {{4}, {{0, draw_weights(draw, {3, 4, 4, 5}, keys({5, 0, 3})), {3, 2, 1}}}});
    write_question("3.4/padded", "an_entry_without_keys_or_lengths",
                   {{5}, {{0, draw_weights(draw, {2, 5, 3, 4}, keys({0, 4})), {}}}});
    write_question("3.4/causal", "6_tokens", {{4}, {{0, draw_weights(draw, {2, 4, 6, 6}, causal), {}}}});
    write_question("3.4/causal", "padded", {{5}, {{0, draw_weights(draw, {2, 5, 5, 5}, causal), {5, 2}}}});
    write_question(
        "3.4/calls", "2_batches",
        {{4}, {{0, draw_weights(draw, {4, 4, 3, 6}, all), {}}, {0, draw_weights(draw, {1, 4, 2, 3}, all), {}}}});
    write_question("3.4/calls", "3_modules",
                   {{2, 1, 3},
                    {{2, draw_weights(draw, {2, 3, 3, 4}, all), {3, 1}},
                     {0, draw_weights(draw, {2, 2, 3, 3}, causal), {3, 1}},
                     {1, draw_weights(draw, {2, 1, 2, 4}, all), {}},
                     {2, draw_weights(draw, {1, 3, 2, 2}, all), {}}}});
}

}  // namespace
}  // namespace wb
