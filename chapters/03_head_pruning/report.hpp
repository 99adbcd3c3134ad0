/// @file
/// Exercise 3.7: what becomes of a task when heads are gone. One number is not enough: accuracy may stay while a rare class is lost, words may
/// be wrong by a letter or from end to end, and what is inside may have changed long before an answer does.
///
///     answers   accuracy, confusion, macro_f1        words      edit_distance, mean_edit_distance
///     belief    perplexity                           features   cosine_drift, linear_cka
///
/// Sources: Levenshtein 1966; Kornblith et al. 2019, section 3 (linear CKA).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "wb/tensor.hpp"

namespace wb {

/// The share of samples that got their label: 0 to 1. With another model's answers for labels: how often the two agree.
/// @throws std::invalid_argument when there are no samples, or the two differ in length (naming both)
double accuracy(std::span<const int> predicted, std::span<const int> labels);

/// How often which class was taken for which.
/// @param predicted, labels  0 .. classes - 1 each; there may be none
/// @return                   [classes, classes]: samples of class `row` that were called `column`
/// @throws std::invalid_argument when the two differ in length (naming both)
/// @throws std::out_of_range naming the sample and the number, when one is no class
Tensor<2, std::size_t> confusion(std::span<const int> predicted, std::span<const int> labels, std::size_t classes);

/// The mean of the classes' F1: every class counts alike, however rare it is.
///
///     F1_c = 2 TP_c / (2 TP_c + FP_c + FN_c)           TP: called c and is c    FP: called c and is not    FN: is c and was not called so
///
/// The mean is over the classes that occur, as a label or as an answer; one of these that was never hit has F1 0.
/// @return  0 to 1
/// @throws as confusion; std::invalid_argument when there are no samples
double macro_f1(std::span<const int> predicted, std::span<const int> labels, std::size_t classes);

/// The least number of letters to insert, to delete or to replace that makes one word of the other (Levenshtein 1966), in bytes.
///
///     D(i, j) = min(D(i-1, j) + 1, D(i, j-1) + 1, D(i-1, j-1) + [a_i != b_j])        D(i, 0) = i, D(0, j) = j
///
/// Time a.size() * b.size(); memory as the shorter word: two rows of D, or one.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// How far off a translation's words are: the mean of edit_distance / length of the longer one; of two empty words 0.
/// @return  0 (each to the letter) to 1 (not a letter in place)
/// @throws std::invalid_argument when there are no words, or the two differ in number (naming both)
double mean_edit_distance(std::span<const std::string> written, std::span<const std::string> right);

/// exp of the mean loss of a token: among how many equally likely ones the model might as well choose.
///
///     exp(sum_n losses_n / sum_n tokens_n)
///
/// @param losses  [samples]: of a sample the sum over its tokens, in nats
/// @param tokens  [samples]: how many these were
/// @throws std::invalid_argument when the two differ in length (naming both), or there are no tokens at all
double perplexity(std::span<const double> losses, std::span<const std::size_t> tokens);

/// How far the features have turned: the mean over samples of 1 - cos(before_n, after_n). In double.
/// A row of zeros has no direction: against another row of zeros it counts as 0, against any other row as 1.
/// @param before, after  [samples, d]
/// @return               0 (each sample's features point where they did) to 2
/// @throws ShapeError naming both, when the shapes differ
/// @throws std::invalid_argument when there are no samples
double cosine_drift(const Tensor<2>& before, const Tensor<2>& after);

/// How similar two descriptions of the same samples are, whatever the axes: linear centred kernel alignment.
///
///     CKA = |Y^T X|_F^2 / (|X^T X|_F |Y^T Y|_F)         X, Y: each column less its mean;   |A|_F^2 = sum of A's squares
///
/// 1 where Y is X turned, mirrored, scaled or shifted: what a next layer can undo. In double: the means may be far larger than what is
/// around them.
/// @param x  [samples, d1]    @param y  [samples, d2]
/// @return   0 to 1
/// @throws ShapeError naming both shapes, when they differ in samples
/// @throws std::invalid_argument saying which, when the features of one are the same for all samples (also: one sample, or no columns):
///         then there is nothing to be similar to
double linear_cka(const Tensor<2>& x, const Tensor<2>& y);

}  // namespace wb
