/// @file
/// Writes the cases of exercise 6.4. Families:
///
///     6.4/causal    q_len and kv_len          6.4/observed  drawn gaps and masks
///     6.4/forecast  known and horizon         6.4/models    models by name: what their formulas read
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "masks_probes.hpp"

namespace wb {
namespace {

using probes::ModelKind;

/// [rows, columns]: 1 where `sees`. Signed, so that differences are what they look like.
using Sees = std::function<bool(long row, long column)>;

Tensor<2, double> table(std::size_t rows, std::size_t columns, const Sees& sees) {
    Tensor<2, double> result(std::array<std::size_t, 2>{rows, columns});
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j)
            result(i, j) = sees(static_cast<long>(i), static_cast<long>(j)) ? 1 : 0;
    }
    return result;
}

void write_causal(std::size_t q_len, std::size_t kv_len) {
    CaseWriter writer("6.4/causal", shape_name({{"q_len", q_len}, {"kv_len", kv_len}}));
    writer.number("q_len", static_cast<double>(q_len)).number("kv_len", static_cast<double>(kv_len));
    const long q = static_cast<long>(q_len), kv = static_cast<long>(kv_len);
    const auto mistake = [&](const std::string& words, const Sees& sees) {
        writer.mistake(words, "mask", table(q_len, kv_len, sees));
    };
    writer.expected("mask", table(q_len, kv_len, [=](long i, long j) { return i - j >= q - kv; }));
    mistake("a mask that hides what may be seen: 1 is what the query sees",
            [=](long i, long j) { return i - j < q - kv; });
    mistake("a mask in which no query sees its own row: j <= .., not j < ..",
            [=](long i, long j) { return i - j > q - kv; });
    mistake("a mask that shows the future, and hides the past", [=](long i, long j) { return i - j <= q - kv; });
    if (q != kv)
        mistake("a mask whose first query is the first key's row: the last query is the last key's",
                [](long i, long j) { return j <= i; });
    if (q != kv)
        mistake("a mask with q_len and kv_len in each other's place: j <= i + kv_len - q_len",
                [=](long i, long j) { return j <= i + q - kv; });
    if (q > kv) {
        mistake(
            "a mask in which queries before the first key see all: i + kv_len - q_len has no sign, so below 0 it is "
            "huge",
            [=](long i, long j) { return i + kv < q || j <= i + kv - q; });
        mistake("a mask in which queries before the first key see key 0: they see none",
                [=](long i, long j) { return j <= std::max(0L, i + kv - q); });
    }
}

void write_forecast(std::size_t known_rows, std::size_t horizon) {
    CaseWriter writer("6.4/forecast", shape_name({{"known", known_rows}, {"horizon", horizon}}));
    writer.number("known", static_cast<double>(known_rows)).number("horizon", static_cast<double>(horizon));
    const std::size_t rows = known_rows + horizon;
    const long known = static_cast<long>(known_rows);
    const auto mistake = [&](const std::string& words, const Sees& sees) {
        writer.mistake(words, "mask", table(rows, rows, sees));
    };
    const Sees right = [=](long i, long j) { return j < known || (j >= known && i >= known && j <= i); };
    writer.expected("mask", table(rows, rows, right));
    mistake("a mask that hides what may be seen: 1 is what the query sees",
            [=](long i, long j) { return !right(i, j); });
    if (known > 1)
        mistake("a causal mask: known rows see each other, later ones too, since all of them are past",
                [](long i, long j) { return j <= i; });
    if (horizon > 1)
        mistake("a mask in which forecast rows see each other, later ones too: that is a leak",
                [=](long i, long j) { return j < known || i >= known; });
    if (horizon > 0) {
        mistake("a mask in which known rows see forecast ones: that is a leak",
                [=](long i, long j) { return i < known || j <= i; });
        mistake("a mask in which a row that is forecast does not see itself",
                [=](long i, long j) { return j < known || (i >= known && j < i); });
        mistake("a mask in which forecast rows see nothing but known ones: those forecast before are seen as well",
                [=](long, long j) { return j < known; });
    }
    if (known > 0 && horizon > 0)
        mistake("a mask in which forecast rows do not see the known ones",
                [=](long i, long j) { return i < known ? j < known : j >= known && j <= i; });
}

