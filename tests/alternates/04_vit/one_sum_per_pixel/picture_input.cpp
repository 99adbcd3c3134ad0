// A different but right solution of 4.1: a new pixel is one sum over a rectangle of the old picture, in doubles, rounded once; and
// numbers are looked up, for there are only 256 levels.
#include "picture_input.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "wb/errors.hpp"

namespace wb {
namespace {

std::size_t colours_of(const Tensor<3, std::uint8_t>& picture) {
    constexpr std::array<std::size_t, 5> colours{0, 1, 1, 3, 3};
    const std::size_t channels = picture.shape(2);
    if (channels == 0 || channels >= colours.size()) throw ShapeError("not a picture: " + shape_text(picture));
    return colours[channels];
}

double triangle(std::size_t new_pixel, std::size_t old_pixel, double scale) {
    const double apart = (static_cast<double>(new_pixel) + 0.5) * scale - (static_cast<double>(old_pixel) + 0.5);
    return std::max(0.0, 1 - std::abs(apart) / std::max(1.0, scale));
}

/// The old pixels that new pixel i may see, one or two more on each side.
std::pair<std::size_t, std::size_t> seen(std::size_t i, double scale, std::size_t old_size) {
    const double reach = std::max(1.0, scale) + 1, middle = (static_cast<double>(i) + 0.5) * scale;
    return {static_cast<std::size_t>(std::max(0.0, middle - reach)),
            std::min(old_size, static_cast<std::size_t>(middle + reach) + 1)};
}

}  // namespace

Tensor<3, std::uint8_t> as_rgb(const Tensor<3, std::uint8_t>& picture) {
    const std::size_t step = colours_of(picture) == 3 ? 1 : 0, channels = picture.shape(2);
    Tensor<3, std::uint8_t> rgb(std::array<std::size_t, 3>{picture.shape(0), picture.shape(1), 3});
    for (std::size_t n = 0; n < rgb.size(); ++n) rgb.data()[n] = picture.data()[n / 3 * channels + n % 3 * step];
    return rgb;
}

Tensor<3, std::uint8_t> as_grey(const Tensor<3, std::uint8_t>& picture) {
    const bool colours = colours_of(picture) == 3;
    Tensor<3, std::uint8_t> grey(std::array<std::size_t, 3>{picture.shape(0), picture.shape(1), 1});
    for (std::size_t n = 0; n < grey.size(); ++n) {
        const std::uint8_t* p = picture.data() + n * picture.shape(2);
        const double brightness = colours ? (19595.0 * p[0] + 38470.0 * p[1] + 7471.0 * p[2]) / 65536 : p[0];
        grey.data()[n] = static_cast<std::uint8_t>(std::floor(brightness + 0.5));
    }
    return grey;
}

Tensor<3, std::uint8_t> resize_bilinear(const Tensor<3, std::uint8_t>& picture, std::size_t new_height,
                                        std::size_t new_width) {
    if (picture.size() == 0 || new_height == 0 || new_width == 0)
        throw ShapeError("no pixels: " + shape_text(picture) + " to " + std::to_string(new_height) + " x " +
                         std::to_string(new_width));
    const double down = static_cast<double>(picture.shape(0)) / static_cast<double>(new_height);
    const double across = static_cast<double>(picture.shape(1)) / static_cast<double>(new_width);
    Tensor<3, std::uint8_t> result(std::array<std::size_t, 3>{new_height, new_width, picture.shape(2)});
    for (std::size_t y = 0; y < new_height; ++y) {
        const auto [top, bottom] = seen(y, down, picture.shape(0));
        for (std::size_t x = 0; x < new_width; ++x) {
            const auto [left, right] = seen(x, across, picture.shape(1));
            for (std::size_t c = 0; c < picture.shape(2); ++c) {
                double weighted = 0, total = 0;
                for (std::size_t old_y = top; old_y < bottom; ++old_y) {
                    for (std::size_t old_x = left; old_x < right; ++old_x) {
                        const double weight = triangle(y, old_y, down) * triangle(x, old_x, across);
                        weighted += weight * picture(old_y, old_x, c);
                        total += weight;
                    }
                }
                result(y, x, c) = static_cast<std::uint8_t>(std::lround(weighted / total));
            }
        }
    }
    return result;
}

Tensor<3> normalise(const Tensor<3, std::uint8_t>& picture, std::span<const double> means,
                    std::span<const double> standard_deviations) {
    const std::size_t channels = picture.shape(2), pixels = picture.shape(0) * picture.shape(1);
    if (means.size() != channels || standard_deviations.size() != channels)
        throw ShapeError(std::to_string(means.size()) + " means and " + std::to_string(standard_deviations.size()) +
                         " deviations for " + std::to_string(channels) + " channels");
    Tensor<3> numbers(std::array<std::size_t, 3>{channels, picture.shape(0), picture.shape(1)});
    for (std::size_t c = 0; c < channels; ++c) {
        const auto mean_level = static_cast<float>(means[c]), deviation = static_cast<float>(standard_deviations[c]);
        if (!std::isfinite(mean_level) || !std::isfinite(deviation) || !(deviation > 0))
            throw std::invalid_argument("channel " + std::to_string(c) + " cannot be normalised");
        std::array<float, 256> table{};
        for (std::size_t level = 0; level < table.size(); ++level)
            table[level] = (static_cast<float>(level) / 255.0F - mean_level) / deviation;
        for (std::size_t n = 0; n < pixels; ++n)
            numbers.data()[c * pixels + n] = table[picture.data()[n * channels + c]];
    }
    return numbers;
}

Tensor<4> vit_input(const Tensor<3, std::uint8_t>& picture, const VitInputOptions& options) {
    if (options.channels % 2 == 0 || options.channels > 3)
        throw std::invalid_argument(std::to_string(options.channels) + " channels");
    const Tensor<3> numbers = normalise(resize_bilinear(options.channels == 1 ? as_grey(picture) : as_rgb(picture),
                                                        options.image_size, options.image_size),
                                        options.mean, options.standard_deviation);
    Tensor<4> batch(std::array<std::size_t, 4>{1, numbers.shape(0), numbers.shape(1), numbers.shape(2)});
    std::copy_n(numbers.data(), numbers.size(), batch.data());
    return batch;
}

}  // namespace wb
