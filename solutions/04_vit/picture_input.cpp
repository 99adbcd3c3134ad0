/// @file
/// Exercise 4.1: a picture as a model takes it. The contract is chapters/04_vit/picture_input.hpp.
#include "picture_input.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {
// SOLUTION BEGIN 4.1 removed
namespace {

/// @throws ShapeError unless there are 1 to 4 channels
void require_channels(const std::string& where, const Tensor<3, std::uint8_t>& picture) {
    if (picture.shape(2) < 1 || picture.shape(2) > 4) {
        throw ShapeError(where +
                         ": a picture has 1 to 4 channels (grey, grey and alpha, RGB, RGBA), the last axis of " +
                         shape_text(picture));
    }
}

}  // namespace
// SOLUTION END

// TODO(4.1): three channels.
//   Start:    1 and 2 channels are grey (the second is alpha), 3 and 4 are colours (the fourth is alpha).
//   Ask:      a file with two channels is seldom met. What would your code make of it?
Tensor<3, std::uint8_t> as_rgb(const Tensor<3, std::uint8_t>& picture) {
    // SOLUTION BEGIN 4.1
    require_channels("as_rgb", picture);
    const bool colours = picture.shape(2) >= 3;
    Tensor<3, std::uint8_t> rgb(std::array<std::size_t, 3>{picture.shape(0), picture.shape(1), 3});
    for (std::size_t y = 0; y < rgb.shape(0); ++y) {
        for (std::size_t x = 0; x < rgb.shape(1); ++x) {
            for (std::size_t c = 0; c < 3; ++c) rgb(y, x, c) = picture(y, x, colours ? c : 0);
        }
    }
    return rgb;
    // SOLUTION END
}

