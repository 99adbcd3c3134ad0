#include "wb/vector_math.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <xsimd/xsimd.hpp>

#include "wb/errors.hpp"

namespace wb {
namespace {

/// row[i] = f(row[i]), a register at a time. The rest goes through a padded register, so all meet the same code.
template <class Real, class Function>
void map_row(std::span<Real> row, const Function& f) {
    using Batch = xsimd::batch<Real>;
    constexpr std::size_t lanes = Batch::size;
    Real* at = row.data();
    std::size_t left = row.size();
    for (; left >= lanes; left -= lanes, at += lanes) f(Batch::load_unaligned(at)).store_unaligned(at);
    if (left == 0) return;
    std::array<Real, lanes> rest{};
    std::copy_n(at, left, rest.begin());
    f(Batch::load_unaligned(rest.data())).store_unaligned(rest.data());
    std::copy_n(rest.begin(), left, at);
}

/// e^x = 2^n e^r with n whole and |r| <= ln 2 / 2; ln 2 in two parts, of which n * high is exact. Polynomial: Cephes,
/// expf. xsimd's own exp is as near, but gives 0 where the result is subnormal and infinity from 88.7228 on,
/// where 3.4e38 is due.
xsimd::batch<float> exp_of(const xsimd::batch<float>& x) {
    using Batch = xsimd::batch<float>;
    const Batch low(-104.0F), high(89.0F);  // beyond: 0 and infinity all the same; and n stays a small whole number
    const Batch inside = xsimd::select(x > low, xsimd::select(x < high, x, high), low);  // NaN becomes low
    const Batch n = xsimd::nearbyint(inside * Batch(1.44269504F));
    Batch r = xsimd::fnma(n, Batch(0.693359375F), inside);
    r = xsimd::fnma(n, Batch(-2.12194440e-4F), r);
    Batch p = Batch(1.9875691500e-4F);
    for (const float c : {1.3981999507e-3F, 8.3334519073e-3F, 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F}) {
        p = xsimd::fma(p, r, Batch(c));
    }
    p = xsimd::fma(p, r * r, r) + Batch(1.0F);
    // 2^n in two factors: n reaches -150 and 128, and a single float 2^n only -126 and 127.
    const auto whole = xsimd::to_int(n);
    const auto half = whole >> 1;
    const Batch e = xsimd::ldexp(xsimd::ldexp(p, half), whole - half);
    return xsimd::select(x == x, e, x);
}

xsimd::batch<double> exp_of(const xsimd::batch<double>& x) {
    return xsimd::exp(x);
}

/// The distribution of the standard normal.
template <class Batch>
Batch normal_distribution(const Batch& x) {
    using Real = typename Batch::value_type;
    return Batch(Real(0.5)) * (Batch(Real(1)) + xsimd::erf(x * Batch(Real(0.70710678118654752440))));
}

template <class Batch>
Batch gelu_derivative_of(const Batch& x) {
    using Real = typename Batch::value_type;
    const Batch density = exp_of(Batch(Real(-0.5)) * x * x) * Batch(Real(0.39894228040143267794));
    return normal_distribution(x) + x * density;
}

template <class Real>
Real sum_of(std::span<const Real> row) {
    Real total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < row.size(); ++i) total += row[i];
    return total;
}

/// In registers by hand: clang does not vectorise a loop that looks for the largest and for NaN.
template <class Real>
Real max_of(std::span<const Real> row) {
    using Batch = xsimd::batch<Real>;
    constexpr std::size_t lanes = Batch::size;
    std::array<Real, lanes> lane;
    lane.fill(-std::numeric_limits<Real>::infinity());
    Batch largest = Batch::load_unaligned(lane.data());
    Batch nan_or_zero(Real{0});  // by lane; a comparison alone would let a NaN pass unseen
    std::size_t i = 0;
    for (; i + lanes <= row.size(); i += lanes) {
        const Batch x = Batch::load_unaligned(row.data() + i);
        largest = xsimd::select(x > largest, x, largest);
        nan_or_zero = xsimd::select(x == x, nan_or_zero, x);
    }
    largest = largest + nan_or_zero;
    largest.store_unaligned(lane.data());
    Real result = -std::numeric_limits<Real>::infinity();
    for (const Real x : lane) result = x > result || x != x ? x : result;
    for (; i < row.size(); ++i) result = row[i] > result || row[i] != row[i] ? row[i] : result;
    return result;
}

template <class Real>
Real dot_of(std::span<const Real> a, std::span<const Real> b) {
    if (a.size() != b.size()) {
        throw ShapeError("row_dot: a has " + std::to_string(a.size()) + " elements and b " + std::to_string(b.size()));
    }
    Real total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < a.size(); ++i) total += a[i] * b[i];
    return total;
}

}  // namespace

void exp_in_place(std::span<float> row) {
    map_row(row, [](const auto& x) { return exp_of(x); });
}
void exp_in_place(std::span<double> row) {
    map_row(row, [](const auto& x) { return exp_of(x); });
}
void tanh_in_place(std::span<float> row) {
    map_row(row, [](const auto& x) { return xsimd::tanh(x); });
}
void tanh_in_place(std::span<double> row) {
    map_row(row, [](const auto& x) { return xsimd::tanh(x); });
}
void erf_in_place(std::span<float> row) {
    map_row(row, [](const auto& x) { return xsimd::erf(x); });
}
void erf_in_place(std::span<double> row) {
    map_row(row, [](const auto& x) { return xsimd::erf(x); });
}
void gelu_in_place(std::span<float> row) {
    map_row(row, [](const auto& x) { return x * normal_distribution(x); });
}
void gelu_in_place(std::span<double> row) {
    map_row(row, [](const auto& x) { return x * normal_distribution(x); });
}
void gelu_derivative_in_place(std::span<float> row) {
    map_row(row, [](const auto& x) { return gelu_derivative_of(x); });
}
void gelu_derivative_in_place(std::span<double> row) {
    map_row(row, [](const auto& x) { return gelu_derivative_of(x); });
}
float row_sum(std::span<const float> row) {
    return sum_of(row);
}
double row_sum(std::span<const double> row) {
    return sum_of(row);
}
float row_max(std::span<const float> row) {
    return max_of(row);
}
double row_max(std::span<const double> row) {
    return max_of(row);
}
float row_dot(std::span<const float> a, std::span<const float> b) {
    return dot_of(a, b);
}
double row_dot(std::span<const double> a, std::span<const double> b) {
    return dot_of(a, b);
}

}  // namespace wb
