#include "wb/autograd/elementwise.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/autograd/accumulate.hpp"
#include "wb/errors.hpp"
#include "wb/threads.hpp"
#include "wb/vector_math.hpp"

namespace wb {

using detail::accumulate;

namespace {

/// How often `b` is repeated to fill `a`.
template <class Real>
std::size_t repeats(const char* what, Var<Real> a, Var<Real> b) {
    const Shape a_shape = a.shape(), b_shape = b.shape();
    const std::span<const std::size_t> long_shape = a_shape, short_shape = b_shape;
    const bool fits = short_shape.size() <= long_shape.size() &&
                      std::equal(short_shape.rbegin(), short_shape.rend(), long_shape.rbegin());
    if (!fits) {
        throw ShapeError(std::string(what) + ": a " + shape_text(a.shape()) + " and b " + shape_text(b.shape()) +
                         " do not fit: b must have all axes of a, or its trailing ones");
    }
    return a_shape.product(0, long_shape.size() - short_shape.size());
}

/// Nanoseconds for a number, about: of a sum, which waits for memory, and of erf or tanh.
constexpr double sum_time = 0.25, function_time = 1;

/// y[n * count + i] = f(n * count + i, i) for n = 0 .. times - 1.
template <class Real, class Function>
void map_repeats(Real* y, std::size_t count, std::size_t times, const Function& f) {
    over_threads(times * count, sum_time, [&](std::size_t begin, std::size_t end) {
        if (begin == end) return;
        for (std::size_t repeat = begin / count * count; begin < end; repeat += count) {
            const std::size_t stop = std::min(end, repeat + count);
#pragma omp simd
            for (std::size_t at = begin; at < stop; ++at) y[at] = f(at, at - repeat);
            begin = stop;
        }
    });
}

/// y[i] = f(i).
template <class Real, class Function>
void map_numbers(Real* y, std::size_t count, const Function& f) {
    map_repeats(y, count, 1, [&f](std::size_t i, std::size_t) { return f(i); });
}

/// y = x, and then in_place(y).
template <class Real, class InPlace>
void map_rows(Real* y, const Real* x, std::size_t count, const InPlace& in_place) {
    over_threads(count, function_time, [&](std::size_t begin, std::size_t end) {
        std::copy(x + begin, x + end, y + begin);
        in_place(std::span(y + begin, end - begin));
    });
}

/// slot[i] (+)= sum over the repeats of f(repeat * count + i).
template <class Real, class Function>
void accumulate_repeats(GradientSlot<Real> slot, std::size_t count, std::size_t times, const Function& f) {
    if (slot.data == nullptr) return;
    if (slot.fresh) std::fill_n(slot.data, count, Real{0});
    slot.fresh = false;
    for (std::size_t n = 0; n < times; ++n) accumulate(slot, count, [&](std::size_t i) { return f(n * count + i); });
}

/// splitmix64's mixing of one number: Steele et al. 2014.
inline std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

}  // namespace

template <class Real>
Var<Real> operator+(Var<Real> a, Var<Real> b) {
    const std::size_t times = repeats("+", a, b), count = b.size();
    Tape<Real>& tape = a.tape();
    const Var<Real> y = tape.make(a.shape());
    const Real *p = tape.data(a), *q = tape.data(b);
    map_repeats(tape.data(y), count, times, [p, q](std::size_t at, std::size_t i) { return p[at] + q[i]; });
    return tape.record(y, {a, b}, [&tape, a, b, y, times, count] {
        const Real* g = tape.gradient(y);
        if (times == 1) {
            accumulate(tape.slot(b), count, [g](std::size_t i) { return g[i]; });
        } else {
            accumulate_repeats(tape.slot(b), count, times, [g](std::size_t i) { return g[i]; });
        }
        tape.pass_gradient(y, a);  // last: it may take g away
    });
}

template <class Real>
Var<Real> operator-(Var<Real> a, Var<Real> b) {
    if (a.shape() != b.shape()) {
        throw ShapeError("-: a " + shape_text(a.shape()) + " and b " + shape_text(b.shape()) + " differ");
    }
    Tape<Real>& tape = a.tape();
    const Var<Real> y = tape.make(a.shape());
    const std::size_t count = a.size();
    map_numbers(tape.data(y), count, [p = tape.data(a), q = tape.data(b)](std::size_t i) { return p[i] - q[i]; });
    return tape.record(y, {a, b}, [&tape, a, b, y, count] {
        accumulate(tape.slot(b), count, [g = tape.gradient(y)](std::size_t i) { return -g[i]; });
        tape.pass_gradient(y, a);
    });
}

template <class Real>
Var<Real> operator*(Var<Real> a, Var<Real> b) {
    const std::size_t times = repeats("*", a, b), count = b.size();
    Tape<Real>& tape = a.tape();
    const Var<Real> y = tape.make(a.shape());
    const Real *p = tape.data(a), *q = tape.data(b);
    map_repeats(tape.data(y), count, times, [p, q](std::size_t at, std::size_t i) { return p[at] * q[i]; });
    return tape.record(y, {a, b}, [&tape, a, b, y, p, q, times, count] {
        const Real* g = tape.gradient(y);
        const GradientSlot<Real> into = tape.slot(a);
        for (std::size_t n = 0; n < times && into.data != nullptr; ++n) {
            accumulate<Real>({into.data + n * count, into.fresh}, count,
                             [g = g + n * count, q](std::size_t i) { return g[i] * q[i]; });
        }
        accumulate_repeats(tape.slot(b), count, times, [g, p](std::size_t i) { return g[i] * p[i]; });
    });
}

template <class Real>
Var<Real> operator*(Var<Real> x, std::type_identity_t<Real> factor) {
    Tape<Real>& tape = x.tape();
    const Var<Real> y = tape.make(x.shape());
    const std::size_t count = x.size();
    map_numbers(tape.data(y), count, [p = tape.data(x), factor](std::size_t i) { return p[i] * factor; });
    return tape.record(y, {x}, [&tape, x, y, factor, count] {
        accumulate(tape.slot(x), count, [g = tape.gradient(y), factor](std::size_t i) { return g[i] * factor; });
    });
}

template <class Real>
Var<Real> relu(Var<Real> x) {
    Tape<Real>& tape = x.tape();
    const Var<Real> y = tape.make(x.shape());
    const std::size_t count = x.size();
    const Real* p = tape.data(x);
    // Written so that NaN passes: a broken model must show.
    map_numbers(tape.data(y), count, [p](std::size_t i) { return p[i] < Real{0} ? Real{0} : p[i]; });
    return tape.record(y, {x}, [&tape, x, y, p, count] {
        accumulate(tape.slot(x), count,
                   [p, g = tape.gradient(y)](std::size_t i) { return p[i] > Real{0} ? g[i] : Real{0}; });
    });
}

template <class Real>
Var<Real> gelu(Var<Real> x) {
    Tape<Real>& tape = x.tape();
    const Var<Real> y = tape.make(x.shape());
    const std::size_t count = x.size();
    const Real* p = tape.data(x);
    map_rows(tape.data(y), p, count, [](std::span<Real> row) { gelu_in_place(row); });
    return tape.record(y, {x}, [&tape, x, y, p, count] {
        const GradientSlot<Real> into = tape.slot(x);
        if (into.data == nullptr) return;
        Real* slope = tape.temporary(count);
        std::copy_n(p, count, slope);
        gelu_derivative_in_place(std::span(slope, count));
        accumulate(into, count, [g = tape.gradient(y), slope](std::size_t i) { return g[i] * slope[i]; });
    });
}

template <class Real>
Var<Real> tanh(Var<Real> x) {
    Tape<Real>& tape = x.tape();
    const Var<Real> y = tape.make(x.shape());
    const std::size_t count = x.size();
    Real* value = tape.data(y);
    map_rows(value, tape.data(x), count, [](std::span<Real> row) { tanh_in_place(row); });
    return tape.record(y, {x}, [&tape, x, y, value, count] {
        accumulate(tape.slot(x), count,
                   [g = tape.gradient(y), value](std::size_t i) { return g[i] * (1 - value[i] * value[i]); });
    });
}

template <class Real>
Var<Real> dropout(Var<Real> x, double probability) {
    if (!(probability >= 0 && probability < 1)) {
        throw std::invalid_argument("dropout: the probability must lie in [0, 1), got " + std::to_string(probability));
    }
    Tape<Real>& tape = x.tape();
    if (tape.mode() != Mode::train || probability == 0) return x;
    const Var<Real> y = tape.make(x.shape());
    const std::size_t count = x.size();
    const std::uint64_t seed = tape.next_dropout_seed();
    const auto threshold = static_cast<std::uint32_t>(probability * 0x1p32);
    const Real factor = Real(1 / (1 - probability));
    // A number's fate depends on its place alone, so the backward pass asks again instead of keeping a mask.
    const auto gate = [seed, threshold, factor](std::size_t i) {
        return static_cast<std::uint32_t>(mixed(seed ^ mixed(i)) >> 32) < threshold ? Real{0} : factor;
    };
    const Real* p = tape.data(x);
    accumulate<Real>({tape.data(y), true}, count, [p, gate](std::size_t i) { return p[i] * gate(i); });
    return tape.record(y, {x}, [&tape, x, y, gate, count] {
        accumulate(tape.slot(x), count, [g = tape.gradient(y), gate](std::size_t i) { return g[i] * gate(i); });
    });
}

#define WB_ELEMENTWISE(Real)                                             \
    template Var<Real> operator+(Var<Real>, Var<Real>);                  \
    template Var<Real> operator-(Var<Real>, Var<Real>);                  \
    template Var<Real> operator*(Var<Real>, Var<Real>);                  \
    template Var<Real> operator*(Var<Real>, std::type_identity_t<Real>); \
    template Var<Real> relu(Var<Real>);                                  \
    template Var<Real> gelu(Var<Real>);                                  \
    template Var<Real> tanh(Var<Real>);                                  \
    template Var<Real> dropout(Var<Real>, double);
WB_ELEMENTWISE(float)
WB_ELEMENTWISE(double)
#undef WB_ELEMENTWISE

}  // namespace wb
