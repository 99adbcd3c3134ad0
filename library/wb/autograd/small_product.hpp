/// @file
/// The product of two small matrices, e.g. one head's weights and values of a short sequence. Below about 64 x 64 x 64 a BLAS
/// call spends its time on packing and dispatch: 11 x 11 x 32 takes it over 1 us, and this a third of that.
#pragma once

#include <cstddef>

namespace wb::detail {

/// A matrix in memory: element (i, j) is at data[i * row + j * column].
template <class Real>
struct Strided {
    const Real* data;
    std::size_t row;
    std::size_t column = 1;  ///< another one for a transposed matrix
};

/// c = alpha a b, or c += alpha a b with `add`. Serial, allocates nothing.
/// @param a  [rows, inner], any strides
/// @param b  [inner, cols], rows `b_row` apart
/// @param c  [rows, cols], rows `c_row` apart; not read without `add`
template <class Real>
void small_product(std::size_t rows, std::size_t cols, std::size_t inner, Real alpha, Strided<Real> a, const Real* b,
                   std::size_t b_row, Real* c, std::size_t c_row, bool add);

}  // namespace wb::detail
