/// @file
/// Writes the cases of exercise 6.3. Families:
///
///     6.3/calendar  drawn times                 6.3/tokens  an embedding from place 0, with gradients
///     6.3/circle    drawn values and periods    6.3/later   from another place
#include <chrono>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "time_encodings_case.hpp"

namespace wb {
namespace {

/// A day between 1990 and 2029, at any minute.
Timestamp draw_time(Draw& draw) {
    using namespace std::chrono;
    const sys_days day = sys_days(year(1990) / January / 1) + days(draw.below(365 * 40));
    const year_month_day date(day);
    Timestamp time;
    time.year = static_cast<int>(date.year());
    time.month = static_cast<int>(static_cast<unsigned>(date.month()));
    time.day = static_cast<int>(static_cast<unsigned>(date.day()));
    time.hour = static_cast<int>(draw.below(24));
    time.minute = static_cast<int>(draw.below(60));
    time.weekday = static_cast<int>(weekday(day).iso_encoding()) - 1;
    time.day_of_year = static_cast<int>((day - sys_days(date.year() / January / 1)).count()) + 1;
    return time;
}

void write_calendar(Draw& draw, std::size_t count) {
    std::vector<Timestamp> times(count);
    for (Timestamp& time : times) time = draw_time(draw);
    CaseWriter writer("6.3/calendar", shape_name({{"times", count}}));
    write_times(writer, times);
    using Row = std::array<double, 4>;
    const auto table = [&](const std::function<Row(const Timestamp&)>& of) {
        Tensor<2, double> result(std::array<std::size_t, 2>{count, 4});
        for (std::size_t n = 0; n < count; ++n) {
            const Row row = of(times[n]);
            for (std::size_t i = 0; i < 4; ++i) result(n, i) = row[i];
        }
        return result;
    };
    // (what is counted from 0) / (the largest of it)
    const auto parts = [](const Timestamp& t) {
        return Row{t.hour / 23.0, t.weekday / 6.0, (t.day - 1) / 30.0, (t.day_of_year - 1) / 365.0};
    };
    const auto centred = [](Row row) {
        for (double& number : row) number -= 0.5;
        return row;
    };
    const auto changed = [&](std::size_t column, const std::function<double(const Timestamp&)>& to) {
        return table([&, column](const Timestamp& t) {
            Row row = centred(parts(t));
            row[column] = to(t);
            return row;
        });
    };
    writer.expected("features", table([&](const Timestamp& t) { return centred(parts(t)); }));
    writer.mistake("numbers from 0 to 1: .5 is taken off each, so that they lie on both sides of 0", "features",
                   table(parts));
    writer.mistake("hours divided by 24: hour 23 is the last, and becomes .5", "features",
                   changed(0, [](const Timestamp& t) { return t.hour / 24.0 - 0.5; }));
    writer.mistake("hours with their minutes: minutes do not count", "features",
                   changed(0, [](const Timestamp& t) { return (t.hour + t.minute / 60.0) / 23.0 - 0.5; }));
    writer.mistake("weekdays divided by 7: day 6 is the last, and becomes .5", "features",
                   changed(1, [](const Timestamp& t) { return t.weekday / 7.0 - 0.5; }));
    writer.mistake("weekdays counted from Sunday: here Monday is 0", "features",
                   changed(1, [](const Timestamp& t) { return (t.weekday + 1) % 7 / 6.0 - 0.5; }));
    writer.mistake("days of the month from 1: the first day becomes -.5", "features",
                   changed(2, [](const Timestamp& t) { return t.day / 30.0 - 0.5; }));
    writer.mistake("days of the month divided by 31: day 31, the last, becomes (31 - 1) / 30 - .5", "features",
                   changed(2, [](const Timestamp& t) { return (t.day - 1) / 31.0 - 0.5; }));
    writer.mistake("days of the year from 1: the first day becomes -.5", "features",
                   changed(3, [](const Timestamp& t) { return t.day_of_year / 365.0 - 0.5; }));
    writer.mistake("months, not days of the year, in column 3", "features",
                   changed(3, [](const Timestamp& t) { return (t.month - 1) / 11.0 - 0.5; }));
    writer.mistake("quotients of whole numbers, which C++ rounds to 0", "features", table([&](const Timestamp& t) {
                       Row row = parts(t);
                       for (double& number : row) number = std::floor(number);
                       return centred(row);
                   }));
    writer.mistake("the columns in the order month, year, week, day", "features", table([&](const Timestamp& t) {
                       const Row row = centred(parts(t));
                       return Row{row[2], row[3], row[1], row[0]};
                   }));
}

/// @param values  any; long doubles hold the oracle's angles
void write_circle(const std::string& name, const Tensor<1, double>& values, double period, std::size_t harmonics) {
    CaseWriter writer("6.3/circle", name);
    writer.in("values", values).number("period", period).number("harmonics", static_cast<double>(harmonics));
    using Place = std::function<long double(std::size_t n, std::size_t k)>;  // in turns
    const auto turns = [&](std::size_t n) { return std::fmod(static_cast<long double>(values(n)), period) / period; };
    const auto table = [&](const Place& place, std::size_t sin_column, std::size_t cos_column, std::size_t step) {
        Tensor<2, double> result = zeros<2, double>({values.size(), 2 * harmonics});
        for (std::size_t n = 0; n < values.size(); ++n) {
            for (std::size_t k = 0; k < harmonics; ++k) {
                const long double angle = 2 * std::numbers::pi_v<long double> * place(n, k);
                result(n, sin_column + step * k) = static_cast<double>(std::sin(angle));
                result(n, cos_column + step * k) = static_cast<double>(std::cos(angle));
            }
        }
        return result;
    };
    const Place right = [&](std::size_t n, std::size_t k) { return static_cast<long double>(k + 1) * turns(n); };
    writer.expected("features", table(right, 0, 1, 2));
    writer.mistake("cos before sin: sin has the even columns", "features", table(right, 1, 0, 2));
    if (harmonics > 1)
        writer.mistake("all sines, then all cosines: they take turns", "features", table(right, 0, harmonics, 1));
    writer.mistake(
        "harmonics from 0: the first, a constant, says nothing; k begins at the angle itself", "features",
        table([&](std::size_t n, std::size_t k) { return static_cast<long double>(k) * turns(n); }, 0, 1, 2));
    writer.mistake(
        "angles without 2 pi: value / period is a share of the circle", "features",
        table([&](std::size_t n, std::size_t k) { return right(n, k) / (2 * std::numbers::pi_v<long double>); }, 0, 1,
              2));
    writer.mistake("half circles: a period is 2 pi", "features",
                   table([&](std::size_t n, std::size_t k) { return right(n, k) / 2; }, 0, 1, 2));
    if (harmonics > 2)
        writer.mistake(
            "harmonics that double (1, 2, 4): they are multiples (1, 2, 3)", "features",
            table([&](std::size_t n, std::size_t k) { return std::ldexp(turns(n), static_cast<int>(k)); }, 0, 1, 2));
    if (harmonics > 1)
        writer.mistake("the same angle for every harmonic: the (k + 1)-th goes round k + 1 times", "features",
                       table([&](std::size_t n, std::size_t) { return turns(n); }, 0, 1, 2));
    writer.mistake("the angle backwards: a value of a quarter period lies at sin 1, not -1", "features",
                   table([&](std::size_t n, std::size_t k) { return -right(n, k); }, 0, 1, 2));
}

/// What may be wrong with tokens.
struct Flaws {
    double value = 1, bias = 1, calendar = 1, positions = 1;              ///< factors
    std::function<std::size_t(std::size_t b, std::size_t t)> place = {};  ///< of a row; none: the right one
};

Tensor<3, double> tokens(const Tokens& of, const Flaws& flaws) {
    const std::size_t batch = of.x.shape(0), length = of.x.shape(1), d_model = of.value_bias.size();
    Tensor<3, double> result(std::array<std::size_t, 3>{batch, length, d_model});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < length; ++t) {
            const auto place = static_cast<double>(flaws.place ? flaws.place(b, t) : of.first + t);
            for (std::size_t d = 0; d < d_model; ++d) {
                const double angle =
                    place * std::exp(-std::log(1e4) * static_cast<double>(d - d % 2) / static_cast<double>(d_model));
                double sum = flaws.bias * double{of.value_bias(d)};
                sum += flaws.positions * (d % 2 == 0 ? std::sin(angle) : std::cos(angle));
                for (std::size_t v = 0; v < of.x.shape(2); ++v)
                    sum += flaws.value * double{of.value_weight(d, v)} * double{of.x(b, t, v)};
                for (std::size_t f = 0; f < of.features.shape(2); ++f)
                    sum += flaws.calendar * double{of.calendar_weight(d, f)} * double{of.features(b, t, f)};
                result(b, t, d) = sum;
            }
        }
    }
    return result;
}

