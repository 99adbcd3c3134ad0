/// @file
/// Exercise 4.8: is an explanation faithful? A map that looks right to us proves nothing about the model. But a map is also a
/// prediction: these patches matter to the answer, and those do not. So take patches away, and see what the model says then.
///
///     deletion    the most important patches are covered first; the lower the area under the curve, the better the map
///     insertion   from an empty picture, the most important patches are uncovered first; the higher, the better
///
/// Both are measured beside patches in random order, on the same pictures: alone, an area says nothing.
/// Source: Petsiuk et al. 2018 (RISE), section 4.2; Samek et al. 2017, section III. They take away pixels or regions, we patches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <tuple>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// What is asked of a classifier: pixels [batch, channels, height, width] -> probabilities [batch, classes].
using Predict = std::function<Tensor<2>(const Tensor<4>& pixels)>;

/// How a curve is taken.
struct CurveOptions {
    std::size_t class_index = 0;  ///< whose probability is followed, from the first point to the last
    std::size_t patch_size = 16;  ///< P: patches are P x P pixels, numbered row by row from the top left
    std::size_t steps = 14;       ///< 1 to the number of patches; the curve has steps + 1 points
    std::vector<float> baseline;  ///< a number for each channel: what a pixel becomes when it is taken away
    std::size_t max_batch = 32;   ///< pictures that may be asked for at once
};

/// The members, in wire order.
inline auto fields(CurveOptions& options) {
    return std::tie(options.class_index, options.patch_size, options.steps, options.baseline, options.max_batch);
}

/// The patches by importance, highest first; of equal ones the lower number first.
/// @param map  [rows, columns] of patches; patch row * columns + column
/// @return     each patch once
/// @throws ShapeError when the map is empty
/// @throws std::invalid_argument naming row and column, when a number is NaN: it is neither more nor less than any other
std::vector<std::size_t> patch_order(const Tensor<2>& map);

/// What the model says while patches disappear. After step s of S, the first round(s * patches / S) patches of the order are covered,
/// where a half is rounded up: with 16 patches and 3 steps, these are 0, 5, 11 and 16.
/// The model is asked for each of the S + 1 pictures once, in as few calls as max_batch allows.
/// @param pixels  [channels, height, width], as the model gets them (normalised)
/// @param order   each patch once, by importance: (height / P) * (width / P) of them
/// @return        steps + 1 probabilities of the class; the first is that of the whole picture, the last that of the baseline alone
/// @throws ShapeError when P is 0 or does not divide height and width, when the baseline has not a number for each channel, or when
///         predict's answer is not [pictures asked for, classes]
/// @throws std::invalid_argument when the order is not each patch once, when steps is not within 1..patches, or max_batch is 0
/// @throws std::out_of_range naming class and classes, when predict's answer has no such class
std::vector<double> deletion_curve(const Predict& predict, const Tensor<3>& pixels, std::span<const std::size_t> order,
                                   const CurveOptions& options);

/// What the model says while patches appear: after step s all but the first round(s * patches / S) patches of the order are covered.
/// Otherwise as deletion_curve; the first point is that of the baseline alone, the last that of the whole picture.
std::vector<double> insertion_curve(const Predict& predict, const Tensor<3>& pixels, std::span<const std::size_t> order,
                                    const CurveOptions& options);

/// The area under a curve of points that lie at equal distances over 0..1, by the trapezoid rule: 1 where each point is 1.
/// @throws std::invalid_argument when there are fewer than two points
double area_under_curve(std::span<const double> points);

/// Orders to compare with: `count` calls of permutation(patches) on one Random(seed).
std::vector<std::vector<std::size_t>> random_orders(std::size_t patches, std::size_t count, std::uint64_t seed);

/// Two ways to explain, over the same pictures.
struct AreaComparison {
    double first_mean = 0, second_mean = 0;  ///< of the areas
    double difference = 0;                   ///< first_mean - second_mean
    double standard_error = 0;               ///< of the difference
};

/// The members, in wire order.
inline auto fields(AreaComparison& comparison) {
    return std::tie(comparison.first_mean, comparison.second_mean, comparison.difference, comparison.standard_error);
}

/// Compares areas picture by picture. Pictures differ far more from each other than the two orders do on one picture; in the
/// differences d_n = first_n - second_n what is easy or hard about a picture cancels.
///
///     standard_error = sqrt(sum_n (d_n - mean d)^2 / (N - 1)) / sqrt(N)
///
/// @param first, second  an area for each picture, in the same order
/// @throws std::invalid_argument naming the numbers, when there are not as many of both, or fewer than two
AreaComparison compare_areas(std::span<const double> first, std::span<const double> second);

}  // namespace wb
