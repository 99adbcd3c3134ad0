#include "wb/tensor.hpp"

#include <algorithm>

#include "wb/errors.hpp"
#include "wb/vector_math.hpp"

namespace wb {

std::string shape_text(std::span<const std::size_t> shape) {
    std::string text = "[";
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (axis > 0) text += ", ";
        text += std::to_string(shape[axis]);
    }
    return text + "]";
}

namespace detail {
namespace {

/// Folds the slices [inner] along the axis, in order, into the first: for an axis that is not the last.
template <class Real, class Fold>
void fold_slices(const Real* x, AxisView view, Real* out, const Fold& fold) {
    for (std::size_t o = 0; o < view.outer; ++o, out += view.inner) {
        const Real* slice = x + o * view.extent * view.inner;
        std::copy_n(slice, view.inner, out);
        for (std::size_t i = 1; i < view.extent; ++i) {
            slice += view.inner;
#pragma omp simd
            for (std::size_t j = 0; j < view.inner; ++j) out[j] = fold(out[j], slice[j]);
        }
    }
}

template <class Real>
void sum_of(const Real* x, AxisView view, Real* out) {
    if (view.extent == 0) {
        std::fill_n(out, view.outer * view.inner, Real{0});
    } else if (view.inner == 1) {
        for (std::size_t o = 0; o < view.outer; ++o) out[o] = row_sum(std::span(x + o * view.extent, view.extent));
    } else {
        fold_slices(x, view, out, [](Real a, Real b) { return a + b; });
    }
}

template <class Real>
void max_of(const Real* x, AxisView view, Real* out) {
    if (view.inner == 1) {
        for (std::size_t o = 0; o < view.outer; ++o) out[o] = row_max(std::span(x + o * view.extent, view.extent));
    } else {
        fold_slices(x, view, out, [](Real a, Real b) { return a >= b || a != a ? a : b; });  // a NaN, once in, stays
    }
}

template <class Real>
void argmax_of(const Real* x, AxisView view, std::int64_t* out) {
    for (std::size_t o = 0; o < view.outer; ++o) {
        for (std::size_t j = 0; j < view.inner; ++j) {
            const Real* first = x + o * view.extent * view.inner + j;
            std::size_t best = 0;
            for (std::size_t i = 0; i < view.extent; ++i) {
                const Real candidate = first[i * view.inner];
                if (candidate != candidate) {
                    best = i;
                    break;
                }
                if (candidate > first[best * view.inner]) best = i;
            }
            out[o * view.inner + j] = static_cast<std::int64_t>(best);
        }
    }
}

}  // namespace

AxisView view_axis(const char* where, std::span<const std::size_t> shape, std::ptrdiff_t& axis, bool needs_element) {
    const auto rank = static_cast<std::ptrdiff_t>(shape.size());
    if (axis < -rank || axis >= rank) {
        throw ShapeError(std::string(where) + ": " + shape_text(shape) + " has no axis " + std::to_string(axis) +
                         ". Its axes are 0.." + std::to_string(rank - 1) + ", or -" + std::to_string(rank) +
                         "..-1 from the end");
    }
    if (axis < 0) axis += rank;
    const auto at = static_cast<std::size_t>(axis);
    AxisView view{1, shape[at], 1};
    for (const std::size_t extent : shape.first(at)) view.outer *= extent;
    for (const std::size_t extent : shape.subspan(at + 1)) view.inner *= extent;
    if (needs_element && view.extent == 0 && view.outer * view.inner > 0) {
        throw ShapeError(std::string(where) + ": axis " + std::to_string(axis) + " of " + shape_text(shape) +
                         " is empty, so there is nothing to take the " + where + " of");
    }
    return view;
}

void sum_axis(const float* x, AxisView view, float* out) {
    sum_of(x, view, out);
}
void sum_axis(const double* x, AxisView view, double* out) {
    sum_of(x, view, out);
}
void max_axis(const float* x, AxisView view, float* out) {
    max_of(x, view, out);
}
void max_axis(const double* x, AxisView view, double* out) {
    max_of(x, view, out);
}
void argmax_axis(const float* x, AxisView view, std::int64_t* out) {
    argmax_of(x, view, out);
}
void argmax_axis(const double* x, AxisView view, std::int64_t* out) {
    argmax_of(x, view, out);
}

}  // namespace detail
}  // namespace wb
