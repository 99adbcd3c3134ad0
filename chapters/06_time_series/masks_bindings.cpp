/// @file
/// Binds the probes of exercise 6.4 to the submission's functions, and holds the models that can be asked by name.
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "masks_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

using probes::ModelKind;

/// x[0, row, variate], or 0 where there is no such row.
float at(const Tensor<3>& x, std::ptrdiff_t row, std::size_t variate) {
    if (row < 0 || row >= static_cast<std::ptrdiff_t>(x.shape(1))) return 0;
    return x(0, static_cast<std::size_t>(row), variate);
}

/// [1, rows, columns] by a formula: of(row, column).
template <class Of>
Tensor<3> answer_of(std::size_t rows, std::size_t columns, const Of& of) {
    Tensor<3> y(std::array<std::size_t, 3>{1, rows, columns});
    for (std::size_t t = 0; t < rows; ++t) {
        for (std::size_t v = 0; v < columns; ++v) y(0, t, v) = of(static_cast<std::ptrdiff_t>(t), v);
    }
    return y;
}

Tensor<3> shared_state(const Tensor<3>& x) {
    Tensor<3> y = x;
    for (std::size_t v = 0; v < x.shape(2); ++v) {
        float state = 0;
        for (std::size_t t = 0; t < x.shape(1); ++t) y(0, t, v) = state = state / 2 + x(0, t, v);
    }
    return y;
}

/// @param questions  how many there have been, this one included
Tensor<3> answer(ModelKind kind, const Tensor<3>& x, std::size_t questions) {
    const std::size_t length = x.shape(1), variates = x.shape(2);
    using Row = std::ptrdiff_t;
    switch (kind) {
        case ModelKind::causal_convolution:
            return answer_of(length, variates, [&](Row t, std::size_t v) {
                return at(x, t, v) + at(x, t - 1, v) / 2 + at(x, t - 2, v) / 4;
            });
        case ModelKind::last_input_leaks:
            return answer_of(length, 2, [&](Row t, std::size_t v) {
                return at(x, t, 0) + (v == 0 ? at(x, t + 1, variates - 1) / 4 : 0);
            });
        case ModelKind::last_output_leaks:
            return answer_of(length, 2,
                             [&](Row t, std::size_t v) { return at(x, t, 0) + (v == 1 ? at(x, t + 1, 0) / 4 : 0); });
        case ModelKind::every_third_row:
            return answer_of(length, variates, [&](Row t, std::size_t v) {
                float sum = 0;
                for (Row s = t; s >= 0; s -= 3) sum += at(x, s, v);
                return sum;
            });
        case ModelKind::shared_state:
            return shared_state(x);
        case ModelKind::direct_forecast:
            return answer_of(5, variates, [&](Row t, std::size_t v) {
                return at(x, static_cast<Row>(length) - 1, v) + at(x, t % static_cast<Row>(length), v);
            });
        case ModelKind::faint_leak:
            return answer_of(length, 2,
                             [&](Row t, std::size_t v) { return v == 1 ? at(x, t, 0) : 1e-20F * at(x, t + 1, 0); });
        case ModelKind::constant:
            return full<3>({1, 3, 2}, 1);
        case ModelKind::nan_in_even_rows:
            return answer_of(length, variates, [&](Row t, std::size_t v) {
                return t % 2 == 0 ? std::numeric_limits<float>::quiet_NaN() : at(x, t, v) + at(x, t - 1, v);
            });
        case ModelKind::signed_zeros:
            return answer_of(length, variates, [&](Row t, std::size_t v) { return std::copysign(0.0F, at(x, t, v)); });
        case ModelKind::two_entries:
            return full<3>({2, length, variates}, 1);
        case ModelKind::longer_each_time:
            return full<3>({1, questions, variates}, 1);
        case ModelKind::refuses:
            break;
    }
    throw std::out_of_range("this model refuses to answer");
}

probes::Dependencies ask_dependencies(ModelKind kind, const Tensor<3>& x, float step) {
    constexpr std::size_t most_kept = 1000;
    const Tensor<3> before = x;
    probes::Dependencies result;
    std::size_t questions = 0;
    result.depends = dependencies(
        [&](const Tensor<3>& asked) {
            if (result.questions.size() < most_kept) result.questions.push_back(asked);
            if (asked.shape() != before.shape())
                throw std::runtime_error("the model was asked in another shape than x's");
            return answer(kind, asked, ++questions);
        },
        x, step);
    if (x.size() > 0 && std::memcmp(x.data(), before.data(), x.size() * sizeof(float)) != 0)
        throw std::runtime_error("dependencies() has changed the caller's x");
    return result;
}

}  // namespace

WB_BIND(masks) {
    worker.bind(probes::causal_mask, &causal_mask);
    worker.bind(probes::forecast_mask, &forecast_mask);
    worker.bind(probes::observed_mask, &observed_mask);
    worker.bind(probes::dependencies, &ask_dependencies);
    worker.bind(probes::first_leak, &first_leak);
}

}  // namespace wb
