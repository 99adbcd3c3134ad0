#include "wb/autograd/losses.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/autograd/accumulate.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/errors.hpp"
#include "wb/vector_math.hpp"

namespace wb {

using detail::accumulate;

std::size_t counted_targets(std::span<const int> targets, int ignore) {
    return targets.size() - static_cast<std::size_t>(std::count(targets.begin(), targets.end(), ignore));
}

namespace {

void require_targets(const char* where, const Shape& shape, std::span<const int> targets, int ignore) {
    if (shape.rank() == 0 || shape.rows() != targets.size()) {
        throw ShapeError(std::string(where) + ": logits " + shape_text(shape) + " want a target for each row, got " +
                         std::to_string(targets.size()));
    }
    const std::size_t classes = shape[-1];
    for (const int target : targets) {
        if (target == ignore || (target >= 0 && static_cast<std::size_t>(target) < classes)) continue;
        throw std::out_of_range(std::string(where) + ": the target " + std::to_string(target) +
                                " is not among the classes 0 to " + std::to_string(classes - 1) +
                                ". Pass it as `ignore` if such rows should not count.");
    }
}

/// Turns a row's logits into its softmax. @return -log softmax[target]
template <class Real>
double loss_of_row(std::span<Real> row, int target) {
    const Real largest = row_max(row), of_target = row[static_cast<std::size_t>(target)] - largest;
    for (Real& weight : row) weight -= largest;
    exp_in_place(row);
    const Real normaliser = row_sum(row);
    for (Real& weight : row) weight /= normaliser;
    return std::log(normaliser) - of_target;
}

/// A row's gradient: scale (softmax - 1 at the target), and 0 where the row does not count.
template <class Real>
void accumulate_row(GradientSlot<Real> at, const Real* softmax, std::size_t classes, int target, int ignore,
                    Real scale) {
    if (target == ignore) {
        accumulate(at, classes, [](std::size_t) { return Real{0}; });
        return;
    }
    accumulate(at, classes, [=](std::size_t i) { return softmax[i] * scale; });
    at.data[target] -= scale;
}

}  // namespace

template <class Real>
Var<Real> cross_entropy(Var<Real> logits, std::span<const int> targets, int ignore) {
    const Shape shape = logits.shape();
    require_targets("cross_entropy", shape, targets, ignore);
    const std::size_t rows = shape.rows(), classes = shape[-1], counted = counted_targets(targets, ignore);
    Tape<Real>& tape = logits.tape();
    const Var<Real> y = tape.make({});
    const int* target = tape.keep_copy(targets);
    Real* softmax = tape.template keep<Real>(rows * classes);
    std::copy_n(tape.data(logits), rows * classes, softmax);
    double total = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        if (target[row] != ignore) total += loss_of_row(std::span<Real>(softmax + row * classes, classes), target[row]);
    }
    *tape.data(y) = counted == 0 ? Real{0} : static_cast<Real>(total / static_cast<double>(counted));
    return tape.record(y, {logits}, [=, &tape] {
        const GradientSlot<Real> into = tape.slot(logits);
        if (into.data == nullptr) return;
        const Real scale = counted == 0 ? Real{0} : *tape.gradient(y) / static_cast<Real>(counted);
        for (std::size_t row = 0; row < rows; ++row)
            accumulate_row<Real>({into.data + row * classes, into.fresh}, softmax + row * classes, classes, target[row],
                                 ignore, scale);
    });
}

template <class Real>
Var<Real> cross_entropy_rows(Var<Real> logits, std::span<const int> targets, int ignore) {
    const Shape shape = logits.shape();
    require_targets("cross_entropy_rows", shape, targets, ignore);
    const std::size_t rows = shape.rows(), classes = shape[-1];
    Tape<Real>& tape = logits.tape();
    const Var<Real> y = tape.make({rows});
    const int* target = tape.keep_copy(targets);
    Real* softmax = tape.template keep<Real>(rows * classes);
    std::copy_n(tape.data(logits), rows * classes, softmax);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::span<Real> numbers(softmax + row * classes, classes);
        tape.data(y)[row] = target[row] == ignore ? Real{0} : static_cast<Real>(loss_of_row(numbers, target[row]));
    }
    return tape.record(y, {logits}, [=, &tape] {
        const GradientSlot<Real> into = tape.slot(logits);
        if (into.data == nullptr) return;
        for (std::size_t row = 0; row < rows; ++row)
            accumulate_row<Real>({into.data + row * classes, into.fresh}, softmax + row * classes, classes, target[row],
                                 ignore, tape.gradient(y)[row]);
    });
}

