/// @file
/// What a model makes of pictures: from bytes to pixels by the options' mean and deviation, and from logits to a loss and an accuracy.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "fine_tuning_probes.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// Pixels as the model takes them. @return  [count, channels, height, width]
inline Tensor<4> normalised(const probes::Pictures& from, const TrainOptions& options) {
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

/// What a model makes of pictures.
struct Worth {
    double loss = 0;      ///< mean over the pictures
    double accuracy = 0;  ///< the share whose largest logit is their label's; of equals the lowest class counts
};

/// @param logits  [pictures, classes]
inline Worth worth_of(const Tensor<2, double>& logits, const std::vector<int>& labels) {
    Worth worth;
    const std::size_t count = labels.size(), classes = logits.shape(1);
    for (std::size_t n = 0; n < count; ++n) {
        const double* row = logits.data() + n * classes;
        const double largest = *std::max_element(row, row + classes);
        double total = 0;
        for (std::size_t c = 0; c < classes; ++c) total += std::exp(row[c] - largest);
        worth.loss += (largest + std::log(total) - row[labels[n]]) / static_cast<double>(count);
        if (std::max_element(row, row + classes) - row == labels[n]) worth.accuracy += 1 / static_cast<double>(count);
    }
    return worth;
}

}  // namespace wb
