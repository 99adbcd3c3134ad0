#include "wb/autograd/layout.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "wb/autograd/accumulate.hpp"
#include "wb/errors.hpp"

namespace wb {

using detail::accumulate;

template <class Real>
Var<Real> embedding(Var<Real> table, std::span<const int> indices, const Shape& shape) {
    const Shape table_shape = table.shape();
    if (table_shape.rank() != 2 || shape.size() != indices.size() || shape.rank() == Shape::max_rank) {
        throw ShapeError("embedding: table " + shape_text(table_shape) + ", " + std::to_string(indices.size()) +
                         " indices as " + shape_text(shape) + " do not fit: the table must be [rows, d_model]");
    }
    const std::size_t rows = table_shape[0], d = table_shape[1], count = indices.size();
    for (const int index : indices) {
        if (index >= 0 && static_cast<std::size_t>(index) < rows) continue;
        throw std::out_of_range("embedding: the index " + std::to_string(index) + " is not a row of the table " +
                                shape_text(table_shape));
    }
    std::array<std::size_t, Shape::max_rank> extents{};
    const std::span<const std::size_t> outer = shape;
    *std::copy(outer.begin(), outer.end(), extents.begin()) = d;
    Tape<Real>& tape = table.tape();
    const Var<Real> y = tape.make(Shape(std::span<const std::size_t>(extents.data(), outer.size() + 1)));
    const int* index = tape.keep_copy(indices);
    const Real* p = tape.data(table);
    for (std::size_t n = 0; n < count; ++n) {
        std::copy_n(p + static_cast<std::size_t>(index[n]) * d, d, tape.data(y) + n * d);
    }
    return tape.record(y, {table}, [=, &tape] {
        const GradientSlot<Real> into = tape.slot(table);
        if (into.data == nullptr) return;
        if (into.fresh) std::fill_n(into.data, rows * d, Real{0});
        const Real* g = tape.gradient(y);
        for (std::size_t n = 0; n < count; ++n) {
            accumulate<Real>({into.data + static_cast<std::size_t>(index[n]) * d, false}, d,
                             [g = g + n * d](std::size_t i) { return g[i]; });
        }
    });
}

template <class Real>
Var<Real> reshape(Var<Real> x, const Shape& shape) {
    if (shape.size() != x.size()) {
        throw ShapeError("reshape: " + shape_text(x.shape()) + " has " + std::to_string(x.size()) + " numbers, but " +
                         shape_text(shape) + " " + std::to_string(shape.size()));
    }
    Tape<Real>& tape = x.tape();
    const Var<Real> y = tape.alias(x, shape);
    return tape.record(y, {x}, [=, &tape] { tape.pass_gradient(y, x); });
}

namespace {

/// Any shape with two axes picked out: [outer, a, middle, b, inner].
struct TwoAxes {
    std::size_t outer, a, middle, b, inner;
};

/// put(place of the row in [outer, b, middle, a, inner], place of the same in [outer, a, middle, b, inner]).
template <class Put>
void each_exchanged_row(const TwoAxes& e, const Put& put) {
    std::size_t to = 0;
    for (std::size_t o = 0; o < e.outer; ++o) {
        for (std::size_t b = 0; b < e.b; ++b) {
            for (std::size_t m = 0; m < e.middle; ++m) {
                for (std::size_t a = 0; a < e.a; ++a, to += e.inner) {
                    put(to, (((o * e.a + a) * e.middle + m) * e.b + b) * e.inner);
                }
            }
        }
    }
}

}  // namespace

template <class Real>
Var<Real> transpose(Var<Real> x, std::ptrdiff_t axis_a, std::ptrdiff_t axis_b) {
    const Shape shape = x.shape();
    std::size_t first = shape.axis_from_front(axis_a), second = shape.axis_from_front(axis_b);
    if (first == second) return x;
    if (first > second) std::swap(first, second);
    const auto a = static_cast<std::ptrdiff_t>(first), b = static_cast<std::ptrdiff_t>(second);
    const TwoAxes e{shape.product(0, first), shape[a], shape.product(first + 1, second), shape[b],
                    shape.product(second + 1, shape.rank())};
    Tape<Real>& tape = x.tape();
    const Var<Real> y = tape.make(shape.with(a, e.b).with(b, e.a));
    const Real* p = tape.data(x);
    Real* value = tape.data(y);
    each_exchanged_row(e, [&](std::size_t to, std::size_t from) { std::copy_n(p + from, e.inner, value + to); });
    return tape.record(y, {x}, [=, &tape] {
        const GradientSlot<Real> into = tape.slot(x);
        if (into.data == nullptr) return;
        const Real* g = tape.gradient(y);
        each_exchanged_row(e, [&](std::size_t from, std::size_t to) {
            accumulate<Real>({into.data + to, into.fresh}, e.inner, [g = g + from](std::size_t i) { return g[i]; });
        });
    });
}

template <class Real>
Var<Real> slice(Var<Real> x, std::ptrdiff_t axis, std::size_t begin, std::size_t end) {
    const Shape shape = x.shape();
    const std::size_t front = shape.axis_from_front(axis), extent = shape[axis];
    if (begin > end || end > extent) {
        throw ShapeError("slice: entries " + std::to_string(begin) + " to before " + std::to_string(end) + " of axis " +
                         std::to_string(front) + " are not in " + shape_text(shape));
    }
    const std::size_t outer = shape.product(0, front), inner = shape.product(front + 1, shape.rank());
    const std::size_t length = (end - begin) * inner, step = extent * inner, offset = begin * inner;
    Tape<Real>& tape = x.tape();
    const Var<Real> y = tape.make(shape.with(axis, end - begin));
    for (std::size_t o = 0; o < outer; ++o) {
        std::copy_n(tape.data(x) + o * step + offset, length, tape.data(y) + o * length);
    }
    return tape.record(y, {x}, [=, &tape] {
        const GradientSlot<Real> into = tape.slot(x);
        if (into.data == nullptr) return;
        if (into.fresh) std::fill_n(into.data, outer * step, Real{0});
        const Real* g = tape.gradient(y);
        for (std::size_t o = 0; o < outer; ++o) {
            accumulate<Real>({into.data + o * step + offset, false}, length,
                             [g = g + o * length](std::size_t i) { return g[i]; });
        }
    });
}

template <class Real>
Var<Real> concat(const std::vector<Var<Real>>& parts, std::ptrdiff_t axis) {
    if (parts.empty()) throw ShapeError("concat: there is nothing to join");
    const Shape shape = parts.front().shape();
    const std::size_t front = shape.axis_from_front(axis);
    std::size_t extent = 0;
    for (const Var<Real>& part : parts) {
        const Shape other = part.shape();
        if (other.rank() != shape.rank() || other.with(axis, 0) != shape.with(axis, 0)) {
            throw ShapeError("concat: " + shape_text(shape) + " and " + shape_text(other) +
                             " must agree but for axis " + std::to_string(front));
        }
        extent += other[axis];
    }
    const std::size_t outer = shape.product(0, front), inner = shape.product(front + 1, shape.rank());
    const std::size_t step = extent * inner;
    Tape<Real>& tape = parts.front().tape();
    Var<Real> y = tape.make(shape.with(axis, extent));
    const std::size_t count = parts.size();
    const Var<Real>* inputs = tape.keep_copy(std::span<const Var<Real>>(parts));
    std::size_t offset = 0;
    Var<Real> wanted = parts.front();
    for (const Var<Real>& part : parts) {
        const std::size_t length = part.shape()[axis] * inner;
        for (std::size_t o = 0; o < outer; ++o) {
            std::copy_n(tape.data(part) + o * length, length, tape.data(y) + o * step + offset);
        }
        offset += length;
        if (tape.wants_gradient(part)) wanted = part;
    }
    return tape.record(y, {wanted}, [=, &tape] {
        const Real* g = tape.gradient(y);
        std::size_t at = 0;
        for (std::size_t n = 0; n < count; ++n) {
            const std::size_t length = inputs[n].size() / std::max<std::size_t>(1, outer);
            const GradientSlot<Real> into = tape.slot(inputs[n]);
            for (std::size_t o = 0; o < outer && into.data != nullptr; ++o) {
                accumulate<Real>({into.data + o * length, into.fresh}, length,
                                 [g = g + o * step + at](std::size_t i) { return g[i]; });
            }
            at += length;
        }
    });
}

template <class Real>
Var<Real> split_heads(Var<Real> x, std::size_t heads) {
    const Shape shape = x.shape();
    if (shape.rank() != 3 || heads == 0 || shape[2] % heads != 0) {
        throw ShapeError("split_heads: " + shape_text(shape) + " must be [batch, length, heads * head_dim] for " +
                         std::to_string(heads) + " heads");
    }
    return transpose(reshape(x, {shape[0], shape[1], heads, shape[2] / heads}), 1, 2);
}

template <class Real>
Var<Real> merge_heads(Var<Real> x) {
    const Shape shape = x.shape();
    if (shape.rank() != 4) {
        throw ShapeError("merge_heads: " + shape_text(shape) + " must be [batch, heads, length, head_dim]");
    }
    return reshape(transpose(x, 1, 2), {shape[0], shape[2], shape[1] * shape[3]});
}

#define WB_LAYOUT(Real)                                                            \
    template Var<Real> embedding(Var<Real>, std::span<const int>, const Shape&);   \
    template Var<Real> reshape(Var<Real>, const Shape&);                           \
    template Var<Real> transpose(Var<Real>, std::ptrdiff_t, std::ptrdiff_t);       \
    template Var<Real> slice(Var<Real>, std::ptrdiff_t, std::size_t, std::size_t); \
    template Var<Real> concat(const std::vector<Var<Real>>&, std::ptrdiff_t);      \
    template Var<Real> split_heads(Var<Real>, std::size_t);                        \
    template Var<Real> merge_heads(Var<Real>);
WB_LAYOUT(float)
WB_LAYOUT(double)
#undef WB_LAYOUT

}  // namespace wb