template <class Real>
Var<Real> mse(Var<Real> x, std::span<const std::type_identity_t<Real>> targets) {
    const std::size_t count = x.size();
    if (count != targets.size() || count == 0) {
        throw ShapeError("mse: x " + shape_text(x.shape()) + " wants as many targets as numbers, at least one; got " +
                         std::to_string(targets.size()));
    }
    Tape<Real>& tape = x.tape();
    const Var<Real> y = tape.make({});
    const Real *target = tape.keep_copy(targets), *p = tape.data(x);
    double total = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double difference = static_cast<double>(p[i]) - static_cast<double>(target[i]);
        total += difference * difference;
    }
    *tape.data(y) = static_cast<Real>(total / static_cast<double>(count));
    return tape.record(y, {x}, [=, &tape] {
        const Real scale = 2 * *tape.gradient(y) / static_cast<Real>(count);
        accumulate(tape.slot(x), count, [=](std::size_t i) { return (p[i] - target[i]) * scale; });
    });
}

template <class Real>
Var<Real> sum_all(Var<Real> x) {
    Tape<Real>& tape = x.tape();
    const Var<Real> y = tape.make({});
    const std::size_t count = x.size();
    *tape.data(y) = row_sum(x.value());
    return tape.record(
        y, {x}, [=, &tape] { accumulate(tape.slot(x), count, [g = *tape.gradient(y)](std::size_t) { return g; }); });
}

template <class Real>
Var<Real> mean_all(Var<Real> x) {
    if (x.size() == 0) throw ShapeError("mean_all: " + shape_text(x.shape()) + " has no numbers");
    return sum_all(x) * (Real{1} / static_cast<Real>(x.size()));
}

template <class Real>
Var<Real> mean_over(Var<Real> x, std::ptrdiff_t axis) {
    const Shape shape = x.shape();
    const std::size_t front = shape.axis_from_front(axis), extent = shape[axis];
    if (extent == 0)
        throw ShapeError("mean_over: axis " + std::to_string(axis) + " of " + shape_text(shape) + " is empty");
    const std::size_t outer = shape.product(0, front), inner = shape.product(front + 1, shape.rank());
    std::array<std::size_t, Shape::max_rank> left{};
    const std::span<const std::size_t> all = shape;
    std::copy(all.begin() + static_cast<std::ptrdiff_t>(front) + 1, all.end(),
              std::copy_n(all.begin(), front, left.begin()));
    Tape<Real>& tape = x.tape();
    const Var<Real> y = tape.make(Shape(std::span<const std::size_t>(left.data(), shape.rank() - 1)));
    const Real factor = Real{1} / static_cast<Real>(extent);
    const Real* p = tape.data(x);
    for (std::size_t o = 0; o < outer; ++o) {
        for (std::size_t n = 0; n < extent; ++n) {
            accumulate<Real>({tape.data(y) + o * inner, n == 0}, inner,
                             [from = p + (o * extent + n) * inner, factor](std::size_t i) { return from[i] * factor; });
        }
    }
    return tape.record(y, {x}, [=, &tape] {
        const GradientSlot<Real> into = tape.slot(x);
        const Real* g = tape.gradient(y);
        for (std::size_t row = 0; row < outer * extent && into.data != nullptr; ++row) {
            accumulate<Real>({into.data + row * inner, into.fresh}, inner,
                             [from = g + row / extent * inner, factor](std::size_t i) { return from[i] * factor; });
        }
    });
}

#define WB_LOSSES(Real)                                                             \
    template Var<Real> cross_entropy(Var<Real>, std::span<const int>, int);         \
    template Var<Real> cross_entropy_rows(Var<Real>, std::span<const int>, int);    \
    template Var<Real> mse(Var<Real>, std::span<const std::type_identity_t<Real>>); \
    template Var<Real> sum_all(Var<Real>);                                          \
    template Var<Real> mean_all(Var<Real>);                                         \
    template Var<Real> mean_over(Var<Real>, std::ptrdiff_t);
WB_LOSSES(float)
WB_LOSSES(double)
#undef WB_LOSSES

}  // namespace wb
