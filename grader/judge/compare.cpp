#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "judge/case.hpp"
#include "judge/judge.hpp"

namespace wb::grader {
namespace {

std::string index_text(std::size_t flat, const std::vector<std::size_t>& shape) {
    std::vector<std::size_t> index(shape.size());
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        index[axis] = flat % shape[axis];
        flat /= shape[axis];
    }
    return fmt::format("[{}]", fmt::join(index, ", "));
}

constexpr std::size_t least_telling = 4;

/// Two different numbers with as few digits, from 7 on, as tell them apart.
std::pair<std::string, std::string> told_apart(double expected, double got) {
    const auto shown = [](double value, int digits) {
        return std::isnan(value) ? std::string("NaN") : fmt::format("{:.{}g}", value, digits);
    };
    int digits = 7;
    while (digits < 17 && shown(expected, digits) == shown(got, digits)) ++digits;
    return {shown(expected, digits), shown(got, digits)};
}

/// Allowed distances for one comparison.
struct Allowance {
    Tolerance tolerance;
    double largest = 0;
    [[nodiscard]] double at(double expected) const {
        return tolerance.absolute + tolerance.relative * std::abs(expected) + tolerance.of_largest * largest;
    }
    [[nodiscard]] bool accepts(double got, double expected) const {
        if (std::isinf(expected)) return got == expected;
        return std::abs(got - expected) <= at(expected);  // false for NaN
    }
    [[nodiscard]] bool accepts(const std::vector<double>& got, const std::vector<double>& expected) const {
        for (std::size_t i = 0; i < got.size(); ++i) {
            if (!accepts(got[i], expected[i])) return false;
        }
        return true;
    }
};

}  // namespace

std::string detail::compare(const std::vector<double>& got, const std::vector<double>& expected,
                            const std::vector<std::size_t>& shape, const Tolerance& tolerance, const std::string& what,
                            const std::vector<std::pair<std::string, std::vector<double>>>& mistakes) {
    Allowance allowance{tolerance};
    for (const double e : expected) {
        if (std::isfinite(e)) allowance.largest = std::max(allowance.largest, std::abs(e));
    }
    std::size_t wrong = 0, nans = 0, first = 0, worst = 0;
    double worst_error = -1;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (allowance.accepts(got[i], expected[i])) continue;
        if (wrong++ == 0) first = i;
        if (std::isnan(got[i])) ++nans;
        const double error = std::isnan(got[i]) ? INFINITY : std::abs(got[i] - expected[i]);
        if (error > worst_error) {
            worst_error = error;
            worst = i;
        }
    }
    if (wrong == 0) return {};

    const auto line = [&](const char* word, std::size_t i) {
        const auto [wanted, found] = told_apart(expected[i], got[i]);
        return fmt::format("\n  {} at {}: expected {}, got {} (allowed difference {:.2g})", word, index_text(i, shape),
                           wanted, found, allowance.at(expected[i]));
    };
    std::string text = fmt::format("{} [{}] is wrong in {} of {} places{}", what, fmt::join(shape, ", "), wrong,
                                   expected.size(), nans > 0 ? fmt::format(", {} of them NaN", nans) : "");
    text += line("first", first);
    if (worst != first) text += line("worst", worst);
    // Zeros are what every kernel leaves that did not come to its end: they point to no mistake of the formula.
    const bool nothing = std::all_of(got.begin(), got.end(), [](double value) { return value == 0; });
    for (const auto& [words, answer] : mistakes) {
        if (nothing) break;
        // A mistake that this case cannot tell from the truth explains nothing, nor does a handful of numbers: too much equals them.
        if (got.size() >= least_telling && answer.size() == got.size() && allowance.accepts(got, answer) &&
            !allowance.accepts(answer, expected)) {
            text += "\n  The numbers equal " + words + ".";
        }
    }
    return text;
}

void detail::report(const std::string& text, const char* file, int line) {
    if (!text.empty()) ADD_FAILURE_AT(file, line) << text;
}

void expect_shape(const std::vector<std::size_t>& got, const std::vector<std::size_t>& expected,
                  const std::string& what) {
    if (got == expected) return;
    stop_test(fmt::format("{}: expected shape [{}], got [{}]", what, fmt::join(expected, ", "), fmt::join(got, ", ")));
}

}  // namespace wb::grader
