/// @file
/// Patches, layer normalisation, GELU and rollout by plain loops. See vit_kernel_oracle.hpp.
#include "vit_kernel_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace wb::oracle {
namespace {

/// Patches read at wrong places: each pixel from the address that such a kernel computes, whatever lies there.
Tensor<3, double> misplaced_rows(const Tensor<4>& pixels, std::size_t P, const PatchifyFlaws& flaws) {
    const std::size_t B = pixels.shape(0), C = pixels.shape(1), H = pixels.shape(2), W = pixels.shape(3);
    const std::size_t rows = H / P, columns = W / P;
    Tensor<3, double> out = zeros<3, double>({B, rows * columns, C * P * P});
    for (std::size_t n = 0; n < out.size(); ++n) {
        const std::size_t x = n % P, y = n / P % P, c = n / (P * P) % C, patch = n / (P * P * C) % (rows * columns),
                          b = n / (P * P * C * rows * columns);
        std::size_t row = patch / rows, column = patch % rows;
        if (flaws.row_for_column) {
            row = patch % columns;
            column = patch / columns;
        }
        const std::size_t address = ((b * C + c) * H + row * P + y) * W + column * P + x;
        out.data()[n] = address < pixels.size() ? static_cast<double>(pixels.data()[address])
                                                : std::numeric_limits<double>::quiet_NaN();
    }
    return out;
}

}  // namespace

Tensor<3, double> patchify_rows(const Tensor<4>& pixels, std::size_t patch_size, const PatchifyFlaws& flaws) {
    const std::size_t B = pixels.shape(0), C = pixels.shape(1), H = pixels.shape(2), W = pixels.shape(3),
                      P = patch_size;
    if (flaws.counted_by_rows || flaws.row_for_column) return misplaced_rows(pixels, P, flaws);
    const std::size_t rows = H / P, columns = W / P;
    Tensor<3, double> out = zeros<3, double>({B, rows * columns, C * P * P});
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t c = 0; c < C; ++c)
            for (std::size_t line = 0; line < H; ++line)
                for (std::size_t place = 0; place < W; ++place) {
                    const std::size_t row = line / P, column = place / P, y = line % P, x = place % P;
                    const std::size_t patch = flaws.columns_first ? column * rows + row : row * columns + column;
                    std::size_t n = (c * P + y) * P + x;
                    if (flaws.channels_last) n = (y * P + x) * C + c;
                    if (flaws.transposed) n = (c * P + x) * P + y;
                    out(b, patch, n) = static_cast<double>(pixels(b, c, line, place));
                }
    return out;
}

Tensor<2, double> layer_norm_rows(const Tensor<2>& x, const Tensor<1>& weight, const Tensor<1>& bias, double epsilon,
                                  const LayerNormFlaws& flaws) {
    const std::size_t rows = x.shape(0), hidden = x.shape(1);
    Tensor<2, double> out = zeros<2, double>({rows, hidden});
    for (std::size_t r = 0; r < rows; ++r) {
        double mean = 0, variance = 0;
        for (std::size_t c = 0; c < hidden; ++c) mean += static_cast<double>(x(r, c)) / static_cast<double>(hidden);
        for (std::size_t c = 0; c < hidden; ++c) variance += std::pow(static_cast<double>(x(r, c)) - mean, 2);
        variance /= static_cast<double>(flaws.unbiased ? hidden - 1 : hidden);
        double divisor = std::sqrt(variance + (flaws.no_epsilon ? 0 : epsilon));
        if (flaws.epsilon_outside) divisor = std::sqrt(variance) + epsilon;
        if (flaws.no_root) divisor = variance + epsilon;
        for (std::size_t c = 0; c < hidden; ++c) {
            const double value = static_cast<double>(x(r, c)) - (flaws.mean_kept ? 0 : mean);
            out(r, c) = value / divisor * (flaws.no_weight ? 1 : static_cast<double>(weight(c))) +
                        (flaws.no_bias ? 0 : static_cast<double>(bias(c)));
        }
    }
    return out;
}

namespace {

/// x + bias, the number that GELU is given.
double biased(const Tensor<2>& x, const Tensor<1>& bias, std::size_t r, std::size_t c, const BiasGeluFlaws& flaws) {
    double z = static_cast<double>(x(r, c));
    if (flaws.bias_of_row) return z + static_cast<double>(bias(r % bias.size()));
    if (!flaws.no_bias) z += static_cast<double>(bias(c));
    return z;
}

/// Phi(z) = erfc(-z / sqrt(2)) / 2, or what stands for it.
double cdf(double z, const BiasGeluFlaws& flaws) {
    if (flaws.tanh_form)
        return 0.5 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (z + 0.044715 * std::pow(z, 3))));
    if (flaws.sigmoid_form) return 1 / (1 + std::exp(-1.702 * z));
    return 0.5 * std::erfc(flaws.no_root ? -z : -z / std::numbers::sqrt2);
}

