/// @file
/// Exercise 4.8: is an explanation faithful? The contract is chapters/04_vit/faithfulness.hpp.
#include "faithfulness.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

#include "wb/errors.hpp"
#include "wb/random.hpp"

namespace wb {

// TODO(4.8): the patches by importance.
//   Start:    the numbers 0 .. rows * columns - 1, and a sort by what the map says of each.
//   Ask:      what does a sort do with NaN, of which neither a < b nor b < a nor, to a sort's mind, a != b is true?
//   Traps:    std::sort may leave equals in any order, and an order that differs from one machine to the next is no measurement.
std::vector<std::size_t> patch_order(const Tensor<2>& map) {
    throw wb::NotImplemented("4.8");
}

// TODO(4.8): the probability of the class while patches disappear, the most important first.
//   Equation: round(s n / S) = floor((2 s n + S) / (2 S)) patches are gone after step s: whole numbers, no rounding to worry about.
//   Start:    one picture that loses patches from step to step, and a copy of it in a batch at each step.
//   Ask:      what is the first point the probability of? How many points has a curve of S steps? Do deletion and insertion differ
//             in more than where they begin and what a patch is replaced by?
//   Traps:    patch n lies in row n / columns: of patches, not of pixels. The last batch is seldom full. Whoever asks for the
//             probability of the *likeliest* class at each step follows another class as soon as the first one is out of sight.
std::vector<double> deletion_curve(const Predict& predict, const Tensor<3>& pixels, std::span<const std::size_t> order,
                                   const CurveOptions& options) {
    throw wb::NotImplemented("4.8");
}

// TODO(4.8): the probability of the class while patches appear on the baseline, the most important first.
std::vector<double> insertion_curve(const Predict& predict, const Tensor<3>& pixels, std::span<const std::size_t> order,
                                    const CurveOptions& options) {
    throw wb::NotImplemented("4.8");
}

// TODO(4.8): the area under equally spaced points.
//   Equation: sum over neighbours of (a + b) / 2 times the width of a step.
//   Ask:      n points have how many steps between them?
double area_under_curve(std::span<const double> points) {
    throw wb::NotImplemented("4.8");
}

// TODO(4.8): random orders of the patches.
//   Traps:    a new Random(seed) for each order draws the same order each time.
std::vector<std::vector<std::size_t>> random_orders(std::size_t patches, std::size_t count, std::uint64_t seed) {
    throw wb::NotImplemented("4.8");
}

// TODO(4.8): is the one better than the other, or is it chance?
//   Equation: as in the contract: the standard error of the mean of the differences.
//   Ask:      areas .9, .5, .1 and .8, .4, .0: is the first surely larger? And what would the two deviations, each by itself, say?
AreaComparison compare_areas(std::span<const double> first, std::span<const double> second) {
    throw wb::NotImplemented("4.8");
}

}  // namespace wb
