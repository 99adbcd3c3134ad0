/// @file
/// Exercise 4.8 another way: every pixel of every picture is decided by itself, from its patch's place in the order.
#include "faithfulness.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "wb/errors.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

struct Grid {
    std::size_t rows, columns;
};

Grid checked_grid(const Tensor<3>& pixels, std::span<const std::size_t> order, const CurveOptions& options) {
    if (options.patch_size == 0) throw ShapeError("curve: patch_size is 0");
    if (options.baseline.size() != pixels.shape(0)) throw ShapeError("curve: the baseline needs a number a channel");
    const Grid grid{pixels.shape(1) / options.patch_size, pixels.shape(2) / options.patch_size};
    if (grid.rows * options.patch_size != pixels.shape(1) || grid.columns * options.patch_size != pixels.shape(2))
        throw ShapeError("curve: patch_size does not divide the picture " + shape_text(pixels));
    const std::size_t patches = grid.rows * grid.columns;
    const std::set<std::size_t> different(order.begin(), order.end());
    if (order.size() != patches || different.size() != patches || (patches > 0 && *different.rbegin() != patches - 1))
        throw std::invalid_argument("curve: the order must hold each patch once");
    if (options.steps < 1 || options.steps > patches) throw std::invalid_argument("curve: steps");
    if (options.max_batch < 1) throw std::invalid_argument("curve: max_batch is 0");
    return grid;
}

/// A pixel shows the picture where its patch has not been reached yet (deletion), or where it has (insertion).
std::vector<double> curve(const Predict& predict, const Tensor<3>& pixels, std::span<const std::size_t> order,
                          const CurveOptions& options, bool deletion) {
    const Grid grid = checked_grid(pixels, order, options);
    std::vector<std::size_t> rank(order.size());
    for (std::size_t n = 0; n < order.size(); ++n) rank[order[n]] = n;
    const std::size_t pictures = options.steps + 1;
    const std::size_t calls = (pictures + options.max_batch - 1) / options.max_batch;
    std::vector<double> points(pictures);
    // Batches of nearly equal sizes, and the last points first: as few calls, cut in another way.
    for (std::size_t call = calls; call-- > 0;) {
        const std::size_t begin = pictures * call / calls, end = pictures * (call + 1) / calls;
        Tensor<4> batch({end - begin, pixels.shape(0), pixels.shape(1), pixels.shape(2)});
        for (std::size_t step = begin; step < end; ++step) {
            const double share = static_cast<double>(step) / static_cast<double>(options.steps);
            const double done = std::floor(share * static_cast<double>(order.size()) + 0.5 + 1e-9);
            for (std::size_t c = 0; c < pixels.shape(0); ++c) {
                for (std::size_t y = 0; y < pixels.shape(1); ++y) {
                    for (std::size_t x = 0; x < pixels.shape(2); ++x) {
                        const std::size_t patch = y / options.patch_size * grid.columns + x / options.patch_size;
                        const bool reached = static_cast<double>(rank[patch]) < done;
                        batch(step - begin, c, y, x) = reached == deletion ? options.baseline[c] : pixels(c, y, x);
                    }
                }
            }
        }
        const Tensor<2> answer = predict(batch);
        if (answer.shape(0) != end - begin) throw ShapeError("curve: predict gave " + shape_text(answer));
        if (options.class_index >= answer.shape(1))
            throw std::out_of_range("curve: no class " + std::to_string(options.class_index) + " among " +
                                    std::to_string(answer.shape(1)));
        for (std::size_t step = begin; step < end; ++step) points[step] = answer(step - begin, options.class_index);
    }
    return points;
}

}  // namespace

std::vector<std::size_t> patch_order(const Tensor<2>& map) {
    if (map.size() == 0) throw ShapeError("patch_order: nothing to order in " + shape_text(map));
    std::vector<std::pair<float, std::size_t>> keyed;
    for (std::size_t row = 0; row < map.shape(0); ++row) {
        for (std::size_t column = 0; column < map.shape(1); ++column) {
            if (std::isnan(map(row, column)))
                throw std::invalid_argument("patch_order: NaN in row " + std::to_string(row) + ", column " +
                                            std::to_string(column));
            keyed.emplace_back(-map(row, column), keyed.size());
        }
    }
    std::sort(keyed.begin(), keyed.end());
    std::vector<std::size_t> order;
    for (const auto& [importance, patch] : keyed) order.push_back(patch);
    return order;
}

std::vector<double> deletion_curve(const Predict& predict, const Tensor<3>& pixels, std::span<const std::size_t> order,
                                   const CurveOptions& options) {
    return curve(predict, pixels, order, options, true);
}

std::vector<double> insertion_curve(const Predict& predict, const Tensor<3>& pixels, std::span<const std::size_t> order,
                                    const CurveOptions& options) {
    return curve(predict, pixels, order, options, false);
}

double area_under_curve(std::span<const double> points) {
    if (points.size() < 2) throw std::invalid_argument("area_under_curve: fewer than two points");
    double area = 0;
    for (std::size_t n = 1; n < points.size(); ++n)
        area += (points[n - 1] + points[n]) / 2 / static_cast<double>(points.size() - 1);
    return area;
}

std::vector<std::vector<std::size_t>> random_orders(std::size_t patches, std::size_t count, std::uint64_t seed) {
    Random random(seed);
    std::vector<std::vector<std::size_t>> orders(count);
    for (auto& order : orders) order = random.permutation(patches);
    return orders;
}

AreaComparison compare_areas(std::span<const double> first, std::span<const double> second) {
    if (first.size() != second.size() || first.size() < 2) throw std::invalid_argument("compare_areas: unequal or few");
    AreaComparison result;
    double average = 0, squares = 0;  // Welford's way: one pass
    for (std::size_t n = 0; n < first.size(); ++n) {
        const double count = static_cast<double>(n + 1), d = first[n] - second[n], off = d - average;
        average += off / count;
        squares += off * (d - average);
        result.first_mean += (first[n] - result.first_mean) / count;
        result.second_mean += (second[n] - result.second_mean) / count;
    }
    const auto pictures = static_cast<double>(first.size());
    result.difference = average;
    result.standard_error = std::sqrt(squares / (pictures - 1) / pictures);
    return result;
}

}  // namespace wb
