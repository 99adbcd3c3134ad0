/// @file
/// Exercise 3.7: what becomes of a task. The contract is chapters/03_head_pruning/report.hpp.
#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 3.7 removed
namespace {

void require_pairs(const char* where, std::size_t first, std::size_t second) {
    if (first != second)
        throw std::invalid_argument(std::string(where) + ": " + std::to_string(first) + " answers for " +
                                    std::to_string(second) + " samples");
}

void require_some(const char* where, std::size_t samples) {
    if (samples == 0) throw std::invalid_argument(std::string(where) + ": there are no samples");
}

std::size_t class_of(const char* what, std::size_t sample, int number, std::size_t classes) {
    if (number < 0 || static_cast<std::size_t>(number) >= classes)
        throw std::out_of_range("confusion: the " + std::string(what) + " of sample " + std::to_string(sample) +
                                " is " + std::to_string(number) + ", but there are " + std::to_string(classes) +
                                " classes");
    return static_cast<std::size_t>(number);
}

/// In double, each column less its mean. @throws std::invalid_argument when nothing is left
Tensor<2, double> centred(const Tensor<2>& features, const char* which) {
    Tensor<2, double> x(features);
    const std::size_t samples = x.shape(0), columns = x.shape(1);
    double largest = 0;
    for (std::size_t c = 0; c < columns; ++c) {
        double average = 0;
        for (std::size_t n = 0; n < samples; ++n) average += x(n, c) / static_cast<double>(samples);
        const float first = samples > 0 ? features(0, c) : 0;
        for (std::size_t n = 0; n < samples; ++n) {
            if (features(n, c) != first) largest = std::max(largest, std::abs(x(n, c) - average));
            x(n, c) -= average;
        }
    }
    if (largest == 0)
        throw std::invalid_argument("linear_cka: the features of " + std::string(which) + ", " + shape_text(features) +
                                    ", are the same for all samples: nothing can be similar to them");
    return x;
}

/// |a^T b|_F^2
double squared_product(const Tensor<2, double>& a, const Tensor<2, double>& b) {
    double total = 0;
    std::vector<double> row(b.shape(1));
    for (std::size_t i = 0; i < a.shape(1); ++i) {
        std::fill(row.begin(), row.end(), 0.0);
        for (std::size_t n = 0; n < a.shape(0); ++n) {
            for (std::size_t j = 0; j < row.size(); ++j) row[j] += a(n, i) * b(n, j);
        }
        for (const double one : row) total += one * one;
    }
    return total;
}

}  // namespace
// SOLUTION END

// TODO(3.7): the share of right answers.
//   Traps:    a quotient of integers is 0.
double accuracy(std::span<const int> predicted, std::span<const int> labels) {
    // SOLUTION BEGIN 3.7
    require_pairs("accuracy", predicted.size(), labels.size());
    require_some("accuracy", labels.size());
    std::size_t right = 0;
    for (std::size_t n = 0; n < labels.size(); ++n) right += predicted[n] == labels[n] ? 1 : 0;
    return static_cast<double>(right) / static_cast<double>(labels.size());
    // SOLUTION END
}

// TODO(3.7): which class was taken for which.
//   Ask:      what do a row's counts sum to, and what a column's?
//   Traps:    -1 as an index is a very large number.
Tensor<2, std::size_t> confusion(std::span<const int> predicted, std::span<const int> labels, std::size_t classes) {
    // SOLUTION BEGIN 3.7
    require_pairs("confusion", predicted.size(), labels.size());
    Tensor<2, std::size_t> counts = zeros<2, std::size_t>({classes, classes});
    for (std::size_t n = 0; n < labels.size(); ++n)
        ++counts(class_of("label", n, labels[n], classes), class_of("answer", n, predicted[n], classes));
    return counts;
    // SOLUTION END
}

// TODO(3.7): every class alike.
//   Equation: F1_c = 2 TP_c / (2 TP_c + FP_c + FN_c); the mean over the classes that occur.
//   Start:    confusion: TP_c is its diagonal. TP_c + FN_c is a row's sum, TP_c + FP_c a column's.
//   Ask:      99 samples of class 0, one of class 1, and a model that always says 0: what is its accuracy, and what its macro F1?
//   Traps:    of a class that nobody has and nobody says F1 is 0 / 0: it is left out of the mean, not counted as 0 or 1.
double macro_f1(std::span<const int> predicted, std::span<const int> labels, std::size_t classes) {
    // SOLUTION BEGIN 3.7
    const Tensor<2, std::size_t> counts = confusion(predicted, labels, classes);
    require_some("macro_f1", labels.size());
    double total = 0;
    std::size_t occurring = 0;
    for (std::size_t c = 0; c < classes; ++c) {
        std::size_t have = 0, called = 0;
        for (std::size_t other = 0; other < classes; ++other) {
            have += counts(c, other);
            called += counts(other, c);
        }
        if (have + called == 0) continue;
        ++occurring;
        total += 2 * static_cast<double>(counts(c, c)) / static_cast<double>(have + called);
    }
    return total / static_cast<double>(occurring);
    // SOLUTION END
}

