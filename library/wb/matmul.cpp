#include "wb/matmul.hpp"

#include <cblas.h>

#include <algorithm>
#include <limits>
#include <string>

#include "wb/errors.hpp"
#include "wb/threads.hpp"

namespace wb {
namespace {

/// Multiply-adds from which waking the other threads pays.
constexpr double worth_threads = 1 << 18;

// Before main, so that a caller's own cblas calls are covered too. Two pools of threads would fight for the cores.
[[maybe_unused]] const bool one_blas_thread = (openblas_set_num_threads(1), true);

void blas(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, float alpha, const float* a, int lda,
          const float* b, int ldb, float beta, float* c, int ldc) {
    cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
void blas(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha, const double* a, int lda,
          const double* b, int ldb, double beta, double* c, int ldc) {
    cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

int blas_int(const char* what, std::size_t value) {
    if (value > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        throw ShapeError(std::string("gemm: ") + what + " is " + std::to_string(value) +
                         ", and BLAS counts to 2147483647");
    }
    return static_cast<int>(value);
}

/// A row's stride as BLAS wants it: given or packed, and at least 1.
int leading(const char* what, std::size_t stride, std::size_t columns) {
    if (stride != 0 && stride < columns) {
        throw ShapeError(std::string("gemm: the rows of ") + what + " are " + std::to_string(columns) + " long, but " +
                         std::to_string(stride) + " apart");
    }
    return blas_int("a row stride", std::max<std::size_t>(1, stride != 0 ? stride : columns));
}

template <class Real>
void gemm_of(Transpose a_as, Transpose b_as, std::size_t rows, std::size_t cols, std::size_t inner, Real alpha,
             const Real* a, const Real* b, Real beta, Real* c, RowStrides strides) {
    const bool ta = a_as == Transpose::yes, tb = b_as == Transpose::yes;
    const int m = blas_int("rows", rows), n = blas_int("cols", cols), k = blas_int("inner", inner);
    const int lda = leading("a", strides.a, ta ? rows : inner), ldb = leading("b", strides.b, tb ? inner : cols);
    const int ldc = leading("c", strides.c, cols);
    if (rows == 0 || cols == 0) return;
    blas(ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

/// The extents of one product, [batch] times [rows, inner] [inner, cols], and how far apart its matrices lie.
struct Extents {
    std::size_t batch, rows, inner, cols, a_step, b_step;
};

template <class Real>
void run(const Extents& e, Transpose a_as, Transpose b_as, const Real* a, const Real* b, Real* c) {
    const double work = double(e.batch) * double(e.rows) * double(e.inner) * double(e.cols);
    const std::size_t threads = work < worth_threads ? 1 : threads_here();
    // A small batch is cut into blocks of rows, so that every thread has work.
    const std::size_t wanted_cuts = e.batch >= threads || e.batch == 0 ? 1 : (threads + e.batch - 1) / e.batch;
    const std::size_t block = std::max<std::size_t>(16, (e.rows + wanted_cuts - 1) / wanted_cuts);
    const std::size_t cuts = std::max<std::size_t>(1, (e.rows + block - 1) / block);
    const RowStrides strides{a_as == Transpose::yes ? e.rows : e.inner, b_as == Transpose::yes ? e.inner : e.cols,
                             e.cols};
    // gemm's own checks throw, which must not happen on another thread: have them now, on the whole.
    gemm_of(a_as, b_as, 0, e.cols, e.inner, Real{1}, a, b, Real{0}, c, {});
    blas_int("rows", e.rows);
#pragma omp parallel for schedule(static) num_threads(static_cast <int>(threads)) if (threads > 1)
    for (std::size_t piece = 0; piece < e.batch * cuts; ++piece) {
        const std::size_t at = piece / cuts, first = piece % cuts * block;
        const std::size_t rows = std::min(block, e.rows - first);
        const Real* a_rows = a + at * e.a_step + first * (a_as == Transpose::yes ? 1 : e.inner);
        gemm_of(a_as, b_as, rows, e.cols, e.inner, Real{1}, a_rows, b + at * e.b_step, Real{0},
                c + (at * e.rows + first) * e.cols, strides);
    }
}

std::string operand(const char* name, const std::string& shape, Transpose as) {
    return std::string(name) + " " + shape + (as == Transpose::yes ? " (transposed)" : "");
}

}  // namespace

void gemm(Transpose a_as, Transpose b_as, std::size_t rows, std::size_t cols, std::size_t inner, float alpha,
          const float* a, const float* b, float beta, float* c, RowStrides strides) {
    gemm_of(a_as, b_as, rows, cols, inner, alpha, a, b, beta, c, strides);
}
void gemm(Transpose a_as, Transpose b_as, std::size_t rows, std::size_t cols, std::size_t inner, double alpha,
          const double* a, const double* b, double beta, double* c, RowStrides strides) {
    gemm_of(a_as, b_as, rows, cols, inner, alpha, a, b, beta, c, strides);
}

template <std::size_t N, std::size_t M, class Real>
requires(N >= 2 && N <= 4 && (M == N || M == 2)) Tensor<N, Real> matmul(const Tensor<N, Real>& a,
                                                                        const Tensor<M, Real>& b, Transpose a_as,
                                                                        Transpose b_as) {
    const bool ta = a_as == Transpose::yes, tb = b_as == Transpose::yes;
    const auto shapes = [&] {
        return "): " + operand("a", shape_text(a), a_as) + ", " + operand("b", shape_text(b), b_as);
    };
    const std::size_t a_inner = ta ? N - 2 : N - 1, b_inner = tb ? M - 1 : M - 2, b_cols = tb ? M - 2 : M - 1;
    if (a.shape(a_inner) != b.shape(b_inner)) {
        const bool would_fit = a.shape(a_inner) == b.shape(b_cols);
        const char* advice = !would_fit ? ""
                             : tb       ? ". Without Transpose::yes for b they fit"
                                        : ". With Transpose::yes for b they fit";
        throw ShapeError("matmul: a and b differ in the inner axis (axis " + std::to_string(a_inner) + " of a, axis " +
                         std::to_string(b_inner) + " of b" + shapes() + advice);
    }
    for (std::size_t axis = 0; M > 2 && axis < N - 2; ++axis) {
        if (a.shape(axis) == b.shape(axis)) continue;
        throw ShapeError("matmul: a and b differ in the batch (axis " + std::to_string(axis) + shapes());
    }

    Extents e{1, a.shape(ta ? N - 1 : N - 2), a.shape(a_inner), b.shape(b_cols), 0, 0};
    auto shape = a.shape();
    for (std::size_t axis = 0; axis < N - 2; ++axis) e.batch *= shape[axis];
    shape[N - 2] = e.rows;
    shape[N - 1] = e.cols;
    e.a_step = e.rows * e.inner;
    e.b_step = M == 2 ? 0 : e.inner * e.cols;
    if (M == 2 && !ta) {  // one matrix for the whole batch: one tall product
        e.rows *= e.batch;
        e.batch = 1;
    }
    Tensor<N, Real> c(shape);
    run(e, a_as, b_as, a.data(), b.data(), c.data());
    return c;
}

template Tensor<2, float> matmul(const Tensor<2, float>&, const Tensor<2, float>&, Transpose, Transpose);
template Tensor<3, float> matmul(const Tensor<3, float>&, const Tensor<3, float>&, Transpose, Transpose);
template Tensor<4, float> matmul(const Tensor<4, float>&, const Tensor<4, float>&, Transpose, Transpose);
template Tensor<3, float> matmul(const Tensor<3, float>&, const Tensor<2, float>&, Transpose, Transpose);
template Tensor<4, float> matmul(const Tensor<4, float>&, const Tensor<2, float>&, Transpose, Transpose);
template Tensor<2, double> matmul(const Tensor<2, double>&, const Tensor<2, double>&, Transpose, Transpose);
template Tensor<3, double> matmul(const Tensor<3, double>&, const Tensor<3, double>&, Transpose, Transpose);
template Tensor<4, double> matmul(const Tensor<4, double>&, const Tensor<4, double>&, Transpose, Transpose);
template Tensor<3, double> matmul(const Tensor<3, double>&, const Tensor<2, double>&, Transpose, Transpose);
template Tensor<4, double> matmul(const Tensor<4, double>&, const Tensor<2, double>&, Transpose, Transpose);

}  // namespace wb
