/// @file
/// Writes the cases of exercise 3.7. Families, each case with five questions or more, so that a mistake is told by five numbers:
///
///     3.7/classes  answers and labels       3.7/words  pairs of words      3.7/tokens  losses of words
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "report_case.hpp"

namespace wb {
namespace {

constexpr std::size_t rows = 5;

/// What a class has: hits, false answers, misses.
struct Hits {
    double hit = 0, false_answers = 0, missed = 0;
    [[nodiscard]] double precision() const { return hit > 0 ? hit / (hit + false_answers) : 0; }
    [[nodiscard]] double recall() const { return hit > 0 ? hit / (hit + missed) : 0; }
    /// As the harmonic mean of the two.
    [[nodiscard]] double f1() const { return hit > 0 ? 2 * precision() * recall() / (precision() + recall()) : 0; }
};

/// @param names  of the classes that may occur, the last of which never does as a label, and the first never as an answer
void write_classes(Draw& draw, std::size_t samples, std::size_t classes, const std::vector<int>& names) {
    Tensor<2, double> predicted = zeros<2, double>({rows, samples}), labels = predicted;
    Tensor<3, double> counts = zeros<3, double>({rows, classes, classes}), transposed = counts, shares = counts;
    std::vector<double> right, f1, over_all, over_labels, by_size, precision, recall, of_means, absent_as_one;
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<Hits> of(classes);
        double hits = 0;
        for (std::size_t n = 0; n < samples; ++n) {
            // Rarer and rarer classes; two answers of three are right.
            const std::size_t last = names.size() - 1;
            const int label = names[std::min(draw.below(last), draw.below(last))];
            const int answer = draw.below(3) < 2 && label != names[0] ? label : names[1 + draw.below(last)];
            const auto l = static_cast<std::size_t>(label), a = static_cast<std::size_t>(answer);
            labels(row, n) = label;
            predicted(row, n) = answer;
            counts(row, l, a) += 1;
            transposed(row, a, l) += 1;
            shares(row, l, a) += 1 / static_cast<double>(samples);
            if (l == a) {
                of[l].hit += 1;
                hits += 1;
            } else {
                of[a].false_answers += 1;
                of[l].missed += 1;
            }
        }
        double total = 0, occur = 0, labelled = 0, of_labelled = 0, weighted = 0, all_precision = 0, all_recall = 0;
        for (const Hits& one : of) {
            const double size = one.hit + one.missed;
            total += one.f1();
            occur += size + one.false_answers > 0 ? 1 : 0;
            labelled += size > 0 ? 1 : 0;
            of_labelled += size > 0 ? one.f1() : 0;
            weighted += one.f1() * size / static_cast<double>(samples);
            all_precision += one.precision();
            all_recall += one.recall();
        }
        const auto number = static_cast<double>(classes);
        right.push_back(hits / static_cast<double>(samples));
        f1.push_back(total / occur);
        over_all.push_back(total / number);
        over_labels.push_back(of_labelled / labelled);
        absent_as_one.push_back((total + number - occur) / number);
        by_size.push_back(weighted);
        precision.push_back(all_precision / occur);
        recall.push_back(all_recall / occur);
        of_means.push_back(2 * precision.back() * recall.back() / (precision.back() + recall.back()));
    }
    CaseWriter writer("3.7/classes", shape_name({{"samples", samples}, {"classes", classes}}));
    writer.in("predicted", predicted).in("labels", labels).number("classes", static_cast<double>(classes));
    writer.expected("accuracy", row_of(right)).expected("confusion", counts).expected("macro_f1", row_of(f1));
    const auto each = [&](const std::function<double(double)>& change) {
        std::vector<double> changed = right;
        std::transform(changed.begin(), changed.end(), changed.begin(), change);
        return row_of(changed);
    };
    writer.mistake("the shares of wrong answers", "accuracy", each([](double share) { return 1 - share; }));
    writer.mistake("percent; it is a share", "accuracy", each([](double share) { return 100 * share; }));
    writer.mistake("the numbers of right answers; it is their share", "accuracy",
                   each([&](double share) { return share * static_cast<double>(samples); }));
    writer.mistake("rows by answer and columns by label; it is the other way round", "confusion", transposed);
    writer.mistake("shares of all samples; confusion counts", "confusion", shares);
    writer.mistake("accuracy, which is the micro F1: there large classes count more", "macro_f1", row_of(right));
    writer.mistake("the mean with F1 = 0 for classes that do not occur; they are left out", "macro_f1",
                   row_of(over_all));
    writer.mistake("the mean with F1 = 1 for classes that do not occur; they are left out", "macro_f1",
                   row_of(absent_as_one));
    writer.mistake("the mean over the classes that occur as a label; one that occurs as an answer alone has F1 0",
                   "macro_f1", row_of(over_labels));
    writer.mistake("the mean weighted by the classes' sizes; here every class counts alike", "macro_f1",
                   row_of(by_size));
    writer.mistake("the mean precision", "macro_f1", row_of(precision));
    writer.mistake("the mean recall", "macro_f1", row_of(recall));
    writer.mistake("F1 of mean precision and mean recall; it is the mean of the F1", "macro_f1", row_of(of_means));
}

/// The least cost of making one word of the other, from their ends, by memory of what was asked before.
class Changes {
 public:
    Changes(std::string a, std::string b, std::size_t replacing, bool swaps)
        : a_(std::move(a)), b_(std::move(b)), replacing_(replacing), swaps_(swaps) {}
    std::size_t least() { return from(0, 0); }

