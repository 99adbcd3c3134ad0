// NOTE: Each pixel is looked up from its place in the patch, positions are resized along one axis after the other, and tokens are joined without broadcasting.
#include "patches.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/errors.hpp"

namespace wb {

Tensor<3> patchify(const Tensor<4>& pixels, std::size_t patch_size) {
    const auto [batch, channels, height, width] =
        std::array{pixels.shape(0), pixels.shape(1), pixels.shape(2), pixels.shape(3)};
    const std::size_t p = patch_size;
    if (p == 0 || height % p != 0 || width % p != 0)
        throw ShapeError("patchify: " + std::to_string(p) + " must divide " + std::to_string(height) + " and " +
                         std::to_string(width));
    const std::size_t per_row = width / p, count = height / p * per_row;
    Tensor<3> result(std::array<std::size_t, 3>{batch, count, channels * p * p});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t n = 0; n < count; ++n) {
            for (std::size_t at = 0; at < channels * p * p; ++at) {
                const std::size_t c = at / (p * p), y = n / per_row * p + at / p % p, x = n % per_row * p + at % p;
                result(b, n, at) = pixels(b, c, y, x);
            }
        }
    }
    return result;
}

namespace {

double keys(double d) {
    constexpr double a = -0.75;
    if (d < 0) d = -d;
    if (d >= 2) return 0;
    return d > 1 ? a * (d * d * d - 5 * d * d + 8 * d - 4) : (a + 2) * d * d * d - (a + 3) * d * d + 1;
}

/// [outer, from, inner] -> [outer, to, inner], in double.
std::vector<double> along(const std::vector<double>& x, std::size_t outer, std::size_t from, std::size_t to,
                          std::size_t inner) {
    std::vector<double> result(outer * to * inner);
    for (std::size_t i = 0; i < to; ++i) {
        const double s = (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5;
        const auto first = static_cast<long>(std::floor(s)) - 1;
        for (long input = first; input < first + 4; ++input) {
            const auto inside = static_cast<std::size_t>(std::clamp<long>(input, 0, static_cast<long>(from) - 1));
            const double weight = keys(s - static_cast<double>(input));
            for (std::size_t o = 0; o < outer; ++o) {
                for (std::size_t d = 0; d < inner; ++d)
                    result[(o * to + i) * inner + d] += weight * x[(o * from + inside) * inner + d];
            }
        }
    }
    return result;
}

}  // namespace

Tensor<2> interpolate_positions(const Tensor<2>& positions, std::size_t old_height, std::size_t old_width,
                                std::size_t new_height, std::size_t new_width) {
    if (old_height == 0 || old_width == 0 || new_height == 0 || new_width == 0 ||
        positions.shape(0) != old_height * old_width + 1)
        throw ShapeError("interpolate_positions: " + shape_text(positions) + " does not fit the grids");
    const std::size_t hidden = positions.shape(1);
    std::vector<double> grid(positions.data() + hidden, positions.data() + positions.size());
    grid = along(grid, old_height, old_width, new_width, hidden);
    grid = along(grid, 1, old_height, new_height, new_width * hidden);
    Tensor<2> result(std::array<std::size_t, 2>{1 + new_height * new_width, hidden});
    std::copy_n(positions.data(), hidden, result.data());
    std::copy(grid.begin(), grid.end(), result.data() + hidden);
    return result;
}

Var<float> VitEmbeddings::operator()(Tape<float>& tape, const Tensor<4>& pixels) const {
    const Shape& kernel = projection_weight->shape;
    const std::size_t hidden = kernel[0], numbers = kernel[1] * kernel[2] * kernel[3];
    const Tensor<3> patches = patchify(pixels, kernel[2]);
    const std::size_t tokens = position_embeddings->shape[1], batch = pixels.shape(0);
    if (pixels.shape(1) != kernel[1] || patches.shape(1) != tokens - 1)
        throw ShapeError("VitEmbeddings: pixels " + shape_text(pixels) + " are not the model's");
    const Var<float> projected = linear(
        tape.constant(patches), reshape(tape.use(*projection_weight), {hidden, numbers}), tape.use(*projection_bias));
    const Var<float> positions = reshape(tape.use(*position_embeddings), {tokens, hidden});
    const Var<float> cls = reshape(tape.use(*cls_token), {1, hidden}) + slice(positions, 0, 0, 1);
    const std::vector<Var<float>> every(batch, reshape(cls, {1, 1, hidden}));
    return concat<float>({concat(every, 0), projected + slice(positions, 0, 1, tokens)}, 1);
}

}  // namespace wb
