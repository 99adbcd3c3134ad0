#include "resize_oracle.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace wb::oracle {
namespace {

/// The weight of an input at a distance from the place of the output.
double kernel(double distance, const ResizeFlaws& flaws) {
    const double d = std::abs(distance), a = flaws.kernel_of_half ? -0.5 : -0.75;
    if (flaws.linear) return std::max(0.0, 1 - d);
    if (flaws.nearest) return d <= 0.5 && distance != -0.5 ? 1 : 0;
    if (d <= 1) return (a + 2) * std::pow(d, 3) - (a + 3) * std::pow(d, 2) + 1;
    if (d < 2) return a * std::pow(d, 3) - 5 * a * std::pow(d, 2) + 8 * a * d - 4 * a;
    return 0;
}

/// [new, old]: how much of each input is in each output.
std::vector<std::vector<double>> shares(std::size_t old_extent, std::size_t new_extent, const ResizeFlaws& flaws) {
    const auto olds = static_cast<double>(old_extent), news = static_cast<double>(new_extent);
    const auto last = static_cast<std::ptrdiff_t>(old_extent) - 1;
    std::vector<std::vector<double>> result(new_extent, std::vector<double>(old_extent));
    for (std::size_t i = 0; i < new_extent; ++i) {
        const auto n = static_cast<double>(i);
        double place = (n + 0.5) * olds / news - 0.5;
        if (flaws.corners_at_zero) place = n * olds / news;
        if (flaws.ratio_reversed) place = (n + 0.5) * news / olds - 0.5;
        if (flaws.align_corners) place = new_extent > 1 ? n * (olds - 1) / (news - 1) : 0;
        place = std::clamp(place, -1.0, olds);  // farther out, every input that counts is the outermost
        for (std::ptrdiff_t input = -3; input <= last + 3; ++input) {
            const double weight = kernel(place - static_cast<double>(input), flaws);
            if (flaws.nothing_outside && (input < 0 || input > last)) continue;
            result[i][static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(input, 0, last))] += weight;
        }
    }
    return result;
}

}  // namespace

Tensor<2, double> resized_positions(const Tensor<2>& positions, std::size_t old_height, std::size_t old_width,
                                    std::size_t new_height, std::size_t new_width, const ResizeFlaws& flaws) {
    const std::size_t hidden = positions.shape(1), begin = flaws.class_in_the_grid ? 0 : 1;
    const auto vertical = shares(old_height, new_height, flaws), horizontal = shares(old_width, new_width, flaws);
    Tensor<2, double> result = zeros<2, double>({1 + new_height * new_width, hidden});
    for (std::size_t d = 0; d < hidden; ++d) {
        if (!flaws.class_scaled_away) result(0, d) = static_cast<double>(positions(0, d));
        for (std::size_t y = 0; y < new_height; ++y) {
            for (std::size_t x = 0; x < new_width; ++x) {
                double& out = result(1 + (flaws.rows_for_columns ? x * new_height + y : y * new_width + x), d);
                for (std::size_t i = 0; i < old_height; ++i) {
                    for (std::size_t j = 0; j < old_width; ++j)
                        out += vertical[y][i] * horizontal[x][j] *
                               static_cast<double>(positions(begin + i * old_width + j, d));
                }
            }
        }
    }
    return result;
}

}  // namespace wb::oracle