 private:
    /// Of what lies from letter i of a and letter j of b on.
    std::size_t from(std::size_t i, std::size_t j) {
        if (i == a_.size()) return b_.size() - j;
        if (j == b_.size()) return a_.size() - i;
        const auto found = known_.find({i, j});
        if (found != known_.end()) return found->second;
        std::size_t best = from(i + 1, j + 1) + (a_[i] == b_[j] ? 0 : replacing_);
        best = std::min(best, from(i + 1, j) + 1);
        best = std::min(best, from(i, j + 1) + 1);
        if (swaps_ && i + 1 < a_.size() && j + 1 < b_.size() && a_[i] == b_[j + 1] && a_[i + 1] == b_[j])
            best = std::min(best, from(i + 2, j + 2) + 1);
        known_[{i, j}] = best;
        return best;
    }
    std::string a_, b_;
    std::size_t replacing_;
    bool swaps_;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> known_;
};

std::size_t place_by_place(const std::string& a, const std::string& b) {
    std::size_t different = std::max(a.size(), b.size()) - std::min(a.size(), b.size());
    for (std::size_t n = 0; n < std::min(a.size(), b.size()); ++n) different += a[n] == b[n] ? 0 : 1;
    return different;
}

void write_words(const std::string& name, const std::vector<std::string>& written,
                 const std::vector<std::string>& right) {
    std::vector<double> distances, only_in_and_out, with_swaps, by_place, longer;
    double average = 0;
    for (std::size_t n = 0; n < written.size(); ++n) {
        const auto least = [&](std::size_t replacing, bool swaps) {
            return static_cast<double>(Changes(written[n], right[n], replacing, swaps).least());
        };
        distances.push_back(least(1, false));
        only_in_and_out.push_back(least(2, false));
        with_swaps.push_back(least(1, true));
        by_place.push_back(static_cast<double>(place_by_place(written[n], right[n])));
        longer.push_back(static_cast<double>(std::max(written[n].size(), right[n].size())));
        if (longer.back() > 0) average += distances.back() / longer.back() / static_cast<double>(written.size());
    }
    CaseWriter writer("3.7/words", name);
    writer.text("written", joined(written)).text("right", joined(right));
    writer.expected("distances", row_of(distances)).expected("mean", row_of({average}));
    writer.mistake("how many letters differ, place by place: one letter too many at the front is one change only",
                   "distances", row_of(by_place));
    writer.mistake("changes without replacing: a letter for another is one change, not two", "distances",
                   row_of(only_in_and_out));
    writer.mistake("changes where two swapped letters count as one: that is Damerau's distance", "distances",
                   row_of(with_swaps));
    writer.mistake("the lengths of the longer words", "distances", row_of(longer));
}

std::string random_word(Draw& draw, std::size_t longest, std::size_t letters) {
    std::string word;
    for (std::size_t left = draw.below(longest + 1); left > 0; --left)
        word += static_cast<char>('a' + static_cast<char>(draw.below(letters)));
    return word;
}

/// A word with some letters changed, put in, left out or swapped.
std::string nearly(Draw& draw, std::string word) {
    for (std::size_t change = draw.below(4); change > 0 && word.size() > 1; --change) {
        const std::size_t place = draw.below(word.size() - 1);
        const auto letter = static_cast<char>('a' + static_cast<char>(draw.below(4)));
        switch (draw.below(4)) {
            case 0:
                word[place] = letter;
                break;
            case 1:
                word.insert(place, 1, letter);
                break;
            case 2:
                word.erase(place, 1);
                break;
            default:
                std::swap(word[place], word[place + 1]);
        }
    }
    return word;
}

void write_tokens(Draw& draw, std::size_t samples) {
    Tensor<2, double> losses = zeros<2, double>({rows, samples}), tokens = losses;
    std::vector<double> expected, of_a_sample, mean_of_each, each_alike, two_to_the;
    for (std::size_t row = 0; row < rows; ++row) {
        double loss = 0, count = 0, perplexities = 0, means = 0;
        for (std::size_t n = 0; n < samples; ++n) {
            tokens(row, n) = static_cast<double>(1 + draw.below(12));
            losses(row, n) = tokens(row, n) * static_cast<double>(draw.below(100)) / 80;
            loss += losses(row, n);
            count += tokens(row, n);
            means += losses(row, n) / tokens(row, n) / static_cast<double>(samples);
            perplexities += std::exp(losses(row, n) / tokens(row, n)) / static_cast<double>(samples);
        }
        expected.push_back(std::exp(loss / count));
        of_a_sample.push_back(std::exp(loss / static_cast<double>(samples)));
        mean_of_each.push_back(perplexities);
        each_alike.push_back(std::exp(means));
        two_to_the.push_back(std::pow(2, loss / count));
    }
    CaseWriter writer("3.7/tokens", shape_name({{"samples", samples}}));
    writer.in("losses", losses).in("tokens", tokens).expected("perplexity", row_of(expected));
    writer.mistake("exp of the mean loss of a sample; it is of a token", "perplexity", row_of(of_a_sample));
    writer.mistake("the mean of the samples' perplexities; it is exp of a mean", "perplexity", row_of(mean_of_each));
    writer.mistake("exp of the mean of the samples' means, where a short word's tokens count more", "perplexity",
                   row_of(each_alike));
    writer.mistake("2 to the mean loss; losses are in nats", "perplexity", row_of(two_to_the));
}

WB_CASES(report) {
    Draw draw(seed + 370);
    write_classes(draw, 12, 4, {2, 0, 3});  // class 1 occurs nowhere
    write_classes(draw, 60, 9, {8, 1, 0, 5, 4, 7});
    write_classes(draw, 25, 2, {1, 0});

    write_words("by_hand", {"kitten", "at", "ellohay", "ellohay", "", "abc", "ab", "flaw"},
                {"sitting", "cat", "ellohay", "hellohay", "way", "", "ba", "lawn"});  // 3 1 0 1 3 3 2 2
    std::vector<std::string> written, right;
    for (int n = 0; n < 30; ++n) {
        right.push_back(random_word(draw, 12, 4));
        written.push_back(n % 3 == 2 ? random_word(draw, 12, 4) : nearly(draw, right.back()));
    }
    write_words("drawn", written, right);

    write_tokens(draw, 4);
    write_tokens(draw, 30);
}

}  // namespace
}  // namespace wb
