#include "wb/training/adam.hpp"

#include <algorithm>
#include <cmath>
#include <xsimd/xsimd.hpp>

#include "wb/errors.hpp"
#include "wb/training/stored_numbers.hpp"

namespace wb {

template <class Real>
Adam<Real>::Adam(const ParameterList<Real>& parameters, const AdamOptions& options)
    : parameters_(parameters), options_(options) {
    for (const ParameterPtr<Real>& parameter : parameters_) {
        const std::size_t count = parameter->value.size();
        parameter->need_gradient();
        moments_.push_back({std::vector<Real>(count), std::vector<Real>(count)});
    }
}

template <class Real>
void Adam<Real>::step(double rate) {
    ++steps_;
    const double correction1 = 1 - std::pow(options_.beta1, static_cast<double>(steps_));
    const double correction2 = 1 - std::pow(options_.beta2, static_cast<double>(steps_));
    const Real keep1 = Real(options_.beta1), new1 = Real(1 - options_.beta1), keep2 = Real(options_.beta2),
               new2 = Real(1 - options_.beta2);
    const Real size = Real(rate / correction1), per_root = Real(1 / std::sqrt(correction2)),
               epsilon = Real(options_.epsilon);
    for (std::size_t n = 0; n < parameters_.size(); ++n) {
        Parameter<Real>& parameter = *parameters_.all()[n];
        parameter.need_gradient();
        const Real shrink = parameter.decay ? Real(1 - rate * options_.weight_decay) : Real{1};
        Real *p = parameter.value.data(), *g = parameter.gradient.data();
        Real *m = moments_[n].first.data(), *v = moments_[n].second.data();
        const std::size_t count = parameter.value.size();
        // In registers by hand: with an ordinary root, which may set errno, clang vectorises no loop.
        using Batch = xsimd::batch<Real>;
        std::size_t i = 0;
        for (; i + Batch::size <= count; i += Batch::size) {
            const Batch gradient = Batch::load_unaligned(g + i);
            const Batch first = Batch(keep1) * Batch::load_unaligned(m + i) + Batch(new1) * gradient;
            const Batch second = Batch(keep2) * Batch::load_unaligned(v + i) + Batch(new2) * gradient * gradient;
            const Batch root = xsimd::sqrt(second) * Batch(per_root) + Batch(epsilon);
            (Batch::load_unaligned(p + i) * Batch(shrink) - Batch(size) * first / root).store_unaligned(p + i);
            first.store_unaligned(m + i);
            second.store_unaligned(v + i);
        }
        for (; i < count; ++i) {
            m[i] = keep1 * m[i] + new1 * g[i];
            v[i] = keep2 * v[i] + new2 * g[i] * g[i];
            p[i] = p[i] * shrink - size * m[i] / (std::sqrt(v[i]) * per_root + epsilon);
        }
        std::fill(g, g + count, Real{0});
    }
}

template <class Real>
void Adam<Real>::save(SafeTensors& checkpoint) const {
    for (std::size_t n = 0; n < parameters_.size(); ++n) {
        const Parameter<Real>& parameter = *parameters_.all()[n];
        store_numbers<Real>(checkpoint, "optimizer.first." + parameter.name, parameter.shape, moments_[n].first);
        store_numbers<Real>(checkpoint, "optimizer.second." + parameter.name, parameter.shape, moments_[n].second);
    }
    checkpoint.put("optimizer.steps", full<1, std::int64_t>({1}, steps_));
}

template <class Real>
void Adam<Real>::load(const SafeTensors& checkpoint) {
    std::vector<Moments> moments = moments_;
    const Tensor<1, std::int64_t> steps = checkpoint.get<1, std::int64_t>("optimizer.steps");
    if (steps.size() != 1 || steps(0) < 0) {
        throw FileError(checkpoint.source + ": \"optimizer.steps\" must be one number, 0 or more");
    }
    for (std::size_t n = 0; n < parameters_.size(); ++n) {
        const Parameter<Real>& parameter = *parameters_.all()[n];
        load_numbers<Real>(checkpoint, "optimizer.first." + parameter.name, parameter.shape, moments[n].first);
        load_numbers<Real>(checkpoint, "optimizer.second." + parameter.name, parameter.shape, moments[n].second);
    }
    moments_ = std::move(moments);
    steps_ = steps(0);
}

template <class Real>
double clip_gradient_norm(const ParameterList<Real>& parameters, double largest) {
    double squares = 0;
    for (const ParameterPtr<Real>& parameter : parameters) {
        for (const Real gradient : parameter->gradient) squares += double(gradient) * double(gradient);
    }
    const double norm = std::sqrt(squares);
    const double factor = largest / (norm + 1e-6);  // PyTorch's guard against a norm of 0
    if (factor >= 1) return norm;
    for (const ParameterPtr<Real>& parameter : parameters) {
        for (Real& gradient : parameter->gradient) gradient *= Real(factor);
    }
    return norm;
}

template class Adam<float>;
template class Adam<double>;
template double clip_gradient_norm(const ParameterList<float>&, double);
template double clip_gradient_norm(const ParameterList<double>&, double);

}  // namespace wb
