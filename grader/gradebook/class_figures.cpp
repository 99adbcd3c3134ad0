#include "gradebook/class_figures.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <set>
#include <sstream>

#include "report/terminal.hpp"
#include "text/utf8.hpp"

namespace wb::grader {
namespace {

constexpr const char* known_mistake = "The numbers equal";  ///< begins the judge's sentence (judge/compare.cpp)

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_of_a_word(char c) {
    return is_digit(c) || c == '_' || std::isalpha(static_cast<unsigned char>(c)) != 0;
}

/// Where the number that begins at `begin` ends: 12, 1.5, 2e-7, 0x1f.
std::size_t end_of_number(std::string_view text, std::size_t begin) {
    const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
    std::size_t end = begin;
    if (at(begin) == '0' && at(begin + 1) == 'x') {
        end += 2;
        while (std::isxdigit(static_cast<unsigned char>(at(end))) != 0) ++end;
        return end;
    }
    while (is_digit(at(end)) || (at(end) == '.' && is_digit(at(end + 1)))) ++end;
    const std::size_t sign = at(end + 1) == '-' || at(end + 1) == '+' ? 1 : 0;
    if ((at(end) == 'e' || at(end) == 'E') && is_digit(at(end + 1 + sign))) {
        end += 1 + sign;
        while (is_digit(at(end))) ++end;
    }
    return end;
}

/// "got [2, 3] of -1.5" becomes "got [#] of #"; float32 and q_len2 are words and stay.
std::string without_numbers(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const bool word_before = i > 0 && is_of_a_word(text[i - 1]);
        const bool sign = text[i] == '-' && i + 1 < text.size() && is_digit(text[i + 1]);
        if (word_before || (!is_digit(text[i]) && !sign)) {
            out += text[i++];
            continue;
        }
        i = end_of_number(text, i + (sign ? 1 : 0));
        out += '#';
        if (out.ends_with("#, #")) out.resize(out.size() - 3);  // shapes of any number of axes are alike
    }
    return out;
}

std::string telling_line(const std::string& message) {
    std::istringstream lines(message);
    std::string first;
    for (std::string line; std::getline(lines, line);) {
        line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
        if (line.starts_with(known_mistake)) return line;
        if (first.empty()) first = line;
    }
    return first;
}

bool is_mistake(TestStatus status) {
    return status != TestStatus::passed && status != TestStatus::manual && status != TestStatus::skipped &&
           status != TestStatus::not_implemented;
}

}  // namespace

std::size_t bin_of(double score, double max_score) {
    if (score >= max_score) return 5;
    if (score <= 0) return 0;
    return 1 + std::min<std::size_t>(3, static_cast<std::size_t>(4 * score / max_score));
}

std::string signature_of(const TestReport& test) {
    constexpr std::size_t longest = 200;
    std::string signature = without_numbers(telling_line(test.message));
    if (test.status != TestStatus::failed || signature.empty())
        signature = words_of(test.status) + (signature.empty() ? "" : ": " + signature);
    if (signature.size() <= longest) return signature;
    std::size_t end = longest - 3;
    while (end > 0 && (static_cast<unsigned char>(signature[end]) & 0xC0) == 0x80) --end;
    return signature.substr(0, end) + "...";
}

void ClassFigures::add_exercise(ExerciseFigures& figures, const Standing& standing, const ExerciseReport& exercise) {
    figures.max_score = std::max(figures.max_score, standing.max_score(exercise));
    if (not_graded_yet(exercise)) {
        ++figures.not_graded;
        return;
    }
    const double score = standing.score(exercise);
    figures.scores.push_back(score);
    ++figures.bins[bin_of(score, standing.max_score(exercise))];
    if (exercise.outcome() == TestStatus::not_implemented) ++figures.not_begun;
    figures.to_be_marked +=
        static_cast<int>(std::count_if(standing.answers.begin(), standing.answers.end(), [&](const MarkedAnswer& one) {
            return one.to_be_marked && one.exercise == exercise.id;
        }));
    double took = 0;
    std::set<std::pair<std::string, std::string>> seen;  // a test runs in several builds, and counts once
    for (const TestReport& test : exercise.tests) {
        took += test.seconds;
        if (!is_mistake(test.status)) continue;
        const std::string signature = signature_of(test);
        if (!seen.emplace(signature, test.name).second) continue;
        // A known mistake is the same one in every exercise; "wrong in # of # places" is not.
        Mistake& mistake = mistakes_[signature.starts_with(known_mistake) ? signature : exercise.id + " " + signature];
        mistake.signature = signature;
        if (mistake.ids.empty() || mistake.ids.back() != standing.id) mistake.ids.push_back(standing.id);
        ++mistake.tests[exercise.id + " " + test.name];
    }
    figures.seconds.push_back(took);
}

void ClassFigures::add(const Standing& standing) {
    rows.push_back(
        {standing.id, standing.name, standing.state, standing.total(), standing.max_total(), remarks_of(standing)});
    ++states[standing.state];
    if (standing.late.days > 0) ++late;
    to_be_marked += standing.to_be_marked();
    seconds += standing.report.seconds();
    if (const std::string sandbox = standing.report.sandbox(); !sandbox.empty()) ++sandboxes[sandbox];
    std::size_t position = 0;
    for (const ChapterReport& chapter : standing.report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {  // the same ones in each standing of a book
            if (position == exercises.size()) {
                exercises.emplace_back();
                exercises.back().chapter = chapter.title;
                exercises.back().id = exercise.id;
                exercises.back().title = exercise.title;
            }
            add_exercise(exercises[position++], standing, exercise);
        }
    }
    if (standing.version == 0 || standing.max_total() <= 0) return;
    totals.push_back(standing.total());
    ++total_bins[std::min<std::size_t>(9, static_cast<std::size_t>(10 * standing.total() / standing.max_total()))];
}

std::vector<Mistake> ClassFigures::mistakes() const {
    std::vector<Mistake> sorted;
    for (const auto& [signature, mistake] : mistakes_) sorted.push_back(mistake);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Mistake& a, const Mistake& b) { return a.ids.size() > b.ids.size(); });
    return sorted;
}

double mean_of(const std::vector<double>& numbers) {
    if (numbers.empty()) return 0;
    return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

double median_of(std::vector<double> numbers) {
    if (numbers.empty()) return 0;
    std::sort(numbers.begin(), numbers.end());
    const std::size_t half = numbers.size() / 2;
    return numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
}

}  // namespace wb::grader
