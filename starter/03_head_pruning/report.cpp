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

// TODO(3.7): the share of right answers.
//   Traps:    a quotient of integers is 0.
double accuracy(std::span<const int> predicted, std::span<const int> labels) {
    throw wb::NotImplemented("3.7");
}

// TODO(3.7): which class was taken for which.
//   Ask:      what do a row's counts sum to, and what a column's?
//   Traps:    -1 as an index is a very large number.
Tensor<2, std::size_t> confusion(std::span<const int> predicted, std::span<const int> labels, std::size_t classes) {
    throw wb::NotImplemented("3.7");
}

// TODO(3.7): every class alike.
//   Equation: F1_c = 2 TP_c / (2 TP_c + FP_c + FN_c); the mean over the classes that occur.
//   Start:    confusion: TP_c is its diagonal. TP_c + FN_c is a row's sum, TP_c + FP_c a column's.
//   Ask:      99 samples of class 0, one of class 1, and a model that always says 0: what is its accuracy, and what its macro F1?
//   Traps:    of a class that nobody has and nobody says F1 is 0 / 0: it is left out of the mean, not counted as 0 or 1.
double macro_f1(std::span<const int> predicted, std::span<const int> labels, std::size_t classes) {
    throw wb::NotImplemented("3.7");
}

// TODO(3.7): how far apart two words are.
//   Equation: D(i, j) = min(D(i-1, j) + 1, D(i, j-1) + 1, D(i-1, j-1) + [a_i != b_j]); D(i, 0) = i, D(0, j) = j.
//   Start:    the table of "cat" and "at" on paper, row by row. Which numbers does row i need?
//   Ask:      if one row is enough: which of the three numbers has been written over when its turn comes?
//   Traps:    the first column of row i is i, not 0. Two words of a million letters are a table of 10^12.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    throw wb::NotImplemented("3.7");
}

// TODO(3.7): how far off a translation is.
//   Ask:      why the longer word's length, and not the right one's? What would "aaaa" for "b" have?
double mean_edit_distance(std::span<const std::string> written, std::span<const std::string> right) {
    throw wb::NotImplemented("3.7");
}

// TODO(3.7): the loss as a number of choices.
//   Equation: exp(sum of losses / sum of tokens).
//   Ask:      a word of 2 letters and one of 10, both with a loss of 2: is the mean of their perplexities the same?
double perplexity(std::span<const double> losses, std::span<const std::size_t> tokens) {
    throw wb::NotImplemented("3.7");
}

// TODO(3.7): how far features have turned.
//   Equation: mean_n 1 - x_n . y_n / (|x_n| |y_n|).
//   Traps:    a row of zeros has no direction. Squares of floats beyond 1e19 are infinite, of such below 1e-23 zero: in double they are not.
double cosine_drift(const Tensor<2>& before, const Tensor<2>& after) {
    throw wb::NotImplemented("3.7");
}

// TODO(3.7): how similar two descriptions of the same samples are.
//   Equation: |Y^T X|_F^2 / (|X^T X|_F |Y^T Y|_F), of columns less their means.
//   Start:    a function that centres, and one for |A^T B|_F^2, which serves three times.
//   Ask:      X is turned: X R with R R^T = 1. What happens to X^T X, to its norm, and to Y^T X?
//   Traps:    the mean in float of numbers around 1000 leaves little of what is around it: centre in double. 0 / 0 where nothing is left.
double linear_cka(const Tensor<2>& x, const Tensor<2>& y) {
    throw wb::NotImplemented("3.7");
}

}  // namespace wb