// TODO(3.7): how far apart two words are.
//   Equation: D(i, j) = min(D(i-1, j) + 1, D(i, j-1) + 1, D(i-1, j-1) + [a_i != b_j]); D(i, 0) = i, D(0, j) = j.
//   Start:    the table of "cat" and "at" on paper, row by row. Which numbers does row i need?
//   Ask:      if one row is enough: which of the three numbers has been written over when its turn comes?
//   Traps:    the first column of row i is i, not 0. Two words of a million letters are a table of 10^12.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    // SOLUTION BEGIN 3.7
    if (a.size() < b.size()) std::swap(a, b);  // the row is as long as the shorter one
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t above_left = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = above_left + (a[i - 1] == b[j - 1] ? 0 : 1);
            above_left = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
    // SOLUTION END
}

// TODO(3.7): how far off a translation is.
//   Ask:      why the longer word's length, and not the right one's? What would "aaaa" for "b" have?
double mean_edit_distance(std::span<const std::string> written, std::span<const std::string> right) {
    // SOLUTION BEGIN 3.7
    require_pairs("mean_edit_distance", written.size(), right.size());
    require_some("mean_edit_distance", right.size());
    double total = 0;
    for (std::size_t n = 0; n < right.size(); ++n) {
        const std::size_t longer = std::max(written[n].size(), right[n].size());
        if (longer > 0) total += static_cast<double>(edit_distance(written[n], right[n])) / static_cast<double>(longer);
    }
    return total / static_cast<double>(right.size());
    // SOLUTION END
}

// TODO(3.7): the loss as a number of choices.
//   Equation: exp(sum of losses / sum of tokens).
//   Ask:      a word of 2 letters and one of 10, both with a loss of 2: is the mean of their perplexities the same?
double perplexity(std::span<const double> losses, std::span<const std::size_t> tokens) {
    // SOLUTION BEGIN 3.7
    require_pairs("perplexity", losses.size(), tokens.size());
    const std::size_t all = std::accumulate(tokens.begin(), tokens.end(), std::size_t{0});
    require_some("perplexity", all);
    return std::exp(std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(all));
    // SOLUTION END
}

// TODO(3.7): how far features have turned.
//   Equation: mean_n 1 - x_n . y_n / (|x_n| |y_n|).
//   Traps:    a row of zeros has no direction. Squares of floats beyond 1e19 are infinite, of such below 1e-23 zero: in double they are not.
double cosine_drift(const Tensor<2>& before, const Tensor<2>& after) {
    // SOLUTION BEGIN 3.7
    if (before.shape() != after.shape())
        throw ShapeError("cosine_drift: before " + shape_text(before) + ", after " + shape_text(after));
    const std::size_t samples = before.shape(0);
    require_some("cosine_drift", samples);
    double total = 0;
    for (std::size_t n = 0; n < samples; ++n) {
        double product = 0, of_before = 0, of_after = 0;
        for (std::size_t c = 0; c < before.shape(1); ++c) {
            const auto x = static_cast<double>(before(n, c)), y = static_cast<double>(after(n, c));
            product += x * y;
            of_before += x * x;
            of_after += y * y;
        }
        if (of_before > 0 && of_after > 0) {
            total += 1 - product / (std::sqrt(of_before) * std::sqrt(of_after));
        } else if (of_before > 0 || of_after > 0) {
            total += 1;
        }
    }
    return total / static_cast<double>(samples);
    // SOLUTION END
}

// TODO(3.7): how similar two descriptions of the same samples are.
//   Equation: |Y^T X|_F^2 / (|X^T X|_F |Y^T Y|_F), of columns less their means.
//   Start:    a function that centres, and one for |A^T B|_F^2, which serves three times.
//   Ask:      X is turned: X R with R R^T = 1. What happens to X^T X, to its norm, and to Y^T X?
//   Traps:    the mean in float of numbers around 1000 leaves little of what is around it: centre in double. 0 / 0 where nothing is left.
double linear_cka(const Tensor<2>& x, const Tensor<2>& y) {
    // SOLUTION BEGIN 3.7
    if (x.shape(0) != y.shape(0))
        throw ShapeError("linear_cka: x " + shape_text(x) + " and y " + shape_text(y) + " differ in samples (axis 0)");
    const Tensor<2, double> centred_x = centred(x, "x"), centred_y = centred(y, "y");
    return squared_product(centred_x, centred_y) /
           std::sqrt(squared_product(centred_x, centred_x) * squared_product(centred_y, centred_y));
    // SOLUTION END
}

}  // namespace wb
