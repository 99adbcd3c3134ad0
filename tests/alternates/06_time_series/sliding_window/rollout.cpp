/// @file
/// Exercise 6.9 another way: one window that slides in place, answers row by row, the sum by its powers, the number of questions beforehand.
#include "rollout.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {
namespace {

/// Drops every entry's oldest row and puts row `t` of `from` behind the others.
void slide(Tensor<3>& window, const Tensor<3>& from, std::size_t t) {
    const std::size_t lookback = window.shape(1), variates = window.shape(2);
    for (std::size_t b = 0; b < window.shape(0) && lookback > 0; ++b) {
        float* entry = window.data() + b * lookback * variates;
        std::copy(entry + variates, entry + lookback * variates, entry);
        const float* row = from.data() + (b * from.shape(1) + t) * variates;
        std::copy_n(row, variates, entry + (lookback - 1) * variates);
    }
}

void write_row(const Tensor<3>& from, std::size_t t, Tensor<3>& to, std::size_t place) {
    for (std::size_t v = 0; v < to.shape(2); ++v) {
        for (std::size_t b = 0; b < to.shape(0); ++b) to(b, place, v) = from(b, t, v);
    }
}

[[noreturn]] void refuse(const std::string& what, const Tensor<3>& answer, const Tensor<3>& other) {
    throw ShapeError(what + ": an answer " + shape_text(answer) + " does not go with " + shape_text(other));
}

void check(const Tensor<3>& answer, const Tensor<3>& first, const Tensor<3>& past) {
    if (answer.shape(0) != past.shape(0)) refuse("batch", answer, past);
    if (answer.shape(1) == 0) refuse("no rows", answer, past);
    if (answer.shape(2) != past.shape(2)) refuse("variates", answer, past);
    if (answer.shape(1) != first.shape(1)) refuse("rows", answer, first);
}

}  // namespace

Tensor<3> roll_out(const NextRows& model, const Tensor<3>& past, std::size_t horizon) {
    Tensor<3> forecast = full<3>({past.shape(0), horizon, past.shape(2)}, std::numeric_limits<float>::quiet_NaN());
    if (horizon == 0) return forecast;
    Tensor<3> window = past;
    const Tensor<3> first = model(past);
    check(first, first, past);
    const std::size_t steps = first.shape(1), questions = (horizon + steps - 1) / steps;
    Tensor<3> answer = first;
    for (std::size_t n = 0; n < questions; ++n) {
        if (n > 0) answer = model(window);
        check(answer, first, past);
        for (std::size_t t = 0; t < steps; ++t) {
            if (n * steps + t < horizon) write_row(answer, t, forecast, n * steps + t);
            slide(window, answer, t);
        }
    }
    return forecast;
}

Tensor<3> one_step_ahead(const NextRows& model, const Tensor<3>& past, const Tensor<3>& future) {
    if (future.shape(0) != past.shape(0) || future.shape(2) != past.shape(2)) refuse("the future", future, past);
    Tensor<3> forecast = future, window = past, first;
    for (std::size_t h = 0; h < future.shape(1); ++h) {
        if (h > 0) slide(window, future, h - 1);
        const Tensor<3> answer = model(window);
        if (h == 0) first = answer;
        check(answer, first, past);
        write_row(answer, 0, forecast, h);
    }
    return forecast;
}

Tensor<1, double> autoregressive_error(double phi, double variance, std::size_t horizon) {
    constexpr double largest = std::numeric_limits<double>::max();
    if (!(phi >= -largest && phi <= largest)) throw std::invalid_argument("phi = " + std::to_string(phi));
    if (!(variance >= 0 && variance <= largest))
        throw std::invalid_argument("variance = " + std::to_string(variance) + " is none");
    Tensor<1, double> errors = zeros<1, double>({horizon});
    double share = variance;  // of the noise h steps ago, in the error of today
    for (std::size_t h = 0; h < horizon && variance > 0; ++h, share = share * phi * phi)
        errors(h) = h == 0 ? share : errors(h - 1) + share;
    return errors;
}

}  // namespace wb
