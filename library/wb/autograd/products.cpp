#include "wb/autograd/products.hpp"

#include <algorithm>
#include <string>

#include "wb/autograd/accumulate.hpp"
#include "wb/errors.hpp"
#include "wb/threads.hpp"
#include "wb/vector_math.hpp"

namespace wb {
namespace {

using detail::beta;

/// The largest weight of which a transposed copy pays. A small one stays in the cache, and BLAS is a third faster on the product
/// that needs no transposing; for 768 x 768 at 197 rows the copy takes longer than the product, which is then as fast without.
constexpr std::size_t most_turned = std::size_t{1} << 16;

/// [out, in] -> [in, out], a few rows at a time: one by one, the numbers of a row of 256 fall on so few lines of the cache that each is
/// fetched again for its neighbour. (Inlined below, its counters would lie in memory.)
template <class Real>
[[gnu::noinline]] void turn_over(const Real* w, std::size_t out, std::size_t in, Real* turned) {
    constexpr std::size_t strip = 8;
    std::size_t row = 0;
    for (; row + strip <= out; row += strip) {
        for (std::size_t i = 0; i < in; ++i) {
            for (std::size_t o = row; o < row + strip; ++o) turned[i * out + o] = w[o * in + i];
        }
    }
    for (; row < out; ++row) {
        for (std::size_t i = 0; i < in; ++i) turned[i * out + row] = w[row * in + i];
    }
}

/// Applied to `count` numbers at y.
/// @param before  where not null, is set to what they were
template <class Real>
void activate(Activation activation, Real* y, std::size_t count, Real* before) {
    if (activation == Activation::relu) {
#pragma omp simd
        for (std::size_t i = 0; i < count; ++i) y[i] = y[i] < Real{0} ? Real{0} : y[i];
    } else if (activation == Activation::gelu) {
        if (before != nullptr) std::copy_n(y, count, before);
        gelu_in_place(std::span(y, count));
    }
}

template <class Real>
Var<Real> linear_with(Var<Real> x, Var<Real> weight, const Var<Real>* bias, Activation activation) {
    const Shape xs = x.shape(), ws = weight.shape();
    if (xs.rank() == 0 || ws.rank() != 2 || xs[-1] != ws[1]) {
        throw ShapeError("linear: x " + shape_text(xs) + " and weight " + shape_text(ws) +
                         " do not fit: x must be [.., in] and weight [out, in]");
    }
    if (bias != nullptr && bias->shape() != Shape{ws[0]}) {
        throw ShapeError("linear: bias " + shape_text(bias->shape()) + " must be [" + std::to_string(ws[0]) +
                         "], as weight " + shape_text(ws) + " has rows");
    }
    Tape<Real>& tape = x.tape();
    const std::size_t rows = xs.rows(), in = ws[1], out = ws[0];
    const Var<Real> y = tape.make(xs.with(-1, out));
    const bool turn = in * out <= most_turned, by_columns = out > rows;
    const bool keeps_before = activation == Activation::gelu && tape.mode() != Mode::infer;
    Real *value = tape.data(y), *turned = turn ? tape.temporary(in * out) : nullptr;
    Real* before = keeps_before ? tape.template keep<Real>(rows * out) : nullptr;
    const Real *p = tape.data(x), *w = tape.data(weight), *b = bias == nullptr ? nullptr : tape.data(*bias);
    if (turn) turn_over(w, out, in, turned);
    const auto piece = [&](std::size_t row, std::size_t last_row, std::size_t column, std::size_t last_column) {
        const std::size_t width = last_column - column;
        for (std::size_t r = row; r < last_row && b != nullptr; ++r)
            std::copy_n(b + column, width, value + r * out + column);
        gemm(Transpose::no, turn ? Transpose::no : Transpose::yes, last_row - row, width, in, Real{1}, p + row * in,
             turn ? turned + column : w + column * in, b == nullptr ? Real{0} : Real{1}, value + row * out + column,
             {in, turn ? out : in, out});
        for (std::size_t r = row; r < last_row && activation != Activation::none; ++r) {
            const std::size_t at = r * out + column;
            activate(activation, value + at, width, before == nullptr ? nullptr : before + at);
        }
    };
    // The longer side is cut: each thread packs all of the shorter one. 0.02 nanoseconds a multiply-add.
    const std::size_t cut = by_columns ? out : rows, other = by_columns ? rows : out;
    over_threads(cut, 0.02 * static_cast<double>(other) * static_cast<double>(in),
                 [&](std::size_t begin, std::size_t end) {
                     by_columns ? piece(0, rows, begin, end) : piece(begin, end, 0, out);
                 });
    const bool has_bias = bias != nullptr;
    const Var<Real> biased = has_bias ? *bias : weight;
    return tape.record(y, {x, weight, biased}, [=, &tape] {
        Real* g = tape.gradient(y);
        if (activation == Activation::relu) {
            Real* through = tape.kept(y) ? tape.temporary(rows * out) : g;
#pragma omp simd
            for (std::size_t i = 0; i < rows * out; ++i) through[i] = value[i] > Real{0} ? g[i] : Real{0};
            g = through;
        }
        if (activation == Activation::gelu) {
            gelu_derivative_in_place(std::span(before, rows * out));
#pragma omp simd
            for (std::size_t i = 0; i < rows * out; ++i) before[i] *= g[i];
            g = before;
        }
        if (const auto into = tape.slot(x); into.data != nullptr) {
            gemm(Transpose::no, Transpose::no, rows, in, out, Real{1}, g, w, beta(into), into.data);
        }
        if (const auto into = tape.slot(weight); into.data != nullptr) {
            gemm(Transpose::yes, Transpose::no, out, in, rows, Real{1}, g, p, beta(into), into.data);
        }
        if (has_bias) {
            const auto into = tape.slot(biased);
            if (into.data == nullptr) return;
            if (into.fresh) std::fill_n(into.data, out, Real{0});
            for (std::size_t row = 0; row < rows; ++row) {
                const Real* at = g + row * out;
#pragma omp simd
                for (std::size_t o = 0; o < out; ++o) into.data[o] += at[o];
            }
        }
    });
}

}  // namespace

template <class Real>
Var<Real> linear(Var<Real> x, Var<Real> weight, Var<Real> bias, Activation activation) {
    return linear_with(x, weight, &bias, activation);
}

template <class Real>
Var<Real> linear(Var<Real> x, Var<Real> weight, Activation activation) {
    return linear_with<Real>(x, weight, nullptr, activation);
}

template <class Real>
Var<Real> matmul(Var<Real> a, Var<Real> b, Transpose a_as, Transpose b_as) {
    const bool ta = a_as == Transpose::yes, tb = b_as == Transpose::yes;
    const Shape as = a.shape(), bs = b.shape();
    const auto misfit = [&](const char* what) {
        return ShapeError(std::string("matmul: a ") + shape_text(as) + (ta ? " (transposed)" : "") + " and b " +
                          shape_text(bs) + (tb ? " (transposed)" : "") + " " + what);
    };
    if (as.rank() < 2 || as.rank() != bs.rank()) throw misfit("must have the same number of axes, at least 2");
    const std::size_t axes = as.rank(), rows = as[ta ? -1 : -2], inner = as[ta ? -2 : -1], cols = bs[tb ? -2 : -1];
    if (inner != bs[tb ? -1 : -2]) throw misfit("differ in the inner axis");
    for (std::size_t axis = 0; axis + 2 < axes; ++axis) {
        const auto at = static_cast<std::ptrdiff_t>(axis);
        if (as[at] != bs[at]) throw misfit(("differ in the batch, axis " + std::to_string(axis)).c_str());
    }
    Tape<Real>& tape = a.tape();
    const std::size_t batch = as.product(0, axes - 2), a_step = rows * inner, b_step = inner * cols,
                      y_step = rows * cols;
    const Var<Real> y = tape.make(as.with(-2, rows).with(-1, cols));
    const Real *p = tape.data(a), *q = tape.data(b);
    for (std::size_t n = 0; n < batch; ++n) {
        gemm(a_as, b_as, rows, cols, inner, Real{1}, p + n * a_step, q + n * b_step, Real{0},
             tape.data(y) + n * y_step);
    }
    return tape.record(y, {a, b}, [=, &tape] {
        const Real* g = tape.gradient(y);
        const auto as_is = Transpose::no, turned = Transpose::yes;
        // y = A B, so dA = g B^T and dB = A^T g; of an operand that came transposed, the transpose of that.
        if (const auto into = tape.slot(a); into.data != nullptr) {
            for (std::size_t n = 0; n < batch; ++n) {
                const Real *gn = g + n * y_step, *qn = q + n * b_step;
                Real* to = into.data + n * a_step;
                if (ta) gemm(tb ? turned : as_is, turned, inner, rows, cols, Real{1}, qn, gn, beta(into), to);
                if (!ta) gemm(as_is, tb ? as_is : turned, rows, inner, cols, Real{1}, gn, qn, beta(into), to);
            }
        }
        if (const auto into = tape.slot(b); into.data != nullptr) {
            for (std::size_t n = 0; n < batch; ++n) {
                const Real *gn = g + n * y_step, *pn = p + n * a_step;
                Real* to = into.data + n * b_step;
                if (tb) gemm(turned, ta ? turned : as_is, cols, inner, rows, Real{1}, gn, pn, beta(into), to);
                if (!tb) gemm(ta ? as_is : turned, as_is, inner, cols, rows, Real{1}, pn, gn, beta(into), to);
            }
        }
    });
}

#define WB_PRODUCTS(Real)                                                   \
    template Var<Real> linear(Var<Real>, Var<Real>, Var<Real>, Activation); \
    template Var<Real> linear(Var<Real>, Var<Real>, Activation);            \
    template Var<Real> matmul(Var<Real>, Var<Real>, Transpose, Transpose);
WB_PRODUCTS(float)
WB_PRODUCTS(double)
#undef WB_PRODUCTS

}  // namespace wb
