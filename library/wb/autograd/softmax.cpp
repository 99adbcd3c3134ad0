#include "wb/autograd/softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "wb/autograd/accumulate.hpp"
#include "wb/errors.hpp"
#include "wb/threads.hpp"
#include "wb/vector_math.hpp"

namespace wb {
namespace detail {

VisibleKeys::VisibleKeys(const char* where, const AttentionMask& mask, std::size_t batch, std::size_t q_len,
                         std::size_t kv_len)
    : mask_(mask), q_len_(q_len), kv_len_(kv_len), one_for_all_(mask.allowed.size() == q_len * kv_len) {
    if (!mask.key_lengths.empty() && mask.key_lengths.size() != batch) {
        throw ShapeError(std::string(where) + ": mask.key_lengths has " + std::to_string(mask.key_lengths.size()) +
                         " lengths for a batch of " + std::to_string(batch));
    }
    for (const int length : mask.key_lengths) {
        if (length >= 0 && static_cast<std::size_t>(length) <= kv_len) continue;
        throw ShapeError(std::string(where) + ": mask.key_lengths has " + std::to_string(length) +
                         ", and there are 0 to " + std::to_string(kv_len) + " keys");
    }
    if (!mask.allowed.empty() && !one_for_all_ && mask.allowed.size() != batch * q_len * kv_len) {
        throw ShapeError(std::string(where) + ": mask.allowed has " + std::to_string(mask.allowed.size()) +
                         " entries, and must have q_len * kv_len = " + std::to_string(q_len * kv_len) +
                         " or batch times that, " + std::to_string(batch * q_len * kv_len));
    }
}

std::size_t VisibleKeys::count(std::size_t batch, std::size_t query) const {
    std::size_t visible = kv_len_;
    if (!mask_.key_lengths.empty()) visible = static_cast<std::size_t>(mask_.key_lengths[batch]);
    if (mask_.causal) visible = std::min(visible, query + 1 + kv_len_ < q_len_ ? 0 : query + 1 + kv_len_ - q_len_);
    return visible;
}

const std::uint8_t* VisibleKeys::allowed(std::size_t batch, std::size_t query) const {
    if (mask_.allowed.empty()) return nullptr;
    return mask_.allowed.data() + ((one_for_all_ ? 0 : batch * q_len_) + query) * kv_len_;
}

template <class Real>
void softmax_row(Real* row, std::size_t count, std::size_t kv_len, const std::uint8_t* allowed) {
    constexpr Real hidden = -std::numeric_limits<Real>::infinity();
    for (std::size_t j = 0; j < count && allowed != nullptr; ++j) row[j] = allowed[j] != 0 ? row[j] : hidden;
    std::fill(row + count, row + kv_len, Real{0});
    const std::span<Real> seen(row, count);
    const Real largest = row_max(seen);
    if (largest == hidden) {  // sees nothing
        std::fill_n(row, count, Real{0});
        return;
    }
    for (Real& score : seen) score -= largest;
    exp_in_place(seen);
    const Real factor = Real{1} / row_sum(seen);
    for (Real& weight : seen) weight *= factor;
}

template void softmax_row(float*, std::size_t, std::size_t, const std::uint8_t*);
template void softmax_row(double*, std::size_t, std::size_t, const std::uint8_t*);

}  // namespace detail

template <class Real>
Var<Real> softmax(Var<Real> scores, const AttentionMask& mask) {
    const Shape shape = scores.shape();
    const bool masked = mask.causal || !mask.key_lengths.empty() || !mask.allowed.empty();
    if (shape.rank() < (masked ? 3 : 1)) {
        throw ShapeError("softmax: scores " + shape_text(shape) + " must be [batch, q_len, kv_len] or " +
                         "[batch, heads, q_len, kv_len]" + (masked ? " for a mask" : ""));
    }
    Tape<Real>& tape = scores.tape();
    const std::size_t kv_len = shape[-1], rows = shape.rows();
    const std::size_t q_len = masked ? shape[-2] : 1, batch = masked ? shape[0] : 1;
    const std::size_t rows_each = batch == 0 ? 0 : rows / batch;  // heads * q_len
    const detail::VisibleKeys visible("softmax", mask, batch, q_len, kv_len);
    const Var<Real> y = tape.make(shape);
    Real* value = tape.data(y);
    const Real* p = tape.data(scores);
    over_threads(rows, 1.5 * static_cast<double>(kv_len), [&](std::size_t begin, std::size_t end) {
        std::copy(p + begin * kv_len, p + end * kv_len, value + begin * kv_len);
        for (std::size_t row = begin; row < end; ++row) {
            const std::size_t b = masked ? row / rows_each : 0, query = masked ? row % q_len : 0;
            detail::softmax_row(value + row * kv_len, visible.count(b, query), kv_len, visible.allowed(b, query));
        }
    });
    // dscores = weights * (g - sum_j weights_j g_j): a hidden key has weight 0, and so gradient 0.
    return tape.record(y, {scores}, [=, &tape] {
        const GradientSlot<Real> into = tape.slot(scores);
        const Real* g = tape.gradient(y);
        for (std::size_t row = 0; row < rows && into.data != nullptr; ++row) {
            const std::size_t at = row * kv_len;
            const Real along =
                row_dot(std::span<const Real>(g + at, kv_len), std::span<const Real>(value + at, kv_len));
            detail::accumulate<Real>(
                {into.data + at, into.fresh}, kv_len,
                [g = g + at, w = value + at, along](std::size_t j) { return w[j] * (g[j] - along); });
        }
    });
}

template <class Real>
Var<Real> layer_norm(Var<Real> x, Var<Real> weight, Var<Real> bias, double epsilon) {
    const Shape shape = x.shape();
    if (shape.rank() == 0 || shape[-1] == 0 || weight.shape() != Shape{shape[-1]} || bias.shape() != Shape{shape[-1]}) {
        throw ShapeError("layer_norm: x " + shape_text(shape) + ", weight " + shape_text(weight.shape()) +
                         " and bias " + shape_text(bias.shape()) +
                         " do not fit: weight and bias must be as long as x's innermost axis");
    }
    Tape<Real>& tape = x.tape();
    const std::size_t rows = shape.rows(), d = shape[-1];
    const Var<Real> y = tape.make(shape);
    // What only the backward pass needs has no place of its own in inference.
    const bool keeps = tape.mode() != Mode::infer;
    Real *value = tape.data(y), *normal = keeps ? tape.template keep<Real>(rows * d) : value,
         *per_deviation = tape.template keep<Real>(rows);
    const Real *p = tape.data(x), *w = tape.data(weight), *b = tape.data(bias);
    const auto normalise = [&](std::size_t row) {
        const Real* in = p + row * d;
        Real *n = normal + row * d, *out = value + row * d;
        const Real centre = row_sum(std::span(in, d)) / static_cast<Real>(d);
        for (std::size_t i = 0; i < d; ++i) n[i] = in[i] - centre;
        const std::span<const Real> centred(n, d);
        const Real variance = row_dot(centred, centred) / static_cast<Real>(d);
        const Real factor = Real{1} / std::sqrt(variance + static_cast<Real>(epsilon));
        per_deviation[row] = factor;
#pragma omp simd
        for (std::size_t i = 0; i < d; ++i) {
            n[i] *= factor;
            out[i] = n[i] * w[i] + b[i];
        }
    };
    over_threads(rows, 0.7 * static_cast<double>(d), [&](std::size_t begin, std::size_t end) {
        for (std::size_t row = begin; row < end; ++row) normalise(row);
    });
    return tape.record(y, {x, weight, bias}, [=, &tape] {
        const Real* g = tape.gradient(y);
        const auto into_weight = tape.slot(weight), into_bias = tape.slot(bias);
        for (const auto& into : {into_weight, into_bias}) {
            if (into.fresh) std::fill_n(into.data, d, Real{0});
        }
        for (std::size_t row = 0; row < rows; ++row) {
            const Real *gr = g + row * d, *n = normal + row * d;
            detail::accumulate<Real>({into_weight.data, false}, d, [=](std::size_t i) { return gr[i] * n[i]; });
            detail::accumulate<Real>({into_bias.data, false}, d, [=](std::size_t i) { return gr[i]; });
        }
        // With h = g * weight: dx = (h - mean(h) - n mean(h n)) / deviation.
        const GradientSlot<Real> into = tape.slot(x);
        if (into.data == nullptr) return;
        Real* h = tape.temporary(d);
        for (std::size_t row = 0; row < rows; ++row) {
            const Real *gr = g + row * d, *n = normal + row * d;
            Real total = 0, along = 0;
#pragma omp simd reduction(+ : total, along)
            for (std::size_t i = 0; i < d; ++i) {
                h[i] = gr[i] * w[i];
                total += h[i];
                along += h[i] * n[i];
            }
            total /= static_cast<Real>(d);
            along /= static_cast<Real>(d);
            detail::accumulate<Real>({into.data + row * d, into.fresh}, d,
                                     [h, n, total, along, factor = per_deviation[row]](std::size_t i) {
                                         return (h[i] - total - n[i] * along) * factor;
                                     });
        }
    });
}

#define WB_SOFTMAX(Real)                                         \
    template Var<Real> softmax(Var<Real>, const AttentionMask&); \
    template Var<Real> layer_norm(Var<Real>, Var<Real>, Var<Real>, double);
WB_SOFTMAX(float)
WB_SOFTMAX(double)
#undef WB_SOFTMAX

}  // namespace wb