/// Gradients of sum(tokens * d_out).
void write_gradients(CaseWriter& writer, const Tokens& of) {
    const auto of_rows = [&](const Tensor<2>& weight) {
        Tensor<3, double> result = zeros<3, double>({of.x.shape(0), of.x.shape(1), weight.shape(1)});
        for (std::size_t b = 0; b < result.shape(0); ++b)
            for (std::size_t t = 0; t < result.shape(1); ++t)
                for (std::size_t d = 0; d < weight.shape(0); ++d)
                    for (std::size_t i = 0; i < weight.shape(1); ++i)
                        result(b, t, i) += double{of.d_out(b, t, d)} * double{weight(d, i)};
        return result;
    };
    const auto of_weight = [&](const Tensor<3>& rows) {
        Tensor<2, double> result = zeros<2, double>({of.d_out.shape(2), rows.shape(2)});
        for (std::size_t b = 0; b < rows.shape(0); ++b)
            for (std::size_t t = 0; t < rows.shape(1); ++t)
                for (std::size_t d = 0; d < result.shape(0); ++d)
                    for (std::size_t i = 0; i < rows.shape(2); ++i)
                        result(d, i) += double{of.d_out(b, t, d)} * double{rows(b, t, i)};
        return result;
    };
    const Tensor<2, double> bias = of_weight(full<3>({of.x.shape(0), of.x.shape(1), 1}, 1));
    Tensor<1, double> flat = zeros<1, double>({bias.shape(0)});
    for (std::size_t d = 0; d < flat.size(); ++d) flat(d) = bias(d, 0);
    writer.expected("d_x", of_rows(of.value_weight)).expected("d_features", of_rows(of.calendar_weight));
    writer.expected("d_value.weight", of_weight(of.x)).expected("d_value.bias", flat);
    writer.expected("d_calendar.weight", of_weight(of.features));
    const std::string dead = "0 throughout: nothing on the tape leads from the tokens back to this layer";
    writer.mistake(dead, "d_value.weight", zeros<2, double>({of.value_weight.shape(0), of.value_weight.shape(1)}));
    writer.mistake(dead, "d_value.bias", zeros<1, double>({of.value_bias.size()}));
    writer.mistake(dead, "d_calendar.weight",
                   zeros<2, double>({of.calendar_weight.shape(0), of.calendar_weight.shape(1)}));
}