/// Its derivative.
double density(double z, const BiasGeluFlaws& flaws) {
    if (flaws.tanh_form) {
        const double t = 2 * cdf(z, flaws) - 1;
        return 0.5 * (1 - t * t) * std::sqrt(2 / std::numbers::pi) * (1 + 3 * 0.044715 * z * z);
    }
    if (flaws.sigmoid_form) return 1.702 * cdf(z, flaws) * (1 - cdf(z, flaws));
    if (flaws.no_root) return std::exp(-z * z) / std::sqrt(std::numbers::pi);
    return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
}

}  // namespace

Tensor<2, double> bias_gelu(const Tensor<2>& x, const Tensor<1>& bias, const BiasGeluFlaws& flaws) {
    Tensor<2, double> out = zeros<2, double>({x.shape(0), x.shape(1)});
    for (std::size_t r = 0; r < x.shape(0); ++r)
        for (std::size_t c = 0; c < x.shape(1); ++c) {
            const double z = biased(x, bias, r, c, flaws);
            out(r, c) = z * cdf(z, flaws);
        }
    return out;
}

BiasGeluGradients bias_gelu_backward(const Tensor<2>& x, const Tensor<1>& bias, const Tensor<2>& d_out,
                                     const BiasGeluFlaws& flaws) {
    const std::size_t rows = x.shape(0), hidden = x.shape(1);
    BiasGeluGradients g{zeros<2, double>({rows, hidden}), zeros<1, double>({hidden})};
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < hidden; ++c) {
            const double z = biased(x, bias, r, c, flaws), d = static_cast<double>(d_out(r, c));
            double slope = cdf(z, flaws) + z * density(z, flaws);
            if (flaws.cdf_only) slope = cdf(z, flaws);
            if (flaws.density_alone) slope = cdf(z, flaws) + density(z, flaws);
            g.d_x(r, c) = d * slope;
            if (flaws.bias_over_columns) {
                if (r < hidden) g.d_bias(r) += g.d_x(r, c);
                continue;
            }
            if (flaws.bias_last_row) g.d_bias(c) = 0;
            g.d_bias(c) += flaws.bias_of_d_out ? d : g.d_x(r, c);
        }
    if (flaws.bias_mean && rows > 0)
        for (double& sum : g.d_bias) sum /= static_cast<double>(rows);
    return g;
}

namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix square(std::size_t size) {
    return Matrix(size, std::vector<double>(size, 0.0));
}

Matrix identity(std::size_t size) {
    Matrix matrix = square(size);
    for (std::size_t i = 0; i < size; ++i) matrix[i][i] = 1;
    return matrix;
}

double sum_of(const std::vector<double>& row) {
    double sum = 0;
    for (const double value : row) sum += value;
    return sum;
}

/// A = 0.5 W + 0.5 I of one layer and picture, rows divided by their sums.
Matrix mixing(const Tensor<4>& weights, std::size_t layer, std::size_t picture, const RolloutChainFlaws& flaws) {
    const std::size_t T = weights.shape(2);
    Matrix a = square(T);
    for (std::size_t i = 0; i < T; ++i) {
        for (std::size_t j = 0; j < T; ++j) a[i][j] = static_cast<double>(weights(layer, picture, i, j));
        if (const double sum = sum_of(a[i]); flaws.normalised_before && sum > 0)
            for (double& value : a[i]) value /= sum;
        if (flaws.no_identity) continue;
        for (double& value : a[i]) value *= 0.5;
        a[i][i] += flaws.whole_identity ? 1.0 : 0.5;
    }
    if (flaws.not_normalised || flaws.normalised_before) return a;
    std::vector<double> sums(T);
    for (std::size_t i = 0; i < T; ++i) sums[i] = sum_of(a[i]);
    for (std::size_t i = 0; i < T; ++i)
        for (std::size_t j = 0; j < T; ++j) a[i][j] /= sums[flaws.columns_divided ? j : i];
    return a;
}

Matrix product(const Matrix& a, const Matrix& b) {
    const std::size_t size = a.size();
    Matrix c = square(size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t k = 0; k < size; ++k)
            for (std::size_t j = 0; j < size; ++j) c[i][j] += a[i][k] * b[k][j];
    return c;
}

}  // namespace

Tensor<3, double> rollout_chain(const Tensor<4>& weights, const RolloutChainFlaws& flaws) {
    const std::size_t B = weights.shape(1), T = weights.shape(2);
    std::size_t layers = weights.shape(0);
    if (flaws.last_layer_missing && layers > 0) --layers;
    Tensor<3, double> out = zeros<3, double>({B, T, T});
    for (std::size_t b = 0; b < B; ++b) {
        Matrix chain = identity(T);
        for (std::size_t layer = 0; layer < layers; ++layer) {
            const Matrix a = mixing(weights, layer, b, flaws);
            chain = flaws.reversed ? product(chain, a) : product(a, chain);
        }
        for (std::size_t i = 0; i < T; ++i)
            for (std::size_t j = 0; j < T; ++j) out(b, i, j) = flaws.transposed ? chain[j][i] : chain[i][j];
    }
    return out;
}

}  // namespace wb::oracle
