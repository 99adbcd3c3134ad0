/// @file
/// Writes the cases of exercise 3.6. Families:
///
///     3.6/rest    what is left of a module's parameters      3.6/order   the same, for live heads in any order
///     3.6/answer  what the rest answers                      3.6/folded  gates folded in, parameters and answer
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gated_attention_oracle.hpp"
#include "judge/case_maker.hpp"
#include "module_draw.hpp"

namespace wb {
namespace {

using Heads = std::vector<std::size_t>;

/// Where a number of the small module's comes from: row (or column) `place` of its head_dim * live ones.
using Origin = std::function<std::size_t(std::size_t place)>;

/// Rows origin(0), origin(1), .. of a matrix, or numbers of a bias ([count, 1]).
Tensor<2, double> rows_of(const NamedWeights& from, std::size_t count, const Origin& origin) {
    const std::size_t size = from.shape.size() == 1 ? 1 : from.shape[1];
    Tensor<2, double> rows(std::array<std::size_t, 2>{count, size});
    for (std::size_t r = 0; r < count; ++r) {
        for (std::size_t c = 0; c < size; ++c) rows(r, c) = static_cast<double>(from.values[origin(r) * size + c]);
    }
    return rows;
}

/// Columns origin(0), origin(1), .. of a matrix, each times a factor.
Tensor<2, double> columns_of(const NamedWeights& from, std::size_t count, const Origin& origin,
                             const std::function<double(std::size_t)>& factor) {
    Tensor<2, double> columns(std::array<std::size_t, 2>{from.shape[0], count});
    for (std::size_t r = 0; r < from.shape[0]; ++r) {
        for (std::size_t c = 0; c < count; ++c)
            columns(r, c) = static_cast<double>(from.values[r * from.shape[1] + origin(c)]) * factor(c);
    }
    return columns;
}

Tensor<1> tensor_of(const std::vector<double>& numbers) {
    Tensor<1> result(std::array<std::size_t, 1>{numbers.size()});
    std::transform(numbers.begin(), numbers.end(), result.begin(), [](double n) { return static_cast<float>(n); });
    return result;
}

constexpr auto as_it_is = [](std::size_t) { return 1.0; };

/// The parameters of `live`, and those of known mistakes.
void write_rest(CaseWriter& writer, const ModelWeights& parameters, std::size_t heads, std::size_t head_dim,
                const Heads& live) {
    Heads sorted = live, dropped;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t h = 0; h < heads; ++h) {
        if (std::find(live.begin(), live.end(), h) == live.end()) dropped.push_back(h);
    }
    const auto of = [head_dim](const Heads& some) {
        return [some, head_dim](std::size_t place) { return some[place / head_dim] * head_dim + place % head_dim; };
    };
    struct Wrong {
        std::string words;
        Origin origin;
    };
    std::vector<Wrong> mistakes = {
        {"the numbers of the first heads, whichever are live", [](std::size_t place) { return place; }},
        {"those of heads at h, h + heads, ..: head h lies at h * head_dim and on",
         [&](std::size_t place) { return place % head_dim * heads + sorted[place / head_dim]; }},
        {"those at the live heads' numbers: each head has head_dim of them",
         [&](std::size_t place) { return sorted[place / head_dim]; }},
    };
    if (dropped.size() == live.size()) mistakes.push_back({"those of the heads that were to go", of(dropped)});
    if (sorted != live)
        mistakes.push_back({"those of live heads in the order that was asked: it is ascending", of(live)});
    const std::size_t count = live.size() * head_dim;
    for (const NamedWeights& one : parameters) {
        if (one.name == "output.bias") {
            writer.expected(one.name, rows_of(one, one.values.size(), [](std::size_t n) { return n; }));
        } else if (one.name == "output.weight") {
            writer.expected(one.name, columns_of(one, count, of(sorted), as_it_is));
            for (const Wrong& wrong : mistakes)
                writer.mistake(wrong.words, one.name, columns_of(one, count, wrong.origin, as_it_is));
            Tensor<2, double> piece(std::array<std::size_t, 2>{one.shape[0], count});  // cut as if heads had rows
            for (std::size_t n = 0; n < piece.size(); ++n) {
                const std::size_t size = head_dim * one.shape[0];
                piece.data()[n] = static_cast<double>(one.values[sorted[n / size] * size + n % size]);
            }
            writer.mistake("pieces of memory as they lie: a head's columns are head_dim numbers of each row", one.name,
                           piece);
        } else {
            writer.expected(one.name, rows_of(one, count, of(sorted)));
            for (const Wrong& wrong : mistakes)
                writer.mistake(wrong.words, one.name, rows_of(one, count, wrong.origin));
        }
    }
}

void write_module_question(CaseWriter& writer, const ModelWeights& parameters, std::size_t heads, std::size_t head_dim,
                           std::size_t d_model) {
    writer.number("heads", static_cast<double>(heads)).number("head_dim", static_cast<double>(head_dim));
    writer.number("d_model", static_cast<double>(d_model));
    write_module(writer, parameters);
}

void write_removal(Draw& draw, const std::string& family, std::size_t d_model, std::size_t heads, std::size_t head_dim,
                   const Heads& live) {
    const ModelWeights parameters = draw_module(draw, d_model, heads * head_dim);
    std::string name = shape_name({{"heads", heads}, {"head_dim", head_dim}, {"d_model", d_model}}) + "_live";
    for (const std::size_t h : live) name += "_" + std::to_string(h);
    CaseWriter writer(family, name);
    write_module_question(writer, parameters, heads, head_dim, d_model);
    writer.in("live", tensor_of({live.begin(), live.end()}));
    write_rest(writer, parameters, heads, head_dim, live);
}

/// @param gates  0 where a head goes; in 3.6/answer 1 elsewhere
void write_answer(Draw& draw, const std::string& family, std::size_t d_model, std::size_t head_dim,
                  const std::vector<double>& gates, bool cross, bool causal) {
    const std::size_t heads = gates.size();
    const ModelWeights parameters = draw_module(draw, d_model, heads * head_dim);
    const Tensor<3> x = draw.uniform<3>({2, 3, d_model}, 1);
    const Tensor<3> memory = cross ? draw.uniform<3>({2, 5, d_model}, 1) : x;
    oracle::GatedAttention g;
    g.heads = heads;
    g.head_dim = head_dim;
    g.parameters = parameters;
    g.x = Tensor<3, double>(x);
    g.memory = Tensor<3, double>(memory);
    g.causal = causal;
    g.gates = gates;
    if (cross) g.key_lengths = {5, 2};
    CaseWriter writer(family, shape_name({{"heads", heads}, {"head_dim", head_dim}, {"d_model", d_model}}) +
                                  (cross ? "_cross" : "_self"));
    write_module_question(writer, parameters, heads, head_dim, d_model);
    writer.in("x", x).number("causal", causal ? 1 : 0).number("cross", cross ? 1 : 0);
    if (cross) writer.in("memory", memory).in("key_lengths", tensor_of({5, 2}));
    writer.in("gates", tensor_of(gates));
    const auto answer = [&](const std::vector<double>& with) {
        oracle::GatedAttention asked = g;
        asked.gates = with;
        return oracle::gated_attention(asked).out;
    };
    writer.expected("out", answer(gates));
    writer.mistake("the answer of all heads", "out", answer(std::vector<double>(heads, 1)));
    std::vector<double> swapped, open(heads);
    for (const double gate : gates) swapped.push_back(1 - gate);
    for (std::size_t h = 0; h < heads; ++h) open[h] = gates[h] == 0 ? 0 : 1;
    writer.mistake("the answer of the heads that were to go", "out", answer(swapped));
    {  // 1 / sqrt(d_model / heads) with fewer heads: the queries are scaled by what the factor is off
        oracle::GatedAttention asked = g;
        const auto left =
            static_cast<double>(std::count_if(gates.begin(), gates.end(), [](double v) { return v != 0; }));
        const double factor = std::sqrt(left / static_cast<double>(heads));
        for (NamedWeights& one : asked.parameters) {
            if (!one.name.starts_with("query")) continue;
            for (float& value : one.values) value = static_cast<float>(value * factor);
        }
        writer.mistake("the answer with the scale of wider heads: head_dim stays when heads go", "out",
                       oracle::gated_attention(asked).out);
    }
    {
        oracle::GatedAttention asked = g;
        for (NamedWeights& one : asked.parameters) {
            if (one.name == "output.bias") std::fill(one.values.begin(), one.values.end(), 0.0F);
        }
        writer.mistake("the answer without output's bias", "out", oracle::gated_attention(asked).out);
    }
    if (family != "3.6/folded") return;
    writer.mistake("the answer with all gates that are not 0 taken for 1", "out", answer(open));
    std::vector<double> squared, shifted = gates;
    for (const double gate : gates) squared.push_back(gate * gate);
    writer.mistake("the answer with each gate applied twice", "out", answer(squared));
    std::size_t n = 0;
    for (std::size_t h = 0; h < heads; ++h) {
        if (gates[h] != 0) shifted[h] = gates[n++];
    }
    writer.mistake("the answer with the first gates: each live head has its own", "out", answer(shifted));
    Heads live;
    for (std::size_t h = 0; h < heads; ++h) {
        if (gates[h] != 0) live.push_back(h);
    }
    const NamedWeights& output = parameters[6];
    const auto origin = [&](std::size_t place) { return live[place / head_dim] * head_dim + place % head_dim; };
    writer.expected("output.weight", columns_of(output, live.size() * head_dim, origin,
                                                [&](std::size_t place) { return gates[live[place / head_dim]]; }));
    writer.mistake("output's columns without gates", "output.weight",
                   columns_of(output, live.size() * head_dim, origin, as_it_is));
}

WB_CASES(removal) {
    Draw draw(seed + 36);
    write_removal(draw, "3.6/rest", 6, 4, 2, {1, 3});
    write_removal(draw, "3.6/rest", 5, 3, 4, {1});
    write_removal(draw, "3.6/rest", 8, 4, 2, {0, 2, 3});
    write_removal(draw, "3.6/rest", 4, 2, 3, {0, 1});
    write_removal(draw, "3.6/rest", 3, 5, 1, {4});
    write_removal(draw, "3.6/order", 6, 4, 2, {2, 0});
    write_removal(draw, "3.6/order", 7, 5, 3, {4, 1, 3});
    write_answer(draw, "3.6/answer", 6, 3, {0, 1}, false, false);
    write_answer(draw, "3.6/answer", 8, 2, {1, 0, 0, 1}, false, true);
    write_answer(draw, "3.6/answer", 5, 4, {1, 0, 1}, true, false);
    write_answer(draw, "3.6/folded", 6, 2, {0, 0.75, -1.5}, false, false);
    write_answer(draw, "3.6/folded", 7, 3, {0.5, 0, 1, 0.25}, true, false);
}

}  // namespace
}  // namespace wb
