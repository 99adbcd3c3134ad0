/// @file
/// Writes the cases of exercise 6.9. Families:
///
///     6.9/one_at_a_time  models that answer one row       6.9/ahead   told the truth after each step
///     6.9/several        models that answer three, five   6.9/errors  phi and variance
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "rollout_probes.hpp"

namespace wb {
namespace {

using probes::NextRowsKind;
using Row = std::vector<double>;  ///< a number for each variate
using Rows = std::vector<Row>;

/// What the driver's models answer about one entry, by the formula that stands in rollout_probes.hpp.
Rows next_rows(NextRowsKind kind, const Rows& past) {
    const std::size_t n = past.size(), variates = past[0].size();
    const std::size_t steps = kind == NextRowsKind::three_rows ? 3 : kind == NextRowsKind::five_rows ? 5 : 1;
    Rows answer(steps, Row(variates));
    for (std::size_t v = 0; v < variates; ++v) {
        double sum = past[0][v] / 8, weights = 0, weighted = 0;
        for (std::size_t t = 0; t < n; ++t) {
            weights += static_cast<double>(t + 1);
            weighted += static_cast<double>(t + 1) * past[t][v];
        }
        sum += weighted / weights * static_cast<double>(v + 2) / static_cast<double>(v + 3);
        for (std::size_t k = 0; k < steps; ++k)
            answer[k][v] =
                (1 - static_cast<double>(k) / static_cast<double>(2 * steps)) * sum + static_cast<double>(k) / 8;
        if (kind == NextRowsKind::decaying) answer[0][v] = (0.8 - 0.3 * static_cast<double>(v)) * past[n - 1][v];
    }
    return answer;
}

Rows stretch(const Rows& rows, std::size_t first, std::size_t count) {
    Rows result(count);
    for (std::size_t t = 0; t < count; ++t) result[t] = rows.at(first + t);
    return result;
}

/// How the question after an answer comes about.
using Next = std::function<Rows(const Rows& past, const Rows& answer)>;

Rows appended(const Rows& past, const Rows& answer) {
    Rows all = past;
    all.insert(all.end(), answer.begin(), answer.end());
    return all;
}

Rows as_it_should(const Rows& past, const Rows& answer) {
    return stretch(appended(past, answer), answer.size(), past.size());
}

/// @param of_answer  which rows of an answer count, so that not only the right ones can be kept
Rows rolled(NextRowsKind kind, Rows past, std::size_t horizon, const Next& next,
            const std::function<Rows(const Rows&)>& of_answer = nullptr) {
    Rows forecast;
    while (forecast.size() < horizon) {
        Rows answer = next_rows(kind, past);
        if (of_answer) answer = of_answer(answer);
        forecast = appended(forecast, answer);
        past = next(past, answer);
    }
    return stretch(forecast, 0, horizon);
}

/// One entry's rows of a batch.
Rows entry(const Tensor<3>& x, std::size_t b) {
    Rows rows(x.shape(1), Row(x.shape(2)));
    for (std::size_t t = 0; t < x.shape(1); ++t) {
        for (std::size_t v = 0; v < x.shape(2); ++v) rows[t][v] = double{x(b, t, v)};
    }
    return rows;
}

/// Some mistakes are none for some shapes, e.g. of a look-back of one row.
template <std::size_t N>
void write_mistake(CaseWriter& writer, const std::string& words, const std::string& key, const Tensor<N, double>& wrong,
                   const Tensor<N, double>& right) {
    if (!std::equal(wrong.begin(), wrong.end(), right.begin())) writer.mistake(words, key, wrong);
}

using OfEntry = std::function<Rows(std::size_t b)>;

Tensor<3, double> batch_of(std::size_t batch, std::size_t horizon, std::size_t variates, const OfEntry& of) {
    Tensor<3, double> result(std::array<std::size_t, 3>{batch, horizon, variates});
    for (std::size_t b = 0; b < batch; ++b) {
        const Rows rows = of(b);
        for (std::size_t t = 0; t < horizon; ++t) {
            for (std::size_t v = 0; v < variates; ++v) result(b, t, v) = rows.at(t).at(v);
        }
    }
    return result;
}

void write_roll_out(Draw& draw, const std::string& family, const std::string& name, NextRowsKind kind,
                    const std::array<std::size_t, 3>& shape, std::size_t horizon) {
    CaseWriter writer(family, name);
    const Tensor<3> past = draw.uniform<3>(shape, 2);
    const std::size_t lookback = shape[1];
    writer.number("model", static_cast<double>(kind)).number("horizon", static_cast<double>(horizon)).in("past", past);
    const auto all = [&](const OfEntry& of) { return batch_of(shape[0], horizon, shape[2], of); };
    const OfEntry right = [&](std::size_t b) { return rolled(kind, entry(past, b), horizon, as_it_should); };
    const Tensor<3, double> expected = all(right);
    writer.expected("forecast", expected);
    const auto mistake = [&](const std::string& words, const Next& next) {
        write_mistake(writer, words, "forecast",
                      all([&](auto b) { return rolled(kind, entry(past, b), horizon, next); }), expected);
    };
    const std::size_t steps = next_rows(kind, entry(past, 0)).size();
    writer.mistake("the first entry's forecast for the whole batch", "forecast", all([&](auto) { return right(0); }));
    if (horizon > steps) {
        mistake("the first answer again and again: what was answered goes behind the past before the next question",
                [](const Rows& asked, const Rows&) { return asked; });
        mistake("a past that grows: as many of the oldest rows are dropped as were appended", appended);
        mistake("a past whose newest rows were dropped: the oldest go", [](const Rows& asked, const Rows& answer) {
            return stretch(appended(answer, asked), 0, asked.size());
        });
        if (lookback > steps)
            mistake("a past whose newest rows were overwritten: the rows move on, and the answer goes behind them",
                    [&](const Rows& asked, const Rows& answer) {
                        return appended(stretch(asked, 0, lookback - steps), answer);
                    });
        mistake("the past as it was with each answer put over its oldest rows: rows stay in order of time",
                [&](const Rows& asked, const Rows& answer) {
                    Rows result = asked;
                    for (std::size_t t = 0; t < std::min(lookback, steps); ++t) result[t] = answer[t];
                    return result;
                });
        mistake(
            "a past of nothing but the answer: it goes behind the past, and what remains of that is asked about too",
            [](const Rows&, const Rows& answer) { return answer; });
    }
    if (steps == 1) return;
    writer.mistake("the first row of each answer, one question a row: all rows of an answer count", "forecast",
                   all([&](auto b) {
                       return rolled(kind, entry(past, b), horizon, as_it_should,
                                     [](const Rows& answer) { return stretch(answer, 0, 1); });
                   }));
    writer.mistake("the last row of each answer first", "forecast", all([&](auto b) {
                       return rolled(kind, entry(past, b), horizon, as_it_should,
                                     [](const Rows& answer) { return Rows(answer.rbegin(), answer.rend()); });
                   }));
    if (horizon % steps != 0)
        writer.mistake("the last rows of the last answer: what it has too many is cut off at its end", "forecast",
                       all([&](auto b) {
                           const std::size_t whole = horizon / steps * steps;
                           const Rows longer = rolled(kind, entry(past, b), whole + steps, as_it_should);
                           return appended(stretch(longer, 0, whole),
                                           stretch(longer, whole + steps - horizon % steps, horizon % steps));
                       }));
    if (horizon <= steps) return;
    mistake("questions that move on by one row, whatever was answered: drop as many rows as were appended",
            [](const Rows& asked, const Rows& answer) { return stretch(appended(asked, answer), 1, asked.size()); });
    if (steps > lookback)
        mistake(
            "the answer's first rows as the next past: of an answer longer than the look-back the last ones are newest",
            [](const Rows& asked, const Rows& answer) { return stretch(answer, 0, asked.size()); });
}

void write_ahead(Draw& draw, const std::string& name, NextRowsKind kind, const std::array<std::size_t, 3>& shape,
                 std::size_t horizon) {
    CaseWriter writer("6.9/ahead", name);
    const Tensor<3> past = draw.uniform<3>(shape, 2), future = draw.uniform<3>({shape[0], horizon, shape[2]}, 2);
    const std::size_t lookback = shape[1];
    writer.number("model", static_cast<double>(kind)).in("past", past).in("future", future);
    /// @param rows  what entry h is about    @param of  which row of the answer it takes
    const auto asked_about = [&](const std::function<Rows(const Rows& series, std::size_t h)>& rows,
                                 std::size_t of = 0) {
        return batch_of(shape[0], horizon, shape[2], [&](std::size_t b) {
            const Rows series = appended(entry(past, b), entry(future, b));
            Rows forecast;
            for (std::size_t h = 0; h < horizon; ++h) {
                const Rows answer = next_rows(kind, rows(series, h));
                forecast.push_back(answer[of % answer.size()]);
            }
            return forecast;
        });
    };
    const auto right = [&](const Rows& series, std::size_t h) { return stretch(series, h, lookback); };
    writer.expected("forecast", asked_about(right));
    writer.mistake("what the model says when it is told its own answers: here it is told the truth", "forecast",
                   batch_of(shape[0], horizon, shape[2],
                            [&](std::size_t b) { return rolled(kind, entry(past, b), horizon, as_it_should); }));
    writer.mistake("a forecast that has seen the row it is asked for: the rows end at future row h - 1", "forecast",
                   asked_about([&](const Rows& series, std::size_t h) { return stretch(series, h + 1, lookback); }));
    writer.mistake("a past that grows: it has always the look-back's length", "forecast",
                   asked_about([&](const Rows& series, std::size_t h) { return stretch(series, 0, lookback + h); }));
    writer.mistake("a forecast that is never told anything: entry h is about rows that end at future row h - 1",
                   "forecast",
                   asked_about([&](const Rows& series, std::size_t) { return stretch(series, 0, lookback); }));
    writer.mistake("a forecast that knows nothing but the future: the rows before it are past's", "forecast",
                   asked_about([&](const Rows& series, std::size_t h) {
                       return h == 0 ? stretch(series, 0, lookback)
                                     : stretch(series, std::max(lookback, h), std::min(lookback, h));
                   }));
    if (next_rows(kind, entry(past, 0)).size() > 1)
        writer.mistake("the last row of each answer: the first is the one that is one step ahead", "forecast",
                       asked_about(right, next_rows(kind, entry(past, 0)).size() - 1));
}

/// The sum as it is written, term by term, in long double.
void write_errors(const std::string& name, double phi, double variance, std::size_t horizon) {
    CaseWriter writer("6.9/errors", name);
    writer.number("phi", phi).number("variance", variance).number("horizon", static_cast<double>(horizon));
    using Real = long double;
    const auto all = [&](const std::function<Real(std::size_t h)>& of) {
        Tensor<1, double> result(std::array<std::size_t, 1>{horizon});
        for (std::size_t h = 1; h <= horizon; ++h) result(h - 1) = static_cast<double>(of(h));
        return result;
    };
    /// v factor^k, for k from first to end - 1, added up
    const auto sum = [&](Real factor, std::size_t first, std::size_t end) {
        Real result = 0;
        for (std::size_t k = first; k < end; ++k) result += Real{variance} * std::pow(factor, static_cast<Real>(k));
        return result;
    };
    const Real square = Real{phi} * Real{phi};
    const Tensor<1, double> expected = all([&](auto h) { return sum(square, 0, h); });
    writer.expected("errors", expected);
    const auto mistake = [&](const std::string& words, const std::function<Real(std::size_t h)>& of) {
        write_mistake(writer, words, "errors", all(of), expected);
    };
    if (variance == 0) return;
    if (square != 1) {
        mistake("powers of phi: the error is multiplied by phi, so its variance by phi^2",
                [&](auto h) { return sum(Real{phi}, 0, h); });
        mistake("the newest noise's share alone: all noise since the last row that was seen adds up",
                [&](auto h) { return Real{variance} * std::pow(square, static_cast<Real>(h - 1)); });
        mistake("the error of ever more steps, v / (1 - phi^2), from the start",
                [&](auto) { return Real{variance} / (1 - square); });
    }
    if (phi != 0) {
        mistake("one term too many: the sum of h steps ends at phi^{2 (h - 1)}",
                [&](auto h) { return sum(square, 0, h + 1); });
        mistake("a sum that begins at phi^2: the newest noise, phi^0, counts in full",
                [&](auto h) { return sum(square, 1, h + 1); });
    }
    if (variance != 1) {
        mistake("standard deviations: the variance is asked for", [&](auto h) { return std::sqrt(sum(square, 0, h)); });
        mistake("a sum that has not been multiplied by the noise's variance",
                [&](auto h) { return sum(square, 0, h) / Real{variance}; });
        mistake("the noise's variance squared: it is a variance already",
                [&](auto h) { return sum(square, 0, h) * Real{variance}; });
    }
    mistake("one noise's variance for each horizon: mistakes add up", [&](auto) { return Real{variance}; });
}

WB_CASES(rollout) {
    Draw draw(seed + 69);
    const std::string one = "6.9/one_at_a_time", several = "6.9/several";
    write_roll_out(draw, one, "decaying", NextRowsKind::decaying, {3, 4, 2}, 5);
    write_roll_out(draw, one, "within_the_lookback", NextRowsKind::one_row, {2, 5, 3}, 4);
    write_roll_out(draw, one, "past_the_lookback", NextRowsKind::one_row, {3, 4, 2}, 9);
    write_roll_out(draw, one, "lookback_of_one", NextRowsKind::one_row, {2, 1, 3}, 4);
    write_roll_out(draw, several, "three_at_a_time_of_6", NextRowsKind::three_rows, {2, 5, 3}, 6);
    write_roll_out(draw, several, "three_at_a_time_of_7", NextRowsKind::three_rows, {3, 4, 2}, 7);
    write_roll_out(draw, several, "three_at_a_time_of_2", NextRowsKind::three_rows, {3, 6, 2}, 2);
    write_roll_out(draw, several, "five_at_a_time_lookback_2", NextRowsKind::five_rows, {3, 2, 4}, 12);
    write_ahead(draw, "one_row", NextRowsKind::one_row, {3, 5, 2}, 4);
    write_ahead(draw, "horizon_past_the_lookback", NextRowsKind::one_row, {2, 3, 4}, 7);
    write_ahead(draw, "three_rows", NextRowsKind::three_rows, {3, 4, 2}, 6);
    write_errors("levels_off", 0.5, 2, 6);
    write_errors("of_either_sign", -0.8, 0.25, 7);
    write_errors("random_walk", 1, 3, 5);
    write_errors("nearly_a_random_walk", 1 - 0x1p-30, 1.5, 40);
    write_errors("explodes", 2, 0.5, 12);
    write_errors("no_memory", 0, 4, 5);
    write_errors("no_noise", 0.9, 0, 5);
}

}  // namespace
}  // namespace wb
