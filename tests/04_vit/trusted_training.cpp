#include "trusted_training.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "judge/judge.hpp"
#include "vit_oracle.hpp"

namespace wb {
namespace {

/// [count, channels, height, width]
Tensor<4> normalised(const probes::Pictures& from, const TrainOptions& options) {
    const auto& shape = from.pictures.shape();
    Tensor<4> pixels(std::array<std::size_t, 4>{shape[0], shape[3], shape[1], shape[2]});
    for (std::size_t n = 0; n < shape[0]; ++n) {
        for (std::size_t y = 0; y < shape[1]; ++y) {
            for (std::size_t x = 0; x < shape[2]; ++x) {
                for (std::size_t c = 0; c < shape[3]; ++c) {
                    const double value = static_cast<double>(from.pictures(n, y, x, c)) / 255;
                    pixels(n, c, y, x) = static_cast<float>((value - static_cast<double>(options.mean[c])) /
                                                            static_cast<double>(options.std[c]));
                }
            }
        }
    }
    return pixels;
}

/// Where a pixel of the new picture comes from along one axis; -1: from outside.
std::ptrdiff_t source(std::ptrdiff_t at, std::ptrdiff_t move, std::ptrdiff_t size, const AugmentFlaws& flaws) {
    const std::ptrdiff_t from = flaws.moves_back ? at + move : at - move;
    if (flaws.wraps) return ((from % size) + size) % size;
    if (flaws.repeats_edge) return std::clamp<std::ptrdiff_t>(from, 0, size - 1);
    return from < 0 || from >= size ? -1 : from;
}

/// Where something is mirrored, if it is inside.
std::ptrdiff_t mirror(std::ptrdiff_t at, std::ptrdiff_t size) {
    return at < 0 ? at : size - 1 - at;
}

}  // namespace

Tensor<4, std::uint8_t> trusted_augment(const Tensor<4, std::uint8_t>& pictures, const AugmentOptions& options,
                                        Random& random, const AugmentFlaws& flaws) {
    const auto height = static_cast<std::ptrdiff_t>(pictures.shape(1)),
               width = static_cast<std::ptrdiff_t>(pictures.shape(2));
    const auto shift = static_cast<std::ptrdiff_t>(options.shift);
    Tensor<4, std::uint8_t> result(pictures.shape());
    bool flip = false;
    std::ptrdiff_t right = 0, down = 0;
    for (std::size_t n = 0; n < pictures.shape(0); ++n) {
        if (n == 0 || !flaws.drawn_once) {
            if (options.flip && !flaws.flip_last) flip = random.below(2) == 1;
            if (shift > 0) {
                right = static_cast<std::ptrdiff_t>(random.below(2 * options.shift + 1)) - shift;
                down = static_cast<std::ptrdiff_t>(random.below(2 * options.shift + 1)) - shift;
                if (flaws.down_first) std::swap(right, down);
            }
            if (options.flip && flaws.flip_last) flip = random.below(2) == 1;
        }
        for (std::ptrdiff_t y = 0; y < height; ++y) {
            for (std::ptrdiff_t x = 0; x < width; ++x) {
                std::ptrdiff_t row = source(y, down, height, flaws);
                const bool before = flip && flaws.moves_first;
                std::ptrdiff_t column = source(before ? width - 1 - x : x, right, width, flaws);
                if (flip && flaws.upside_down) row = mirror(row, height);
                if (flip && !flaws.upside_down && !before) column = mirror(column, width);
                for (std::size_t c = 0; c < pictures.shape(3); ++c) {
                    std::uint8_t& pixel = result(n, static_cast<std::size_t>(y), static_cast<std::size_t>(x), c);
                    pixel = 0;
                    if (row >= 0 && column >= 0)
                        pixel = pictures(n, static_cast<std::size_t>(row), static_cast<std::size_t>(column), c);
                }
            }
        }
    }
    return result;
}

Worth trusted_worth(const probes::VitWeights& model, const probes::Pictures& pictures, const TrainOptions& options) {
    Tensor<2, double> logits;
    try {
        logits = oracle::Vit(model.weights, model.options).logits(normalised(pictures, options));
    } catch (const std::invalid_argument& error) {
        grader::stop_test(std::string("the weights that came back are no model of this shape: ") + error.what());
    }
    Worth worth;
    const std::size_t count = pictures.labels.size(), classes = model.options.classes;
    for (std::size_t n = 0; n < count; ++n) {
        const double* row = logits.data() + n * classes;
        const double largest = *std::max_element(row, row + classes);
        double total = 0;
        for (std::size_t c = 0; c < classes; ++c) total += std::exp(row[c] - largest);
        worth.loss += (largest + std::log(total) - row[pictures.labels[n]]) / static_cast<double>(count);
        if (std::max_element(row, row + classes) - row == pictures.labels[n])
            worth.accuracy += 1 / static_cast<double>(count);
    }
    return worth;
}

probes::Pictures chosen(const probes::Pictures& from, const std::vector<std::size_t>& numbers) {
    auto shape = from.pictures.shape();
    shape[0] = numbers.size();
    probes::Pictures some{Tensor<4, std::uint8_t>(shape), {}};
    const std::size_t size = shape[1] * shape[2] * shape[3];
    for (std::size_t n = 0; n < numbers.size(); ++n) {
        std::copy_n(from.pictures.data() + numbers[n] * size, size, some.pictures.data() + n * size);
        some.labels.push_back(from.labels[numbers[n]]);
    }
    return some;
}

}  // namespace wb
