/// @file
/// Tensors: `Tensor<N>` is xtensor's container of static rank, float32, row-major, contiguous (`t.data()`).
///
/// Reductions here are eager and keep dimensions: sum(x, -1) of [2, 5, 64] is [2, 5, 1], which broadcasts back over x.
/// Never write `x - xt::amax(x, {2}, xt::keep_dims)`: in Debian's xtensor 0.24.3 such a lazy reduction inside an
/// expression reads out of bounds and gives wrong numbers. Store a reduction first, or use these.
/// (tests/library/xtensor_defect_test.cpp)
#pragma once

#ifndef XTENSOR_USE_XSIMD
/// Decides the type of a tensor (its allocator's alignment), so all files must agree on it.
#define XTENSOR_USE_XSIMD
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <xtensor/xtensor.hpp>

namespace wb {

/// A tensor of N axes. `Tensor<2> t(std::array<std::size_t, 2>{3, 4})` is uninitialised; zeros<2>({3, 4}) is not.
template <std::size_t N, class Real = float>
using Tensor = xt::xtensor<Real, N>;

/// A tensor filled with one value.
/// @param shape  e.g. full<2>({3, 4}, 1.0F)
template <std::size_t N, class Real = float>
Tensor<N, Real> full(const std::array<std::size_t, N>& shape, std::type_identity_t<Real> value) {
    return Tensor<N, Real>(shape, value);
}

/// A tensor filled with zeros, e.g. zeros<4>({batch, heads, q_len, head_dim}).
template <std::size_t N, class Real = float>
Tensor<N, Real> zeros(const std::array<std::size_t, N>& shape) {
    return full<N, Real>(shape, Real{});
}

/// A shape as error messages show it: "[2, 8, 5, 64]"; a scalar's is "[]".
std::string shape_text(std::span<const std::size_t> shape);

/// The shape of a tensor as error messages show it.
template <std::size_t N, class Real>
std::string shape_text(const Tensor<N, Real>& tensor) {
    return shape_text(std::span<const std::size_t>(tensor.shape()));
}

namespace detail {

/// A tensor seen from one of its axes: [outer, extent, inner], `extent` being the axis.
struct AxisView {
    std::size_t outer, extent, inner;
};

/// @param axis  from 0, or negative from the end; turned into a number from 0
/// @throws ShapeError naming `where`, the axis, shape and axes there are; also for an empty axis that `needs_element`
AxisView view_axis(const char* where, std::span<const std::size_t> shape, std::ptrdiff_t& axis, bool needs_element);

// Plain loops over flat memory, compiled once. out: [outer, inner].
void sum_axis(const float* x, AxisView view, float* out);
void sum_axis(const double* x, AxisView view, double* out);
void max_axis(const float* x, AxisView view, float* out);
void max_axis(const double* x, AxisView view, double* out);
void argmax_axis(const float* x, AxisView view, std::int64_t* out);
void argmax_axis(const double* x, AxisView view, std::int64_t* out);

template <class Result, std::size_t N, class Real, class Loop>
Tensor<N, Result> reduce(const char* where, const Tensor<N, Real>& x, std::ptrdiff_t axis, bool needs_element,
                         const Loop& loop) {
    static_assert(std::is_same_v<Real, float> || std::is_same_v<Real, double>, "reductions are for float and double");
    const AxisView view = view_axis(where, std::span<const std::size_t>(x.shape()), axis, needs_element);
    auto shape = x.shape();
    shape[static_cast<std::size_t>(axis)] = 1;
    Tensor<N, Result> out(shape);
    loop(x.data(), view, out.data());
    return out;
}

struct Sum {
    template <std::size_t N, class Real>
    Tensor<N, Real> operator()(const Tensor<N, Real>& x, std::ptrdiff_t axis) const {
        return reduce<Real>("sum", x, axis, false, [](auto... arguments) { sum_axis(arguments...); });
    }
};

struct Mean {
    template <std::size_t N, class Real>
    Tensor<N, Real> operator()(const Tensor<N, Real>& x, std::ptrdiff_t axis) const {
        return reduce<Real>("mean", x, axis, true, [](const Real* in, AxisView view, Real* out) {
            sum_axis(in, view, out);
            for (std::size_t n = 0; n < view.outer * view.inner; ++n) out[n] /= static_cast<Real>(view.extent);
        });
    }
};

struct Max {
    template <std::size_t N, class Real>
    Tensor<N, Real> operator()(const Tensor<N, Real>& x, std::ptrdiff_t axis) const {
        return reduce<Real>("max", x, axis, true, [](auto... arguments) { max_axis(arguments...); });
    }
};

struct Argmax {
    template <std::size_t N, class Real>
    Tensor<N, std::int64_t> operator()(const Tensor<N, Real>& x, std::ptrdiff_t axis) const {
        return reduce<std::int64_t>("argmax", x, axis, true, [](auto... arguments) { argmax_axis(arguments...); });
    }
};

}  // namespace detail

// Objects, not functions: for a function, a plain `sum(x, 1)` would also look into namespace xt, and prefer the lazy
// xt::sum there. All take float or double, and an axis from 0 or, as in NumPy, negative from the end; the axis stays,
// with extent 1. All throw ShapeError for an axis that the tensor does not have.

/// Sum along an axis; of an empty axis, 0.
inline constexpr detail::Sum sum{};
/// Mean along an axis. @throws ShapeError when the axis is empty
inline constexpr detail::Mean mean{};
/// Largest element along an axis; NaN where there is one. @throws ShapeError when the axis is empty
inline constexpr detail::Max max{};
/// Position of the first largest element along an axis, or of the first NaN. @throws ShapeError when the axis is empty
inline constexpr detail::Argmax argmax{};

}  // namespace wb
