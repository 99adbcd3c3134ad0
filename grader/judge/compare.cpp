#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "judge/case.hpp"
#include "judge/judge.hpp"
#include "judge/wrong_answer.hpp"

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

constexpr std::size_t least_telling = 4;  ///< so many numbers tell a mistake, whatever they are
constexpr double far = 100;  ///< allowances from the truth: a single number hits such a place by chance once in so many

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
};

/// Whether a mistake's number is met by nothing but the mistake: it is far from the truth, and not round, as 0, 0.5 or 42 are.
bool telling(double mistake, double expected, const Allowance& allowance) {
    const double digits = std::pow(10, 2 - std::floor(std::log10(std::abs(mistake))));  // three are kept
    const double rounded = std::round(mistake * digits) / digits;
    return std::isfinite(rounded) && std::abs(mistake - rounded) > allowance.at(expected) &&
           std::abs(mistake - expected) > far * allowance.at(expected);
}

/// Whether an answer is what a mistake makes. NaN in the mistake's stands for what nobody can know, such as memory beyond a buffer, and
/// for what only NaN could answer: any number may be there. What is left must tell the mistake from the truth.
bool equals_mistake(const std::vector<double>& got, const std::vector<double>& mistake,
                    const std::vector<double>& expected, const Allowance& allowance) {
    if (got.size() != mistake.size()) return false;
    std::size_t known = 0;
    bool differs = false, tells = false;
    for (std::size_t i = 0; i < got.size(); ++i) {
        if (std::isnan(mistake[i])) continue;
        if (!allowance.accepts(got[i], mistake[i])) return false;
        ++known;
        differs = differs || !allowance.accepts(mistake[i], expected[i]);
        tells = tells || telling(mistake[i], expected[i], allowance);
    }
    // A handful of numbers explains nothing, unless one has digits of its own: too much equals them.
    return differs && (known >= least_telling || tells);
}

bool& answers_start_as_nan() {
    static bool they_do = false;
    return they_do;
}

/// Which places of an answer that started as NaN are NaN still.
std::string unwritten(const std::vector<double>& got, const std::vector<std::size_t>& shape) {
    const auto from = [&](std::size_t first,
                          std::size_t length) {  // NaN from there to the end of each `length`, and nowhere else
        for (std::size_t i = 0; i < got.size(); ++i) {
            if (std::isnan(got[i]) != (i % length >= first)) return false;
        }
        return true;
    };
    const auto first = static_cast<std::size_t>(
        std::find_if(got.begin(), got.end(), [](double value) { return std::isnan(value); }) - got.begin());
    const std::size_t length = shape.empty() ? 1 : shape.back();
    if (from(0, 1))
        return "Every answer starts as NaN, and this one is NaN throughout: nothing was written, or something was "
               "added to what was there.";
    if (length < got.size() && first < length && from(first, length)) {
        return fmt::format(
            "Every answer starts as NaN: of each row of {0} numbers only the first {1} were written. If {1} is the "
            "number of threads, each thread has to go on: i = threadIdx.x, then i += blockDim.x, to the row's end.",
            length, first);
    }
    if (from(first, got.size())) {
        return fmt::format(
            "Every answer starts as NaN: only the first {} of {} numbers were written. Either the grid covers all of "
            "them, rounded up, or each thread goes on by the number of all threads.",
            first, got.size());
    }
    return "Every answer starts as NaN: these places were not written, or computed from some that were not.";
}

}  // namespace

AnswersStartAsNan::AnswersStartAsNan() : before_(std::exchange(answers_start_as_nan(), true)) {}
AnswersStartAsNan::~AnswersStartAsNan() {
    answers_start_as_nan() = before_;
}

std::string detail::compare(const std::vector<double>& got, const std::vector<double>& expected,
                            const std::vector<std::size_t>& shape, const Tolerance& tolerance, const std::string& what,
                            const KnownMistakes& mistakes) {
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
        if (equals_mistake(got, answer, expected, allowance)) text += "\n  The numbers equal " + words + ".";
    }
    // A NaN that arithmetic makes of numbers, as 0 / 0 is, has the other sign on x86.
    const bool computed =
        std::any_of(got.begin(), got.end(), [](double value) { return std::isnan(value) && std::signbit(value); });
    if (answers_start_as_nan() && nans > 0 && nans == wrong && !computed) text += "\n  " + unwritten(got, shape);
    return text;
}

std::string known_mistake(double got, double right, const Tolerance& tolerance,
                          const std::vector<std::pair<std::string, double>>& mistakes) {
    const Allowance allowance{tolerance, std::abs(right)};
    for (const auto& [words, answer] : mistakes) {
        if (equals_mistake({got}, {answer}, {right}, allowance)) return "\n  The numbers equal " + words + ".";
    }
    return {};
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
