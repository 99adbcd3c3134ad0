#include "picture_oracle.hpp"

#include <algorithm>
#include <cmath>

namespace wb::oracle {
namespace {

/// [to, from]: the share of every old pixel of an axis in every new one.
Tensor<2, double> shares(std::size_t from, std::size_t to, ResizeWay way) {
    Tensor<2, double> result = zeros<2, double>({to, from});
    const double old_size = static_cast<double>(from), new_size = static_cast<double>(to);
    const double reach = way == ResizeWay::not_wider || from < to ? 1 : old_size / new_size;
    for (std::size_t i = 0; i < to; ++i) {
        // The new middle, among old middles at 0, 1, ..
        double place = (static_cast<double>(i) + 0.5) * old_size / new_size - 0.5;
        if (way == ResizeWay::halves_forgotten) place = static_cast<double>(i) * old_size / new_size;
        if (way == ResizeWay::corners_aligned)
            place = to == 1 ? 0 : static_cast<double>(i) * (old_size - 1) / (new_size - 1);
        if (way == ResizeWay::corners_aligned || way == ResizeWay::not_wider)
            place = std::clamp(place, 0.0, old_size - 1);
        if (way == ResizeWay::nearest) {
            result(i, static_cast<std::size_t>(std::floor((static_cast<double>(i) + 0.5) * old_size / new_size))) = 1;
            continue;
        }
        double total = 0;
        for (std::size_t j = 0; j < from; ++j) {
            const double height = 1 - std::abs(static_cast<double>(j) - place) / reach;
            if (height <= 0) continue;
            result(i, j) = way == ResizeWay::box ? 1 : height;
            total += result(i, j);
        }
        if (way == ResizeWay::whole_triangle) total = reach;
        for (std::size_t j = 0; j < from; ++j) result(i, j) /= total;
    }
    return result;
}

}  // namespace

Tensor<3, double> resized(const Tensor<3, std::uint8_t>& picture, std::size_t new_height, std::size_t new_width,
                          ResizeWay way) {
    const std::size_t height = picture.shape(0), width = picture.shape(1), channels = picture.shape(2);
    const Tensor<2, double> down = shares(height, new_height, way), across = shares(width, new_width, way);
    Tensor<3, double> result = zeros<3, double>({new_height, new_width, channels});
    for (std::size_t y = 0; y < new_height; ++y) {
        for (std::size_t old_y = 0; old_y < height; ++old_y) {
            if (down(y, old_y) == 0) continue;
            for (std::size_t x = 0; x < new_width; ++x) {
                for (std::size_t old_x = 0; old_x < width; ++old_x) {
                    const double share = down(y, old_y) * across(x, old_x);
                    for (std::size_t c = 0; c < channels; ++c) result(y, x, c) += share * picture(old_y, old_x, c);
                }
            }
        }
    }
    return result;
}

Tensor<3, double> normalised(const Tensor<3, std::uint8_t>& picture, const std::vector<double>& means,
                             const std::vector<double>& standard_deviations, NormaliseWay way) {
    const std::size_t height = picture.shape(0), width = picture.shape(1), channels = picture.shape(2);
    Tensor<3, double> result(std::array<std::size_t, 3>{channels, height, width});
    for (std::size_t n = 0; n < picture.size(); ++n) {
        const std::size_t place = n / channels, c = n % channels;
        const std::size_t from = way == NormaliseWay::blue_first ? n - c + (channels - 1 - c) : n;
        const double level = picture.data()[from];
        double number = (level / 255 - means[c]) / standard_deviations[c];
        if (way == NormaliseWay::by_256) number = (level / 256 - means[c]) / standard_deviations[c];
        if (way == NormaliseWay::mean_first) number = (level - means[c]) / 255 / standard_deviations[c];
        if (way == NormaliseWay::not_by_255) number = (level - means[c]) / standard_deviations[c];
        if (way == NormaliseWay::variance)
            number = (level / 255 - means[c]) / (standard_deviations[c] * standard_deviations[c]);
        if (way == NormaliseWay::no_mean) number = level / 255 / standard_deviations[c];
        result.data()[way == NormaliseWay::channels_interleaved ? n : c * height * width + place] = number;
    }
    return result;
}

}  // namespace wb::oracle
