#include "wb/autograd/attention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "wb/autograd/small_product.hpp"
#include "wb/errors.hpp"
#include "wb/matmul.hpp"
#include "wb/threads.hpp"
#include "wb/vector_math.hpp"

namespace wb {
namespace {

using detail::small_product;
using detail::Strided;

/// The extents of one call. Rows of weights are padded to whole registers, so that no inner loop has a rest.
struct Extents {
    std::size_t batch, heads, q_len, kv_len, head_dim, v_dim;
    [[nodiscard]] std::size_t padded() const { return (kv_len + 7) / 8 * 8; }
    [[nodiscard]] std::size_t q_row() const { return heads * head_dim; }
    [[nodiscard]] std::size_t v_row() const { return heads * v_dim; }
};

/// Products of as many multiply-adds go to BLAS.
constexpr std::size_t worth_packing = std::size_t{64} * 64 * 64;

/// `b` is not transposed here.
template <class Real>
void product(std::size_t rows, std::size_t cols, std::size_t inner, Real alpha, Strided<Real> a, const Real* b,
             std::size_t b_row, Real* c, std::size_t c_row, bool add) {
    if (rows * cols * inner < worth_packing) {
        small_product(rows, cols, inner, alpha, a, b, b_row, c, c_row, add);
        return;
    }
    const bool turned = a.column != 1;
    gemm(turned ? Transpose::yes : Transpose::no, Transpose::no, rows, cols, inner, alpha, a.data, b,
         add ? Real{1} : Real{0}, c, {turned ? a.column : a.row, b_row, c_row});
}

/// [rows, columns] with rows `row` apart -> [columns, padded], the rest of each row 0.
template <class Real>
void transpose_into(Real* to, std::size_t padded, const Real* from, std::size_t row, std::size_t rows,
                    std::size_t columns) {
    for (std::size_t j = 0; j < columns; ++j) {
        for (std::size_t i = 0; i < rows; ++i) to[j * padded + i] = from[i * row + j];
        std::fill(to + j * padded + rows, to + (j + 1) * padded, Real{0});
    }
}

/// Softmax of all rows of one head, with zeros where a key is not visible; the exponentials of all rows in one sweep.
template <class Real>
void softmax_rows(Real* scores, const Extents& e, const detail::VisibleKeys& visible, std::size_t batch) {
    constexpr Real hidden = -std::numeric_limits<Real>::infinity();
    const std::size_t padded = e.padded();
    for (std::size_t query = 0; query < e.q_len; ++query) {
        Real* row = scores + query * padded;
        const std::size_t count = visible.count(batch, query);
        std::fill(row + count, row + padded, hidden);
        if (const std::uint8_t* allowed = visible.allowed(batch, query); allowed != nullptr) {
            for (std::size_t j = 0; j < count; ++j) row[j] = allowed[j] != 0 ? row[j] : hidden;
        }
        Real largest = row_max(std::span<const Real>(row, padded));
        if (largest == hidden) largest = 0;  // no key to see: all exponentials 0
#pragma omp simd
        for (std::size_t j = 0; j < padded; ++j) row[j] -= largest;
    }
    exp_in_place(std::span(scores, e.q_len * padded));
    for (std::size_t query = 0; query < e.q_len; ++query) {
        Real* row = scores + query * padded;
        Real total = 0;
#pragma omp simd reduction(+ : total)
        for (std::size_t j = 0; j < padded; ++j) total += row[j];
        const Real factor = total == 0 ? Real{0} : Real{1} / total;
#pragma omp simd
        for (std::size_t j = 0; j < padded; ++j) row[j] *= factor;
    }
}

template <class Real>
Extents extents_of(Var<Real> q, Var<Real> k, Var<Real> v, std::size_t heads) {
    const Shape qs = q.shape(), ks = k.shape(), vs = v.shape();
    const bool fit = qs.rank() == 3 && ks.rank() == 3 && vs.rank() == 3 && heads != 0 && qs[0] == ks[0] &&
                     ks[0] == vs[0] && ks[1] == vs[1] && qs[2] == ks[2] && qs[2] % heads == 0 && vs[2] % heads == 0;
    if (!fit) {
        throw ShapeError("attention: q " + shape_text(qs) + ", k " + shape_text(ks) + ", v " + shape_text(vs) +
                         " and " + std::to_string(heads) +
                         " heads do not fit: q [batch, q_len, heads * head_dim], k [batch, kv_len, heads * head_dim], "
                         "v [batch, kv_len, heads * v_dim]");
    }
    return {qs[0], heads, qs[1], ks[1], qs[2] / heads, vs[2] / heads};
}

}  // namespace

template <class Real>
Var<Real> attention(Var<Real> q, Var<Real> k, Var<Real> v, std::size_t heads, const AttentionMask& mask,
                    Var<Real>* weights_seen) {
    const Extents e = extents_of(q, k, v, heads);
    const detail::VisibleKeys visible("attention", mask, e.batch, e.q_len, e.kv_len);
    Tape<Real>& tape = q.tape();
    const Real scale = Real(1 / std::sqrt(static_cast<double>(e.head_dim)));
    const std::size_t padded = e.padded(), step = e.q_len * padded;
    const Var<Real> y = tape.make({e.batch, e.q_len, e.v_row()});
    const Real *qp = tape.data(q), *kp = tape.data(k), *vp = tape.data(v);
    const double work = static_cast<double>(e.q_len) * static_cast<double>(padded);
    const std::size_t pieces =
        pieces_of(e.batch * heads, work * (0.02 * static_cast<double>(e.head_dim + e.v_dim) + 1));
    // Nobody looks at the weights again in inference, unless asked to: then each thread has room for one head's.
    const bool keeps = tape.mode() != Mode::infer || weights_seen != nullptr;
    Real* weights = tape.template keep<Real>((keeps ? e.batch * heads : pieces) * step);
    Real* room = tape.temporary(pieces * e.head_dim * padded);
    const auto one_head = [&](std::size_t n, Real* w, Real* turned) {
        const std::size_t b = n / heads, h = n % heads;
        const std::size_t q_at = b * e.q_len * e.q_row() + h * e.head_dim, o_at = b * e.q_len * e.v_row() + h * e.v_dim;
        const std::size_t k_at = b * e.kv_len * e.q_row() + h * e.head_dim,
                          v_at = b * e.kv_len * e.v_row() + h * e.v_dim;
        if (e.q_len * padded * e.head_dim < worth_packing) {
            transpose_into(turned, padded, kp + k_at, e.q_row(), e.kv_len, e.head_dim);
            product<Real>(e.q_len, padded, e.head_dim, scale, {qp + q_at, e.q_row()}, turned, padded, w, padded, false);
        } else {
            gemm(Transpose::no, Transpose::yes, e.q_len, e.kv_len, e.head_dim, scale, qp + q_at, kp + k_at, Real{0}, w,
                 {e.q_row(), e.q_row(), padded});
        }
        softmax_rows(w, e, visible, b);
        product<Real>(e.q_len, e.v_dim, e.kv_len, Real{1}, {w, padded}, vp + v_at, e.v_row(), tape.data(y) + o_at,
                      e.v_row(), false);
    };
    in_pieces(pieces, e.batch * heads, [&](std::size_t piece, std::size_t begin, std::size_t end) {
        for (std::size_t n = begin; n < end; ++n) {
            one_head(n, weights + (keeps ? n : piece) * step, room + piece * e.head_dim * padded);
        }
    });
    if (weights_seen != nullptr) {
        *weights_seen = tape.make({e.batch, heads, e.q_len, e.kv_len});
        for (std::size_t row = 0; row < e.batch * heads * e.q_len; ++row) {
            std::copy_n(weights + row * padded, e.kv_len, tape.data(*weights_seen) + row * e.kv_len);
        }
    }
    return tape.record(y, {q, k, v}, [=, &tape] {
        GradientSlot<Real> dq = tape.slot(q), dk = tape.slot(k), dv = tape.slot(v);
        // One value in two roles, attention(x, x, x, ..): its buffer must be whole before both add to it.
        if (dq.fresh && (dq.data == dk.data || dq.data == dv.data)) {
            std::fill_n(dq.data, q.size(), Real{0});
            dq.fresh = false;
        }
        if (dk.fresh && dk.data == dv.data) {
            std::fill_n(dk.data, k.size(), Real{0});
            dk.fresh = false;
        }
        const Real* g = tape.gradient(y);
        Real *v_turned = tape.temporary(e.v_dim * padded), *ds = tape.temporary(step);
        for (std::size_t n = 0; n < e.batch * heads; ++n) {
            const std::size_t b = n / heads, h = n % heads;
            const std::size_t q_at = b * e.q_len * e.q_row() + h * e.head_dim,
                              o_at = b * e.q_len * e.v_row() + h * e.v_dim;
            const std::size_t k_at = b * e.kv_len * e.q_row() + h * e.head_dim,
                              v_at = b * e.kv_len * e.v_row() + h * e.v_dim;
            const Real *w = weights + n * step, *gn = g + o_at;
            // dv = w^T g
            if (dv.data != nullptr) {
                product<Real>(e.kv_len, e.v_dim, e.q_len, Real{1}, {w, 1, padded}, gn, e.v_row(), dv.data + v_at,
                              e.v_row(), !dv.fresh);
            }
            if (dq.data == nullptr && dk.data == nullptr) continue;
            // dw = g v^T, and through the softmax: ds = w (dw - sum_j w_j dw_j)
            transpose_into(v_turned, padded, vp + v_at, e.v_row(), e.kv_len, e.v_dim);
            product<Real>(e.q_len, padded, e.v_dim, Real{1}, {gn, e.v_row()}, v_turned, padded, ds, padded, false);
            for (std::size_t query = 0; query < e.q_len; ++query) {
                Real* row = ds + query * padded;
                const Real* weight = w + query * padded;
                Real along = 0;
#pragma omp simd reduction(+ : along)
                for (std::size_t j = 0; j < padded; ++j) along += weight[j] * row[j];
#pragma omp simd
                for (std::size_t j = 0; j < padded; ++j) row[j] = weight[j] * (row[j] - along);
            }
            // dq = scale ds k, dk = scale ds^T q
            if (dq.data != nullptr) {
                product<Real>(e.q_len, e.head_dim, e.kv_len, scale, {ds, padded}, kp + k_at, e.q_row(), dq.data + q_at,
                              e.q_row(), !dq.fresh);
            }
            if (dk.data != nullptr) {
                product<Real>(e.kv_len, e.head_dim, e.q_len, scale, {ds, 1, padded}, qp + q_at, e.q_row(),
                              dk.data + k_at, e.q_row(), !dk.fresh);
            }
        }
    });
}

template Var<float> attention(Var<float>, Var<float>, Var<float>, std::size_t, const AttentionMask&, Var<float>*);
template Var<double> attention(Var<double>, Var<double>, Var<double>, std::size_t, const AttentionMask&, Var<double>*);

}  // namespace wb
