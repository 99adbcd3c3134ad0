/// @file
/// Writes the cases of exercise 5.3. Families:
///
///     near   places 0 to 39 at several sizes       shift  positions moved by some places
///     far    places up to 20,000                   add    embeddings with positions
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "position_oracle.hpp"

namespace wb {
namespace {

using oracle::PositionFlaws;

const std::vector<std::pair<std::string, PositionFlaws>> mistakes = {
    {"all sines, then all cosines; they alternate, channel by channel", {.halves = true}},
    {"cosines in even channels and sines in odd ones", {.cosine_first = true}},
    {"frequencies 10000^(-i / hidden): the exponent's factor 2 is missing", {.counts_channels = true}},
    {"frequency 1 in every channel: 2 * i / hidden is 0 in whole numbers", {.whole_number_ratio = true}},
    {"places counted from 1", {.starts_at_one = true}},
    {"an odd channel with a frequency of its own; a sine and its cosine share one", {.cosine_of_next = true}},
};

std::vector<std::size_t> places(std::size_t first, std::size_t length) {
    std::vector<std::size_t> result(length);
    std::iota(result.begin(), result.end(), first);
    return result;
}

void write_table(const std::string& family, std::size_t length, std::size_t hidden) {
    CaseWriter writer("5.3/" + family, shape_name({{"length", length}, {"hidden", hidden}}));
    writer.number("length", static_cast<double>(length)).number("hidden", static_cast<double>(hidden));
    writer.expected("positions", oracle::positions(places(0, length), hidden));
    for (const auto& [words, flaw] : mistakes)
        writer.mistake(words, "positions", oracle::positions(places(0, length), hidden, flaw));
}

Tensor<2> to_float(const Tensor<2, double>& x) {
    Tensor<2> result(x.shape());
    std::transform(x.begin(), x.end(), result.begin(), [](double v) { return static_cast<float>(v); });
    return result;
}

/// Positions of places in random order, moved by `offset`.
void write_shift(std::size_t hidden, std::int64_t offset, Draw& draw) {
    std::vector<std::size_t> from, to, back;
    for (int row = 0; row < 12; ++row) {
        from.push_back(1000 + draw.below(60));
        to.push_back(from.back() + static_cast<std::size_t>(offset));
        back.push_back(from.back() - static_cast<std::size_t>(offset));
    }
    const std::string name = shape_name({{"hidden", hidden}}) + (offset < 0 ? "_back" : "_on") +
                             std::to_string(offset < 0 ? -offset : offset);
    CaseWriter("5.3/shift", name)
        .in("positions", to_float(oracle::positions(from, hidden)))
        .number("offset", static_cast<double>(offset))
        .expected("shifted", oracle::positions(to, hidden))
        .mistake("the positions that were given, unchanged", "shifted", oracle::positions(from, hidden))
        .mistake("a turn the wrong way: positions that far back", "shifted", oracle::positions(back, hidden));
}

Tensor<3, double> with_positions(const Tensor<3>& x, const Tensor<2, double>& positions, bool restart_each_row) {
    Tensor<3, double> result(x.shape());
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t t = 0; t < x.shape(1); ++t) {
            const std::size_t row = restart_each_row ? t : b * x.shape(1) + t;
            for (std::size_t c = 0; c < x.shape(2); ++c)
                result(b, t, c) = static_cast<double>(x(b, t, c)) + positions(row, c);
        }
    }
    return result;
}

void write_add(std::size_t batch, std::size_t length, std::size_t hidden, std::size_t first, Draw& draw) {
    const Tensor<3> x = draw.uniform<3>({batch, length, hidden}, 1);
    const Tensor<2, double> right = oracle::positions(places(first, batch * length), hidden);
    CaseWriter writer("5.3/add",
                      shape_name({{"batch", batch}, {"length", length}, {"hidden", hidden}, {"first", first}}));
    writer.in("x", x).number("first", static_cast<double>(first)).expected("y", with_positions(x, right, true));
    writer.mistake("places that count on through the batch, in place of starting anew in each row", "y",
                   with_positions(x, right, false));
    writer.mistake("places from 0, whatever `first` is", "y",
                   with_positions(x, oracle::positions(places(0, length), hidden), true));
    writer.mistake("x times sqrt(hidden) before the positions are added; this model does not scale", "y", [&] {
        Tensor<3> scaled = x;
        for (float& value : scaled) value *= std::sqrt(static_cast<float>(hidden));
        return with_positions(scaled, right, true);
    }());
}

WB_CASES(positions) {
    Draw draw(seed + 53);
    for (const std::size_t hidden : {2, 4, 6, 32, 64}) write_table("near", 40, hidden);
    write_table("far", 20'000, 4);
    for (const std::int64_t offset : {1, 3, 17, 400, -1, -5, -30}) write_shift(32, offset, draw);
    write_shift(6, 3, draw);
    write_add(3, 7, 32, 0, draw);
    write_add(2, 5, 6, 4, draw);
    write_add(4, 1, 8, 11, draw);
}

}  // namespace
}  // namespace wb