/// @param yes  how "yes" is written: any number but 0
void write_observed(Draw& draw, std::size_t batch, std::size_t q_len, std::size_t kv_len,
                    const std::vector<std::uint8_t>& yes) {
    const auto drawn = [&](std::size_t rows) {
        Tensor<2, std::uint8_t> result(std::array<std::size_t, 2>{rows, kv_len});
        for (std::uint8_t& one : result) one = draw.below(3) == 0 ? std::uint8_t{0} : yes[draw.below(yes.size())];
        return result;
    };
    Tensor<2, std::uint8_t> observed = drawn(batch), allowed = drawn(q_len);
    // Whatever the seed: entry 0 and entry 1 differ, some key is hidden from some query only, and by some gap only.
    observed(0, 0) = yes[0];
    allowed(0, 0) = yes[1 % yes.size()];
    observed(1, 0) = 0;
    allowed(1, 0) = 0;
    observed(0, 1) = 0;
    allowed(0, 1) = allowed(1, 1) = yes[0];
    CaseWriter writer("6.4/observed",
                      shape_name({{"batch", batch}, {"q_len", q_len}, {"kv_len", kv_len}, {"yes", yes[0]}}));
    writer.in("observed", observed).in("allowed", allowed);
    using Of = std::function<bool(std::size_t b, std::size_t i, std::size_t j)>;
    const auto cube = [&](const Of& of) {
        Tensor<3, double> result(std::array<std::size_t, 3>{batch, q_len, kv_len});
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t i = 0; i < q_len; ++i) {
                for (std::size_t j = 0; j < kv_len; ++j) result(b, i, j) = of(b, i, j) ? 1 : 0;
            }
        }
        return result;
    };
    const auto seen = [&](std::size_t b, std::size_t j) { return observed(b, j) > 0; };
    const auto may = [&](std::size_t i, std::size_t j) { return allowed(i, j) > 0; };
    writer.expected("mask", cube([&](auto b, auto i, auto j) { return seen(b, j) && may(i, j); }));
    const auto mistake = [&](const std::string& words, const Of& of) { writer.mistake(words, "mask", cube(of)); };
    mistake("a mask that hides what may be seen: 1 is what the query sees",
            [&](auto b, auto i, auto j) { return !(seen(b, j) && may(i, j)); });
    mistake("the gaps alone: `allowed` holds as well", [&](auto b, auto, auto j) { return seen(b, j); });
    mistake("`allowed` alone: gaps are seen by nobody", [&](auto, auto i, auto j) { return may(i, j); });
    mistake("what either of the two masks shows: both must show it",
            [&](auto b, auto i, auto j) { return seen(b, j) || may(i, j); });
    mistake("1 where the two masks are alike: where both hide a key it is hidden",
            [&](auto b, auto i, auto j) { return seen(b, j) == may(i, j); });
    mistake("the first entry's gaps for the whole batch",
            [&](auto, auto i, auto j) { return seen(0, j) && may(i, j); });
    if (yes.size() > 1) {
        mistake("observed & allowed, bit by bit: 2 and 1 both say yes, but 2 & 1 is 0",
                [&](auto b, auto i, auto j) { return (observed(b, j) & allowed(i, j)) != 0; });
        Tensor<3, double> product = cube([](auto, auto, auto) { return true; }), bits = product;
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t i = 0; i < q_len; ++i) {
                for (std::size_t j = 0; j < kv_len; ++j) {
                    product(b, i, j) = static_cast<std::uint8_t>(observed(b, j) * allowed(i, j));
                    bits(b, i, j) = observed(b, j) & allowed(i, j);
                }
            }
        }
        writer.mistake("observed & allowed, bit by bit: 2 and 1 both say yes, but 2 & 1 is 0; and a mask is 0 or 1",
                       "mask", bits);
        writer.mistake("observed times allowed: 2 and 1 both say yes, but a mask is 0 or 1, and 128 times 2 is 0 here",
                       "mask", product);
    }
    if (q_len <= kv_len)
        mistake("gaps as queries: row j of the window is what nobody may see, not what may not see",
                [&](auto b, auto i, auto j) { return seen(b, i) && may(i, j); });
}

/// What a formula of ModelKind reads: does output t, column o, read input s, variate v?
struct Formula {
    std::size_t rows, columns;
    std::function<bool(long t, std::size_t o, long s, std::size_t v)> reads;
};

Formula formula(ModelKind kind, std::size_t length, std::size_t variates) {
    const std::size_t last = variates - 1;
    const long n = static_cast<long>(length);
    switch (kind) {
        case ModelKind::causal_convolution:
            return {length, variates, [](long t, auto o, long s, auto v) { return o == v && s <= t && s > t - 3; }};
        case ModelKind::last_input_leaks:
            return {length, 2, [last](long t, auto o, long s, auto v) {
                        return (v == 0 && s == t) || (o == 0 && v == last && s == t + 1);
                    }};
        case ModelKind::last_output_leaks:
            return {length, 2,
                    [](long t, auto o, long s, auto v) { return v == 0 && (s == t || (o == 1 && s == t + 1)); }};
        case ModelKind::every_third_row:
            return {length, variates,
                    [](long t, auto o, long s, auto v) { return o == v && s <= t && (t - s) % 3 == 0; }};
        case ModelKind::shared_state:
            return {length, variates, [](long t, auto o, long s, auto v) { return o == v && s <= t; }};
        case ModelKind::direct_forecast:
            return {5, variates, [n](long t, auto o, long s, auto v) { return o == v && (s == n - 1 || s == t % n); }};
        case ModelKind::faint_leak:
            return {length, 2, [](long t, auto o, long s, auto v) { return v == 0 && s == (o == 1 ? t : t + 1); }};
        case ModelKind::nan_in_even_rows:
            return {length, variates,
                    [](long t, auto o, long s, auto v) { return o == v && t % 2 == 1 && (s == t || s == t - 1); }};
        default:
            return {3, 2, [](long, auto, long, auto) { return false; }};  // constant
    }
}