void write_embedding(Draw& draw, const std::string& family, const std::array<std::size_t, 5>& sizes,
                     std::size_t first) {
    const auto [batch, length, variates, features, d_model] = sizes;
    const Tokens of{draw.uniform<2>({d_model, variates}, 1),
                    draw.uniform<1>({d_model}, 2),
                    draw.uniform<2>({d_model, features}, 1.5),
                    draw.uniform<3>({batch, length, variates}, 2),
                    draw.uniform<3>({batch, length, features}, 0.5),
                    draw.uniform<3>({batch, length, d_model}, 1),
                    first};
    CaseWriter writer(family,
                      shape_name({{"batch", batch}, {"length", length}, {"variates", variates}, {"first", first}}));
    write_tokens(writer, of);
    writer.expected("tokens", tokens(of, {}));
    writer.mistake("tokens without positions", "tokens", tokens(of, {.positions = 0}));
    writer.mistake("tokens without the calendar", "tokens", tokens(of, {.calendar = 0}));
    writer.mistake("tokens without the bias of value", "tokens", tokens(of, {.bias = 0}));
    writer.mistake("tokens without values", "tokens", tokens(of, {.value = 0, .bias = 0}));
    const double root = std::sqrt(static_cast<double>(d_model));
    writer.mistake("values times sqrt(d_model): nothing is scaled here", "tokens",
                   tokens(of, {.value = root, .bias = root}));
    writer.mistake("all but the positions times sqrt(d_model): nothing is scaled here", "tokens",
                   tokens(of, {.value = root, .bias = root, .calendar = root}));
    writer.mistake("places from first + 1: row 0 has the place `first`", "tokens",
                   tokens(of, {.place = [&](std::size_t, std::size_t t) { return first + t + 1; }}));
    if (batch > 1)
        writer.mistake(
            "places counted on from one entry of the batch to the next: every entry begins at `first`", "tokens",
            tokens(of, {.place = [&](std::size_t b, std::size_t t) { return first + b * of.x.shape(1) + t; }}));
    if (first > 0) {
        writer.mistake("places from 0: the first row has the place `first`", "tokens",
                       tokens(of, {.place = [](std::size_t, std::size_t t) { return t; }}));
        writer.mistake("the place `first` for every row", "tokens",
                       tokens(of, {.place = [&](std::size_t, std::size_t) { return first; }}));
    }
    write_gradients(writer, of);
}

WB_CASES(time_encodings) {
    Draw draw(seed + 63);
    write_calendar(draw, 17);
    write_calendar(draw, 5);
    const auto values = [&](std::size_t count, double range, double scale) {
        const Tensor<1> drawn = draw.uniform<1>({count}, range);
        Tensor<1, double> result(drawn.shape());
        for (std::size_t n = 0; n < count; ++n) result(n) = scale * double{drawn(n)};
        return result;
    };
    write_circle("hours_of_a_day", values(9, 1, 48), 24, 1);
    write_circle("days_of_a_week_3_harmonics", values(7, 1, 14), 7, 3);
    write_circle("days_of_a_year_5_harmonics", values(4, 1, 800), 365.25, 5);
    write_circle("a_short_period", values(6, 1, 0.02), 0.01, 2);
    write_embedding(draw, "6.3/tokens", {2, 3, 4, 5, 6}, 0);
    write_embedding(draw, "6.3/tokens", {1, 7, 1, 4, 8}, 0);
    write_embedding(draw, "6.3/later", {3, 2, 5, 4, 8}, 7);
    write_embedding(draw, "6.3/later", {2, 5, 3, 2, 5}, 96);
}

}  // namespace
}  // namespace wb
