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
    // SOLUTION BEGIN 4.8
    if (map.size() == 0) throw ShapeError("patch_order: the map is empty: " + shape_text(map));
    for (std::size_t n = 0; n < map.size(); ++n) {
        if (!std::isnan(map.data()[n])) continue;
        throw std::invalid_argument("patch_order: map(" + std::to_string(n / map.shape(1)) + ", " +
                                    std::to_string(n % map.shape(1)) +
                                    ") is NaN, which has no place in an order; something before it has gone wrong");
    }
    std::vector<std::size_t> order(map.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return map.data()[a] > map.data()[b]; });
    return order;
    // SOLUTION END
}

// SOLUTION BEGIN 4.8 removed
namespace {

/// @throws as deletion_curve does, before the model is asked for anything
void require_curve(const std::string& where, const Tensor<3>& pixels, std::span<const std::size_t> order,
                   const CurveOptions& options) {
    const std::size_t size = options.patch_size;
    if (size == 0 || pixels.shape(1) % size != 0 || pixels.shape(2) % size != 0)
        throw ShapeError(where + ": patches of " + std::to_string(size) + " pixels do not fill pixels " +
                         shape_text(pixels));
    if (options.baseline.size() != pixels.shape(0))
        throw ShapeError(where + ": " + std::to_string(options.baseline.size()) + " baseline numbers for the " +
                         std::to_string(pixels.shape(0)) + " channels of pixels " + shape_text(pixels));
    const std::size_t patches = (pixels.shape(1) / size) * (pixels.shape(2) / size);
    std::vector<bool> seen(patches);
    for (const std::size_t patch : order) {
        if (patch >= patches || seen[patch])
            throw std::invalid_argument(where + ": patch " + std::to_string(patch) + " of " + std::to_string(patches) +
                                        (patch >= patches ? " does not exist" : " is twice in the order"));
        seen[patch] = true;
    }
    if (order.size() != patches)
        throw std::invalid_argument(where + ": the order has " + std::to_string(order.size()) + " of " +
                                    std::to_string(patches) + " patches");
    if (options.steps == 0 || options.steps > patches)
        throw std::invalid_argument(where + ": " + std::to_string(options.steps) + " steps for " +
                                    std::to_string(patches) + " patches; it takes 1 to " + std::to_string(patches));
    if (options.max_batch == 0) throw std::invalid_argument(where + ": max_batch is 0, so nothing can be asked");
}

/// Overwrites one patch with the baseline, or with the same patch of `source` where that is not null.
void fill_patch(Tensor<3>& picture, std::size_t patch, const CurveOptions& options, const Tensor<3>* source) {
    const std::size_t size = options.patch_size, columns = picture.shape(2) / size;
    const std::size_t top = patch / columns * size, left = patch % columns * size;
    for (std::size_t channel = 0; channel < picture.shape(0); ++channel) {
        for (std::size_t y = top; y < top + size; ++y) {
            for (std::size_t x = left; x < left + size; ++x)
                picture(channel, y, x) = source != nullptr ? (*source)(channel, y, x) : options.baseline[channel];
        }
    }
}

/// Turns `picture` step by step, patch by patch in the given order, into `target` (null: into the baseline), and collects what the
/// model says.
std::vector<double> curve(const std::string& where, const Predict& predict, Tensor<3> picture, const Tensor<3>* target,
                          std::span<const std::size_t> order, const CurveOptions& options) {
    const std::size_t pictures = options.steps + 1;
    std::vector<double> points;
    std::size_t done = 0;  // patches
    for (std::size_t first = 0; first < pictures; first += options.max_batch) {
        const std::size_t batch = std::min(options.max_batch, pictures - first);
        Tensor<4> pixels({batch, picture.shape(0), picture.shape(1), picture.shape(2)});
        for (std::size_t n = 0; n < batch; ++n) {
            const std::size_t wanted = (2 * (first + n) * order.size() + options.steps) / (2 * options.steps);
            for (; done < wanted; ++done) fill_patch(picture, order[done], options, target);
            std::copy(picture.storage().begin(), picture.storage().end(), &pixels(n, 0, 0, 0));
        }
        const Tensor<2> probabilities = predict(pixels);
        if (probabilities.shape(0) != batch)
            throw ShapeError(where + ": predict was asked for " + std::to_string(batch) + " pictures and answered " +
                             shape_text(probabilities));
        if (options.class_index >= probabilities.shape(1))
            throw std::out_of_range(where + ": class " + std::to_string(options.class_index) + " of " +
                                    std::to_string(probabilities.shape(1)));
        for (std::size_t n = 0; n < batch; ++n) points.push_back(probabilities(n, options.class_index));
    }
    return points;
}

}  // namespace
// SOLUTION END

