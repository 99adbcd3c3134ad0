/// @file
/// Exercise 4.9's augmentation once more, for case makers: rightly, and by mistakes that students make.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "fine_tuning.hpp"
#include "wb/random.hpp"
#include "wb/tensor.hpp"

namespace wb::trusted {

/// Mistakes that students make in augment, one at a time.
struct AugmentFlaws {
    bool down_first = false;    ///< the shift down is drawn before that to the right
    bool flip_last = false;     ///< the mirror is drawn after the shifts
    bool moves_first = false;   ///< moved, then mirrored
    bool moves_back = false;    ///< to the left and up
    bool upside_down = false;   ///< rows are exchanged in place of columns
    bool wraps = false;         ///< what goes out on one side comes in on the other
    bool repeats_edge = false;  ///< what comes in is the nearest pixel inside
    bool drawn_once = false;    ///< the same numbers for all pictures
};

/// Where a pixel of the new picture comes from along one axis; -1: from outside.
inline std::ptrdiff_t source(std::ptrdiff_t at, std::ptrdiff_t move, std::ptrdiff_t size, const AugmentFlaws& flaws) {
    const std::ptrdiff_t from = flaws.moves_back ? at + move : at - move;
    if (flaws.wraps) return ((from % size) + size) % size;
    if (flaws.repeats_edge) return std::clamp<std::ptrdiff_t>(from, 0, size - 1);
    return from < 0 || from >= size ? -1 : from;
}

/// Where something is mirrored, if it is inside.
inline std::ptrdiff_t mirror(std::ptrdiff_t at, std::ptrdiff_t size) {
    return at < 0 ? at : size - 1 - at;
}

/// Exercise 4.9's augment.
inline Tensor<4, std::uint8_t> augment(const Tensor<4, std::uint8_t>& pictures, const AugmentOptions& options,
                                       Random& random, const AugmentFlaws& flaws = {}) {
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

}  // namespace wb::trusted
