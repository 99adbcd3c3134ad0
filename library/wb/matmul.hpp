/// @file
/// Matrix products on OpenBLAS, float and double. A BLAS call runs on the thread that makes it; `matmul` splits its
/// work (the batch, or the rows of one large product) over OpenMP threads, unless it is called from a thread of a team
/// already. The number of threads changes results by rounding at most.
#pragma once

#include <cstddef>

#include "wb/tensor.hpp"

namespace wb {

/// Whether an operand takes part as it is, or with its last two axes exchanged.
enum class Transpose { no, yes };

/// Matrix product of the last two axes, for every index of the axes before.
/// @param a  [.., rows, inner], or [.., inner, rows] with Transpose::yes; 2 to 4 axes
/// @param b  [.., inner, cols], or [.., cols, inner] with Transpose::yes; as many axes as `a`, and the same
///           but for the last two (nothing is broadcast); or 2 axes: one matrix for the whole batch, as in Linear
/// @return   [.., rows, cols]; zeros when inner is 0
/// @throws ShapeError naming both operands, their shapes and the axis that differs
/// @note     2 * batch * rows * inner * cols FLOPs
template <std::size_t N, std::size_t M, class Real>
requires(N >= 2 && N <= 4 &&
         (M == N || M == 2)) Tensor<N, Real> matmul(const Tensor<N, Real>& a, const Tensor<M, Real>& b,
                                                    Transpose a_as = Transpose::no, Transpose b_as = Transpose::no);

/// Elements from the start of one row to the next, as stored; 0 where the rows lie one behind the other.
struct RowStrides {
    std::size_t a = 0, b = 0, c = 0;  ///< numbers from one row to the next
};

/// One BLAS call on row-major memory: c = alpha * op(a) op(b) + beta * c, on this thread. For pieces, e.g. one head.
/// @param a  [rows, inner], or [inner, rows] with Transpose::yes
/// @param b  [inner, cols], or [cols, inner] with Transpose::yes
/// @param c  [rows, cols]; not read when beta is 0
/// @throws ShapeError when an extent or a stride is too large for BLAS (2^31), or a stride shorter than its row
void gemm(Transpose a_as, Transpose b_as, std::size_t rows, std::size_t cols, std::size_t inner, float alpha,
          const float* a, const float* b, float beta, float* c, RowStrides strides = {});
/// The same of doubles.
void gemm(Transpose a_as, Transpose b_as, std::size_t rows, std::size_t cols, std::size_t inner, double alpha,
          const double* a, const double* b, double beta, double* c, RowStrides strides = {});

}  // namespace wb