// TODO(4.8): the probability of the class while patches disappear, the most important first.
//   Equation: round(s n / S) = floor((2 s n + S) / (2 S)) patches are gone after step s: whole numbers, no rounding to worry about.
//   Start:    one picture that loses patches from step to step, and a copy of it in a batch at each step.
//   Ask:      what is the first point the probability of? How many points has a curve of S steps? Do deletion and insertion differ
//             in more than where they begin and what a patch is replaced by?
//   Traps:    patch n lies in row n / columns: of patches, not of pixels. The last batch is seldom full. Whoever asks for the
//             probability of the *likeliest* class at each step follows another class as soon as the first one is out of sight.
std::vector<double> deletion_curve(const Predict& predict, const Tensor<3>& pixels, std::span<const std::size_t> order,
                                   const CurveOptions& options) {
    // SOLUTION BEGIN 4.8
    require_curve("deletion_curve", pixels, order, options);
    return curve("deletion_curve", predict, pixels, nullptr, order, options);
    // SOLUTION END
}

// TODO(4.8): the probability of the class while patches appear on the baseline, the most important first.
std::vector<double> insertion_curve(const Predict& predict, const Tensor<3>& pixels, std::span<const std::size_t> order,
                                    const CurveOptions& options) {
    // SOLUTION BEGIN 4.8
    require_curve("insertion_curve", pixels, order, options);
    Tensor<3> empty(pixels.shape());
    for (const std::size_t patch : order) fill_patch(empty, patch, options, nullptr);
    return curve("insertion_curve", predict, std::move(empty), &pixels, order, options);
    // SOLUTION END
}

// TODO(4.8): the area under equally spaced points.
//   Equation: sum over neighbours of (a + b) / 2 times the width of a step.
//   Ask:      n points have how many steps between them?
double area_under_curve(std::span<const double> points) {
    // SOLUTION BEGIN 4.8
    if (points.size() < 2)
        throw std::invalid_argument("area_under_curve: " + std::to_string(points.size()) +
                                    " points, but an area needs two");
    const double ends = (points.front() + points.back()) / 2;
    const double between = std::accumulate(points.begin() + 1, points.end() - 1, 0.0);
    return (ends + between) / static_cast<double>(points.size() - 1);
    // SOLUTION END
}

// TODO(4.8): random orders of the patches.
//   Traps:    a new Random(seed) for each order draws the same order each time.
std::vector<std::vector<std::size_t>> random_orders(std::size_t patches, std::size_t count, std::uint64_t seed) {
    // SOLUTION BEGIN 4.8
    Random random(seed);
    std::vector<std::vector<std::size_t>> orders;
    for (std::size_t n = 0; n < count; ++n) orders.push_back(random.permutation(patches));
    return orders;
    // SOLUTION END
}

// TODO(4.8): is the one better than the other, or is it chance?
//   Equation: as in the contract: the standard error of the mean of the differences.
//   Ask:      areas .9, .5, .1 and .8, .4, .0: is the first surely larger? And what would the two deviations, each by itself, say?
AreaComparison compare_areas(std::span<const double> first, std::span<const double> second) {
    // SOLUTION BEGIN 4.8
    if (first.size() != second.size() || first.size() < 2)
        throw std::invalid_argument("compare_areas: " + std::to_string(first.size()) + " and " +
                                    std::to_string(second.size()) +
                                    " areas; it takes as many of both, and two or more");
    const auto pictures = static_cast<double>(first.size());
    AreaComparison result;
    result.first_mean = std::accumulate(first.begin(), first.end(), 0.0) / pictures;
    result.second_mean = std::accumulate(second.begin(), second.end(), 0.0) / pictures;
    result.difference = result.first_mean - result.second_mean;
    double squares = 0;
    for (std::size_t n = 0; n < first.size(); ++n) {
        const double off = (first[n] - second[n]) - result.difference;
        squares += off * off;
    }
    result.standard_error = std::sqrt(squares / (pictures - 1) / pictures);
    return result;
    // SOLUTION END
}

}  // namespace wb
