/// @file
/// Writes the cases of exercise 6.1. Each part's windows are found by trying all rows, and looking where each row of the window lies.
///
///     6.1/split    shares in hundredths, cut in whole numbers        6.1/starts  windows of a part
///     6.1/gather   drawn series                                      6.1/epochs  orders of a drawn seed
#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "windows.hpp"
#include "windows_case.hpp"

namespace wb {
namespace {

Tensor<1, double> line(const std::vector<std::size_t>& numbers, std::size_t length) {
    return followed_by_minus_one(numbers, length, [] { throw std::logic_error("a case with too many numbers"); });
}

void write_split(std::size_t rows, std::size_t train, std::size_t validation) {
    CaseWriter writer("6.1/split", shape_name({{"rows", rows}, {"train", train}, {"validation", validation}}));
    writer.number("rows", static_cast<double>(rows));
    writer.number("train", static_cast<double>(train) / 100)
        .number("validation", static_cast<double>(validation) / 100);
    writer.expected("split", line({rows * train / 100, rows * (train + validation) / 100, rows}, 3));
}

/// A question of window_starts.
struct Question {
    Split split;
    SeriesPart part;
    WindowShape shape;
    std::size_t stride;
    [[nodiscard]] std::size_t begin() const {
        return part == SeriesPart::train ? 0 : part == SeriesPart::validation ? split.train : split.validation;
    }
    [[nodiscard]] std::size_t end() const {
        return part == SeriesPart::train ? split.train : part == SeriesPart::validation ? split.validation : split.rows;
    }
};

/// Which windows one takes, by the first row of the past, that of the future and the row after it.
using Takes = std::function<bool(std::size_t past, std::size_t future, std::size_t after)>;

std::vector<std::size_t> taken(const Question& question, const Takes& takes) {
    std::vector<std::size_t> starts;
    std::size_t fitting = 0;
    for (std::size_t s = 0; s < question.split.rows; ++s) {
        const std::size_t future = s + question.shape.lookback, after = future + question.shape.horizon;
        if (after <= question.split.rows && takes(s, future, after) && fitting++ % question.stride == 0)
            starts.push_back(s);
    }
    return starts;
}

void write_starts(const std::string& name, const Question& question) {
    const std::size_t begin = question.begin(), end = question.end(), rows = question.split.rows;
    const std::vector<std::size_t> right = taken(
        question, [&](std::size_t, std::size_t future, std::size_t after) { return future >= begin && after <= end; });
    CaseWriter writer("6.1/starts", name);
    const auto number = [&](const char* key, std::size_t value) { writer.number(key, static_cast<double>(value)); };
    number("train", question.split.train);
    number("validation", question.split.validation);
    number("rows", rows);
    number("part", static_cast<std::size_t>(question.part));
    number("lookback", question.shape.lookback);
    number("horizon", question.shape.horizon);
    number("stride", question.stride);
    writer.expected(starts_key, line(right, rows));
    std::set<std::vector<std::size_t>> told{right};
    const auto mistake = [&](const char* words, const std::vector<std::size_t>& wrong) {
        if (told.insert(wrong).second) writer.mistake(words, starts_key, line(wrong, rows));
    };
    const auto takes = [&](const char* words, const Takes& wrong) { mistake(words, taken(question, wrong)); };
    takes("windows whose past begins in the part, too: validation and test may look back into rows before their own",
          [&](std::size_t past, std::size_t, std::size_t after) { return past >= begin && after <= end; });
    takes("windows whose future runs on into the next part: its last row must be one of the part's own",
          [&](std::size_t, std::size_t future, std::size_t) { return future >= begin && future < end; });
    takes("windows whose past reaches the part, while the future runs on into the next one",
          [&](std::size_t past, std::size_t, std::size_t) { return past >= begin && past < end; });
    takes("windows without the last one that fits: the row after its future is the part's end, and that is allowed",
          [&](std::size_t, std::size_t future, std::size_t after) { return future >= begin && after < end; });
    takes("one window too many: the last one's future ends a row behind the part",
          [&](std::size_t, std::size_t future, std::size_t after) { return future >= begin && after <= end + 1; });
    takes("windows whose first future row is the part's second: the first is its first row",
          [&](std::size_t, std::size_t future, std::size_t after) { return future > begin && after <= end; });
    takes("windows of which only some future row lies in the part: all of them must",
          [&](std::size_t, std::size_t, std::size_t after) { return after > begin && after <= end; });
    takes("windows of which each comes after the one before has ended: they overlap, unless stride says otherwise",
          [&](std::size_t past, std::size_t future, std::size_t after) {
              return future >= begin && after <= end && past % (after - past) == 0;
          });
    std::vector<std::size_t> from_part = right, first_futures = right;
    const std::size_t first_past = begin > question.shape.lookback ? begin - question.shape.lookback : 0;
    for (std::size_t& start : from_part) start -= std::min(start, first_past);
    for (std::size_t& start : first_futures) start += question.shape.lookback;
    mistake("rows counted from where the part's first window begins: they are the whole series' rows", from_part);
    mistake("the rows at which futures begin: a window begins with its past", first_futures);
    Question every = question;
    every.stride = 1;
    mistake("every window: only every stride-th is wanted",
            taken(every,
                  [&](std::size_t, std::size_t future, std::size_t after) { return future >= begin && after <= end; }));
    std::vector<std::size_t> multiples;
    for (const std::size_t start : taken(every, [&](std::size_t, std::size_t future, std::size_t after) {
             return future >= begin && after <= end;
         })) {
        if (start % question.stride == 0) multiples.push_back(start);
    }
    mistake("the starts that are multiples of stride: it is counted from the part's first window", multiples);
}

void write_gather(const std::string& name, const Tensor<2>& series, const std::vector<std::size_t>& starts,
                  const WindowShape& shape) {
    const std::size_t variates = series.shape(1);
    /// Numbers of rows that `row` chooses for a window's t-th row; NaN behind the series.
    const auto pick = [&](std::size_t length, const std::function<std::size_t(std::size_t n, std::size_t t)>& row) {
        Tensor<3, double> picked =
            full<3, double>({starts.size(), length, variates}, std::numeric_limits<double>::quiet_NaN());
        for (std::size_t n = 0; n < starts.size(); ++n) {
            for (std::size_t t = 0; t < length; ++t) {
                for (std::size_t v = 0; v < variates && row(n, t) < series.shape(0); ++v)
                    picked(n, t, v) = static_cast<double>(series(row(n, t), v));
            }
        }
        return picked;
    };
    CaseWriter writer("6.1/gather", name);
    writer.in("series", series).in("starts", [&] {
        Tensor<1> numbers(std::array<std::size_t, 1>{starts.size()});
        for (std::size_t n = 0; n < starts.size(); ++n) numbers(n) = static_cast<float>(starts[n]);
        return numbers;
    }());
    writer.number("lookback", static_cast<double>(shape.lookback))
        .number("horizon", static_cast<double>(shape.horizon));
    const std::size_t L = shape.lookback, H = shape.horizon;
    writer.expected("past", pick(L, [&](std::size_t n, std::size_t t) { return starts[n] + t; }));
    writer.expected("future", pick(H, [&](std::size_t n, std::size_t t) { return starts[n] + L + t; }));
    writer.mistake("the past that begins one row late", "past",
                   pick(L, [&](std::size_t n, std::size_t t) { return starts[n] + t + 1; }));
    writer.mistake("the past, last row first", "past",
                   pick(L, [&](std::size_t n, std::size_t t) { return starts[n] + L - 1 - t; }));
    writer.mistake("windows that follow each other from the first start on: each begins at its own", "past",
                   pick(L, [&](std::size_t n, std::size_t t) { return starts[0] + n + t; }));
    writer.mistake("the windows in order of time: the order is that of starts", "past",
                   pick(L, [&](std::size_t n, std::size_t t) {
                       std::vector<std::size_t> sorted = starts;
                       std::sort(sorted.begin(), sorted.end());
                       return sorted[n] + t;
                   }));
    writer.mistake("futures that begin with the past's last row, which the model has seen", "future",
                   pick(H, [&](std::size_t n, std::size_t t) { return starts[n] + L - 1 + t; }));
    writer.mistake("futures that leave out the row after the past", "future",
                   pick(H, [&](std::size_t n, std::size_t t) { return starts[n] + L + 1 + t; }));
    writer.mistake("futures that begin where the past does", "future",
                   pick(H, [&](std::size_t n, std::size_t t) { return starts[n] + t; }));
}

void write_epochs(const std::string& name, const std::vector<std::size_t>& starts, std::uint64_t seed) {
    constexpr std::size_t epochs = 3;
    const std::size_t count = starts.size();
    Tensor<2, double> right = zeros<2, double>({epochs, count}), same = right, inverse = right, unshuffled = right;
    Random random(seed), again(seed);
    const std::vector<std::size_t> first = again.permutation(count);
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
        const std::vector<std::size_t> order = random.permutation(count);
        for (std::size_t n = 0; n < count; ++n) {
            right(epoch, n) = static_cast<double>(starts[order[n]]);
            inverse(epoch, order[n]) = static_cast<double>(starts[n]);
            same(epoch, n) = static_cast<double>(starts[first[n]]);
            unshuffled(epoch, n) = static_cast<double>(starts[n]);
        }
    }
    CaseWriter writer("6.1/epochs", name);
    writer.number("seed", static_cast<double>(seed)).number("count", static_cast<double>(count));
    writer.in("starts", [&] {
        Tensor<1> numbers(std::array<std::size_t, 1>{count});
        for (std::size_t n = 0; n < count; ++n) numbers(n) = static_cast<float>(starts[n]);
        return numbers;
    }());
    writer.expected("epochs", right);
    writer.mistake("the first epoch's order in every epoch: each draws its own from the same Random", "epochs", same);
    writer.mistake("the permutation turned around: the n-th is starts[permutation[n]]", "epochs", inverse);
    writer.mistake("the order of time: nothing was shuffled", "epochs", unshuffled);
}

WB_CASES(windows) {
    Draw draw(seed + 61);
    for (const auto& [rows, train, validation] : std::vector<std::array<std::size_t, 3>>{{10, 60, 10},
                                                                                         {17420, 70, 10},
                                                                                         {97, 33, 40},
                                                                                         {10, 55, 45},
                                                                                         {100, 29, 28},
                                                                                         {5698, 70, 10},
                                                                                         {100, 57, 43},
                                                                                         {13, 0, 50},
                                                                                         {13, 100, 0},
                                                                                         {0, 60, 20},
                                                                                         {3, 50, 25},
                                                                                         {1000000, 58, 29}})
        write_split(rows, train, validation);
    write_split(1000 + draw.below(100000), 30 + draw.below(40), 1 + draw.below(29));

    const Split split{37, 54, 80};
    for (const auto& [part, name] : std::vector<std::pair<SeriesPart, std::string>>{
             {SeriesPart::train, "train"}, {SeriesPart::validation, "validation"}, {SeriesPart::test, "test"}}) {
        write_starts(name + "_5_and_3", {split, part, {5, 3}, 1});
        write_starts(name + "_9_and_1_stride_4", {split, part, {9, 1}, 4});
        write_starts(name + "_drawn", {{30 + draw.below(10), 50 + draw.below(10), 71 + draw.below(9)},
                                       part,
                                       {2 + draw.below(8), 2 + draw.below(7)},
                                       1 + draw.below(3)});
    }
    write_gather("2_windows", draw.uniform<2>({11, 3}, 4), {2, 0}, {5, 2});
    write_gather("overlapping_and_repeated", draw.uniform<2>({23, 2}, 4), {7, 0, 8, 7, 15}, {3, 4});
    write_gather("to_the_last_row", draw.uniform<2>({12, 5}, 4), {6, 3}, {4, 2});
    write_epochs("12_starts", {3, 7, 11, 15, 19, 23, 27, 31, 35, 39, 43, 47}, seed % 1000 + 5);
    write_epochs(
        "29_starts",
        [] {
            std::vector<std::size_t> starts(29);
            for (std::size_t n = 0; n < 29; ++n) starts[n] = 100 + n;
            return starts;
        }(),
        seed % 1000 + 6);
}

}  // namespace
}  // namespace wb
