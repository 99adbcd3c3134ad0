/// @file
/// Exercise 4.2: from a picture to tokens. The contract is chapters/04_vit/patches.hpp.
#include "patches.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/errors.hpp"

namespace wb {
// SOLUTION BEGIN 4.2 removed
namespace {

/// The four inputs that an output of a bicubic resize is made of.
struct Taps {
    std::array<std::size_t, 4> at;
    std::array<double, 4> weight;
};

/// Keys' cubic with a = -0.75, at distance d.
double cubic(double d) {
    constexpr double a = -0.75;
    d = std::abs(d);
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/// For each output along an axis.
std::vector<Taps> taps_of(std::size_t old_extent, std::size_t new_extent) {
    std::vector<Taps> taps(new_extent);
    const double ratio = static_cast<double>(old_extent) / static_cast<double>(new_extent);
    const auto last = static_cast<double>(old_extent - 1);
    for (std::size_t i = 0; i < new_extent; ++i) {
        const double place = (static_cast<double>(i) + 0.5) * ratio - 0.5, floor = std::floor(place);
        for (std::size_t n = 0; n < 4; ++n) {
            const double input = floor - 1 + static_cast<double>(n);
            taps[i].at[n] = static_cast<std::size_t>(std::clamp(input, 0.0, last));
            taps[i].weight[n] = cubic(place - input);
        }
    }
    return taps;
}

}  // namespace
// SOLUTION END

// TODO(4.2): cut pictures into squares.
//   Start:    write down a 4 x 4 picture of one channel, numbered 0 to 15, and its four patches of size 2: the first is 0 1 4 5.
//   Ask:      which of the five loops runs over memory that is contiguous in both places?
//   Traps:    patches count row by row, the channel is the slowest inside a patch; height and width may differ.
Tensor<3> patchify(const Tensor<4>& pixels, std::size_t patch_size) {
    // SOLUTION BEGIN 4.2
    const std::size_t batch = pixels.shape(0), channels = pixels.shape(1), height = pixels.shape(2),
                      width = pixels.shape(3), P = patch_size;
    if (P == 0 || height % P != 0 || width % P != 0)
        throw ShapeError("patchify: a patch size of " + std::to_string(P) + " does not divide pixels " +
                         shape_text(pixels) + ", [batch, channels, height, width]");
    const std::size_t rows = height / P, columns = width / P;
    Tensor<3> patches(std::array<std::size_t, 3>{batch, rows * columns, channels * P * P});
    const float* from = pixels.data();
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t c = 0; c < channels; ++c) {
            for (std::size_t y = 0; y < height; ++y) {
                for (std::size_t column = 0; column < columns; ++column, from += P)
                    std::copy_n(from, P, &patches(b, y / P * columns + column, (c * P + y % P) * P));
            }
        }
    }
    return patches;
    // SOLUTION END
}

// TODO(4.2): positions for another grid.
//   Equation: that of patches.hpp, along one axis; a picture is resized along both, one after the other or at once.
//   Start:    for each output along an axis: which four inputs, and with which weights? The weights sum to 1.
//   Ask:      what does (i + 0.5) old / new - 0.5 give for old = new? And for i = 0 when new = 2 old: is that inside?
//   Traps:    row 0 is the class token's and has no place in the grid. Inputs outside count as the nearest inside: clamp the
//             index, not the weight.
Tensor<2> interpolate_positions(const Tensor<2>& positions, std::size_t old_height, std::size_t old_width,
                                std::size_t new_height, std::size_t new_width) {
    // SOLUTION BEGIN 4.2
    const std::size_t hidden = positions.shape(1);
    if (old_height * old_width == 0 || new_height * new_width == 0 || positions.shape(0) != 1 + old_height * old_width)
        throw ShapeError("interpolate_positions: positions " + shape_text(positions) + " are not those of a grid of " +
                         std::to_string(old_height) + " x " + std::to_string(old_width) +
                         " and a class token, or the new grid, " + std::to_string(new_height) + " x " +
                         std::to_string(new_width) + ", is empty");
    const std::vector<Taps> rows = taps_of(old_height, new_height), columns = taps_of(old_width, new_width);
    Tensor<2> result(std::array<std::size_t, 2>{1 + new_height * new_width, hidden});
    std::copy_n(positions.data(), hidden, result.data());
    std::vector<double> total(hidden);
    for (std::size_t y = 0; y < new_height; ++y) {
        for (std::size_t x = 0; x < new_width; ++x) {
            std::fill(total.begin(), total.end(), 0.0);
            for (std::size_t i = 0; i < 4; ++i) {
                for (std::size_t j = 0; j < 4; ++j) {
                    const float* from = &positions(1 + rows[y].at[i] * old_width + columns[x].at[j], 0);
                    const double weight = rows[y].weight[i] * columns[x].weight[j];
                    for (std::size_t d = 0; d < hidden; ++d) total[d] += weight * static_cast<double>(from[d]);
                }
            }
            std::copy(total.begin(), total.end(), &result(1 + y * new_width + x, 0));
        }
    }
    return result;
    // SOLUTION END
}

// TODO(4.2): tokens.
//   Start:    patchify the pixels into a constant of the tape. The projection's weight is stored as a convolution's; reshaped to
//             [hidden, channels * P * P] it is a Linear's, and linear() of wb/autograd/products.hpp multiplies by it. Then the class
//             token, then the positions.
//   Ask:      a convolution of stride P and size P looks at each pixel once. Why is it the same as one matrix product?
//   Traps:    every picture of the batch needs a class token, and concat repeats nothing. + does: its second operand, over leading
//             axes that it lacks. So reshape the token to [1, hidden] and add it to zeros [batch, 1, hidden]; and the positions to
//             [tokens, hidden]. Parameters reach the tape through use(), or they never learn.
Var<float> VitEmbeddings::operator()(Tape<float>& tape, const Tensor<4>& pixels) const {
    // SOLUTION BEGIN 4.2
    const Shape kernel = projection_weight->shape;  // [hidden, channels, P, P]
    const std::size_t hidden = kernel[0], channels = kernel[1], P = kernel[2];
    const Tensor<3> patches = patchify(pixels, P);
    if (pixels.shape(1) != channels || patches.shape(1) + 1 != position_embeddings->shape[1])
        throw ShapeError("VitEmbeddings: pixels " + shape_text(pixels) + " do not fit " + std::to_string(channels) +
                         " channels and " + std::to_string(position_embeddings->shape[1] - 1) + " patches of " +
                         std::to_string(P) + " x " + std::to_string(P));
    const Var<float> weight = reshape(tape.use(*projection_weight), {hidden, channels * P * P});
    const Var<float> projected = linear(tape.constant(patches), weight, tape.use(*projection_bias));
    const Var<float> nothing = tape.constant(zeros<3>({pixels.shape(0), 1, hidden}));
    const Var<float> cls = nothing + reshape(tape.use(*cls_token), {1, hidden});
    const Var<float> positions =
        reshape(tape.use(*position_embeddings), {position_embeddings->shape[1], hidden});  // [1 + patches, hidden]
    return concat<float>({cls, projected}, 1) + positions;
    // SOLUTION END
}

}  // namespace wb
