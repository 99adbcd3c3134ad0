#include "wb/autograd/small_product.hpp"

#include <algorithm>
#include <xsimd/xsimd.hpp>

namespace wb::detail {
namespace {

/// One tile of c: Rows times Registers * lanes, summed in registers while a's numbers are broadcast against b's rows.
template <std::size_t Rows, std::size_t Registers, class Real>
void tile(std::size_t inner, Real alpha, Strided<Real> a, const Real* b, std::size_t b_row, Real* c, std::size_t c_row,
          bool add) {
    using Batch = xsimd::batch<Real>;
    constexpr std::size_t lanes = Batch::size;
    Batch sums[Rows][Registers];
    for (auto& row : sums) {
        for (Batch& sum : row) sum = Batch(Real{0});
    }
    for (std::size_t k = 0; k < inner; ++k) {
        Batch of_b[Registers];
        for (std::size_t n = 0; n < Registers; ++n) of_b[n] = Batch::load_unaligned(b + k * b_row + n * lanes);
        for (std::size_t r = 0; r < Rows; ++r) {
            const Batch of_a(a.data[r * a.row + k * a.column]);
            for (std::size_t n = 0; n < Registers; ++n) sums[r][n] = xsimd::fma(of_a, of_b[n], sums[r][n]);
        }
    }
    for (std::size_t r = 0; r < Rows; ++r) {
        for (std::size_t n = 0; n < Registers; ++n) {
            Real* to = c + r * c_row + n * lanes;
            const Batch sum = Batch(alpha) * sums[r][n];
            (add ? Batch::load_unaligned(to) + sum : sum).store_unaligned(to);
        }
    }
}

/// All rows of a strip of columns, six at a time: 12 sums and 3 operands fill AVX2's 16 registers.
template <std::size_t Registers, class Real>
void strip(std::size_t rows, std::size_t inner, Real alpha, Strided<Real> a, const Real* b, std::size_t b_row, Real* c,
           std::size_t c_row, bool add) {
    const auto go = [&](auto tile_of, std::size_t count) {
        tile_of(inner, alpha, a, b, b_row, c, c_row, add);
        a.data += count * a.row;
        c += count * c_row;
        rows -= count;
    };
    for (std::size_t sixes = rows / 6; sixes > 0; --sixes) go(tile<6, Registers, Real>, 6);
    if (rows == 5) return go(tile<5, Registers, Real>, 5);
    if (rows == 4) return go(tile<4, Registers, Real>, 4);
    if (rows == 3) return go(tile<3, Registers, Real>, 3);
    if (rows == 2) return go(tile<2, Registers, Real>, 2);
    if (rows == 1) return go(tile<1, Registers, Real>, 1);
}

}  // namespace

template <class Real>
void small_product(std::size_t rows, std::size_t cols, std::size_t inner, Real alpha, Strided<Real> a, const Real* b,
                   std::size_t b_row, Real* c, std::size_t c_row, bool add) {
    constexpr std::size_t lanes = xsimd::batch<Real>::size;
    std::size_t j = 0;
    for (; j + 2 * lanes <= cols; j += 2 * lanes) strip<2>(rows, inner, alpha, a, b + j, b_row, c + j, c_row, add);
    for (; j + lanes <= cols; j += lanes) strip<1>(rows, inner, alpha, a, b + j, b_row, c + j, c_row, add);
    for (; j < cols; ++j) {
        for (std::size_t i = 0; i < rows; ++i) {
            Real sum = 0;
            for (std::size_t k = 0; k < inner; ++k) sum += a.data[i * a.row + k * a.column] * b[k * b_row + j];
            c[i * c_row + j] = (add ? c[i * c_row + j] : Real{0}) + alpha * sum;
        }
    }
}

template void small_product(std::size_t, std::size_t, std::size_t, float, Strided<float>, const float*, std::size_t,
                            float*, std::size_t, bool);
template void small_product(std::size_t, std::size_t, std::size_t, double, Strided<double>, const double*, std::size_t,
                            double*, std::size_t, bool);

}  // namespace wb::detail