void write_model(Draw& draw, const std::string& name, ModelKind kind, std::size_t length, std::size_t variates) {
    const Formula of = formula(kind, length, variates);
    CaseWriter writer("6.4/models", name);
    writer.number("model", static_cast<double>(kind)).in("x", draw.uniform<3>({1, length, variates}, 2));
    /// Over columns and variates that are looked at and moved.
    const auto any = [&](std::size_t columns, std::size_t moved) {
        return Sees([&of, columns, moved](long t, long s) {
            for (std::size_t o = 0; o < columns; ++o) {
                for (std::size_t v = 0; v < moved; ++v) {
                    if (of.reads(t, o, s, v)) return true;
                }
            }
            return false;
        });
    };
    const Sees right = any(of.columns, variates);
    const Tensor<2, double> expected = table(of.rows, length, right);
    writer.expected("depends", expected);
    const auto mistake = [&](const std::string& words, const Sees& sees) {
        const Tensor<2, double> wrong = table(of.rows, length, sees);
        if (!std::equal(wrong.begin(), wrong.end(), expected.begin())) writer.mistake(words, "depends", wrong);
    };
    if (kind == ModelKind::nan_in_even_rows)
        mistake("NaN that was NaN before, taken for a change (NaN != NaN is true): compare bits",
                [&](long t, long s) { return t % 2 == 0 || right(t, s); });
    if (kind == ModelKind::faint_leak)
        mistake("what a comparison with a tolerance finds: a change of 1e-21 is a leak as well, so compare bits",
                [](long t, long s) { return t == s; });
    mistake("0 where an output depends and 1 where it does not", [&](long t, long s) { return !right(t, s); });
    if (of.rows == length)
        mistake("the dependencies with inputs as rows: [t, s] is of output t and input s",
                [&](long t, long s) { return right(s, t); });
    mistake("what comes of rows that stay moved: only row s may be another than in x", [&](long t, long s) {
        for (long before = 0; before <= s; ++before) {
            if (right(t, before)) return true;
        }
        return false;
    });
    mistake("what the first variate of the answer depends on: all of them count", any(1, variates));
    mistake("what depends on the first variate of x: all of them are moved", any(of.columns, 1));
    mistake("what a causal mask allows: try, and believe no mask", [](long t, long s) { return s <= t; });
}

WB_CASES(masks) {
    Draw draw(seed + 64);
    for (const auto& [q_len, kv_len] :
         {std::pair<std::size_t, std::size_t>{3, 3}, {2, 5}, {1, 6}, {5, 3}, {7, 1}, {4, 7}})
        write_causal(q_len, kv_len);
    for (const auto& [known, horizon] :
         {std::pair<std::size_t, std::size_t>{2, 2}, {3, 2}, {1, 4}, {0, 4}, {3, 0}, {4, 5}})
        write_forecast(known, horizon);
    write_observed(draw, 3, 4, 5, {1});
    write_observed(draw, 2, 7, 3, {1});
    write_observed(draw, 2, 3, 6, {2, 1, 128, 255});
    write_model(draw, "causal_convolution", ModelKind::causal_convolution, 6, 3);
    write_model(draw, "last_input_leaks", ModelKind::last_input_leaks, 5, 3);
    write_model(draw, "last_output_leaks", ModelKind::last_output_leaks, 4, 2);
    write_model(draw, "every_third_row", ModelKind::every_third_row, 9, 2);
    write_model(draw, "shared_state", ModelKind::shared_state, 8, 1);
    write_model(draw, "direct_forecast_of_more_rows", ModelKind::direct_forecast, 3, 2);
    write_model(draw, "direct_forecast_of_fewer_rows", ModelKind::direct_forecast, 7, 4);
    write_model(draw, "constant", ModelKind::constant, 4, 2);
    write_model(draw, "faint_leak", ModelKind::faint_leak, 6, 1);
    write_model(draw, "nan_in_even_rows", ModelKind::nan_in_even_rows, 7, 2);
}

}  // namespace
}  // namespace wb