// TODO(4.1): one channel.
//   Equation: L = (19595 R + 38470 G + 7471 B + 32768) >> 16.
//   Ask:      what do 32768 and >> 16 do together? Can the sum become too large for 32 bits?
//   Traps:    the eye sees green best; the mean of three channels is another picture.
Tensor<3, std::uint8_t> as_grey(const Tensor<3, std::uint8_t>& picture) {
    // SOLUTION BEGIN 4.1
    require_channels("as_grey", picture);
    const bool colours = picture.shape(2) >= 3;
    Tensor<3, std::uint8_t> grey(std::array<std::size_t, 3>{picture.shape(0), picture.shape(1), 1});
    for (std::size_t y = 0; y < grey.shape(0); ++y) {
        for (std::size_t x = 0; x < grey.shape(1); ++x) {
            grey(y, x, 0) = picture(y, x, 0);
            if (!colours) continue;
            const std::uint32_t r = picture(y, x, 0), g = picture(y, x, 1), b = picture(y, x, 2);
            grey(y, x, 0) = static_cast<std::uint8_t>((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
        }
    }
    return grey;
    // SOLUTION END
}

// SOLUTION BEGIN 4.1 removed
namespace {

constexpr int weight_bits = 22;  // 255 * 2^22 fits a signed 32-bit number, as do a few units more

/// What one new pixel is made of: the old pixels from `first` on, and their weights times 2^22.
struct Mixture {
    std::size_t first = 0;
    std::vector<std::int32_t> weights;
};

/// The mixtures of an axis of `from` pixels that becomes `to`.
std::vector<Mixture> mixtures(std::size_t from, std::size_t to) {
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double reach = std::max(1.0, scale);
    std::vector<Mixture> result(to);
    for (std::size_t i = 0; i < to; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale;
        // Old pixels whose middle lies within reach, those exactly at its end (weight 0) in or out as rounding has it.
        const auto first = static_cast<std::size_t>(std::lround(std::max(0.0, centre - reach)));
        const auto end = std::min(from, static_cast<std::size_t>(std::lround(centre + reach)));
        std::vector<double> weights;
        double total = 0;
        for (std::size_t j = first; j < end; ++j) {
            const double distance = std::abs(static_cast<double>(j) + 0.5 - centre) / reach;
            weights.push_back(std::max(0.0, 1 - distance));
            total += weights.back();
        }
        result[i].first = first;
        for (const double weight : weights)
            result[i].weights.push_back(static_cast<std::int32_t>(std::lround(weight / total * (1 << weight_bits))));
    }
    return result;
}

/// One new pixel of a line whose old pixels lie `stride` bytes apart.
std::uint8_t mix(const Mixture& mixture, const std::uint8_t* line, std::size_t stride) {
    std::int32_t mixed = 1 << (weight_bits - 1);  // a half, so that the shift rounds to the nearest
    const std::uint8_t* pixel = line + mixture.first * stride;
    for (const std::int32_t weight : mixture.weights) {
        mixed += weight * *pixel;
        pixel += stride;
    }
    return static_cast<std::uint8_t>(std::min(255, mixed >> weight_bits));
}

/// [outer, from, inner] -> [outer, to, inner], in flat memory.
void resize_axis(const std::uint8_t* in, std::size_t outer, std::size_t from, std::size_t inner,
                 const std::vector<Mixture>& made_of, std::uint8_t* out) {
    for (std::size_t o = 0; o < outer; ++o) {
        for (const Mixture& mixture : made_of) {
            for (std::size_t k = 0; k < inner; ++k) *out++ = mix(mixture, in + o * from * inner + k, inner);
        }
    }
}

}  // namespace
// SOLUTION END

// TODO(4.1): another size.
//   Equation: c_i = (i + 0.5) n / m; w_ij = max(0, 1 - |j + 0.5 - c_i| / r), r = max(1, n / m); out_i = sum_j w_ij x_j / sum_j w_ij.
//   Start:    the weights of one axis depend on n and m alone. Make them once, and use them for each line and channel.
//   Ask:      of 1,000 pixels in a row that become 224, how many does each new one see? And if r were 1 throughout? Which weights
//             change at the edge, where part of the triangle lies outside?
//   Traps:    pixels have middles: without the two halves the picture moves by half a pixel. Divide by the sum that there is, not
//             by the one that there would be. Rounding is not cutting off. Height and width are easily exchanged.
Tensor<3, std::uint8_t> resize_bilinear(const Tensor<3, std::uint8_t>& picture, std::size_t new_height,
                                        std::size_t new_width) {
    // SOLUTION BEGIN 4.1
    const std::size_t height = picture.shape(0), width = picture.shape(1), channels = picture.shape(2);
    if (height * width * channels == 0 || new_height * new_width == 0) {
        throw ShapeError("resize_bilinear: from " + shape_text(picture) + " to " + std::to_string(new_height) + " x " +
                         std::to_string(new_width) + " pixels; both need at least one");
    }
    Tensor<3, std::uint8_t> rows(std::array<std::size_t, 3>{height, new_width, channels});
    resize_axis(picture.data(), height, width, channels, mixtures(width, new_width), rows.data());
    Tensor<3, std::uint8_t> resized(std::array<std::size_t, 3>{new_height, new_width, channels});
    resize_axis(rows.data(), 1, height, new_width * channels, mixtures(height, new_height), resized.data());
    return resized;
    // SOLUTION END
}

// TODO(4.1): numbers around 0, channel by channel.
//   Equation: out[c, y, x] = (picture[y, x, c] / 255 - means[c]) / standard_deviations[c].
//   Ask:      with mean = standard_deviation = 0.5, what become of 0 and 255? Which number lies behind out[0, 0, 0] in memory?
//   Traps:    the largest level is 255, not 256. In whole numbers 200 / 255 is 0.
Tensor<3> normalise(const Tensor<3, std::uint8_t>& picture, std::span<const double> means,
                    std::span<const double> standard_deviations) {
    // SOLUTION BEGIN 4.1
    const std::size_t height = picture.shape(0), width = picture.shape(1), channels = picture.shape(2);
    if (means.size() != channels || standard_deviations.size() != channels) {
        throw ShapeError("normalise: the picture is " + shape_text(picture) + " with " + std::to_string(channels) +
                         " channels, but there are " + std::to_string(means.size()) + " means and " +
                         std::to_string(standard_deviations.size()) + " standard deviations");
    }
    Tensor<3> numbers(std::array<std::size_t, 3>{channels, height, width});
    for (std::size_t c = 0; c < channels; ++c) {
        if (!std::isfinite(means[c]) || !std::isfinite(standard_deviations[c]) || standard_deviations[c] <= 0) {
            throw std::invalid_argument("normalise: channel " + std::to_string(c) + " has mean " +
                                        std::to_string(means[c]) + " and standard deviation " +
                                        std::to_string(standard_deviations[c]) +
                                        "; a mean is finite, a standard deviation also positive");
        }
        for (std::size_t y = 0; y < height; ++y) {
            for (std::size_t x = 0; x < width; ++x) {
                const double share = picture(y, x, c) / 255.0;
                numbers(c, y, x) = static_cast<float>((share - means[c]) / standard_deviations[c]);
            }
        }
    }
    return numbers;
    // SOLUTION END
}

// TODO(4.1): the whole way.
//   Ask:      why convert before resizing, and not after? (A palette or a channel of alpha is no brightness.)
Tensor<4> vit_input(const Tensor<3, std::uint8_t>& picture, const VitInputOptions& options) {
    // SOLUTION BEGIN 4.1
    if (options.channels != 3 && options.channels != 1) {
        throw std::invalid_argument("vit_input: options.channels is " + std::to_string(options.channels) +
                                    "; models take 3 (RGB) or 1 (grey)");
    }
    const Tensor<3, std::uint8_t> converted = options.channels == 3 ? as_rgb(picture) : as_grey(picture);
    const Tensor<3, std::uint8_t> resized = resize_bilinear(converted, options.image_size, options.image_size);
    const Tensor<3> numbers = normalise(resized, options.mean, options.standard_deviation);
    Tensor<4> batch(std::array<std::size_t, 4>{1, options.channels, options.image_size, options.image_size});
    std::copy(numbers.begin(), numbers.end(), batch.begin());
    return batch;
    // SOLUTION END
}

}  // namespace wb
