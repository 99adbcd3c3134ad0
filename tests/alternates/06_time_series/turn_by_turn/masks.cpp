/// @file
/// Exercise 6.4 another way: masks row by row with fills, all questions before
/// any comparison, whole rows in bytes, the last row first.
#include "masks.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "wb/errors.hpp"

namespace wb {

Tensor<2, std::uint8_t> causal_mask(std::size_t q_len, std::size_t kv_len) {
    Tensor<2, std::uint8_t> mask = zeros<2, std::uint8_t>({q_len, kv_len});
    for (std::size_t from_end = 0; from_end < q_len; ++from_end) {  // the last query sees all, each before it one less
        if (from_end >= kv_len) break;
        std::fill_n(mask.data() + (q_len - 1 - from_end) * kv_len, kv_len - from_end, std::uint8_t{1});
    }
    return mask;
}

Tensor<2, std::uint8_t> forecast_mask(std::size_t known, std::size_t horizon) {
    Tensor<2, std::uint8_t> mask = causal_mask(known + horizon, known + horizon);
    for (std::size_t i = 0; i < known; ++i) std::fill_n(mask.data() + i * (known + horizon), known, std::uint8_t{1});
    return mask;
}

Tensor<3, std::uint8_t> observed_mask(const Tensor<2, std::uint8_t>& observed, const Tensor<2, std::uint8_t>& allowed) {
    if (allowed.shape(1) != observed.shape(1))
        throw ShapeError("a mask " + shape_text(allowed) + " is for other keys than those observed, " +
                         shape_text(observed));
    Tensor<3, std::uint8_t> mask(std::array<std::size_t, 3>{observed.shape(0), allowed.shape(0), allowed.shape(1)});
    std::uint8_t* out = mask.data();
    for (std::size_t b = 0; b < observed.shape(0); ++b) {
        const std::uint8_t* keys = observed.data() + b * observed.shape(1);
        for (std::size_t i = 0; i < allowed.shape(0); ++i) {
            const std::uint8_t* row = allowed.data() + i * allowed.shape(1);
            out = std::transform(keys, keys + allowed.shape(1), row, out, std::logical_and<>());
        }
    }
    return mask;
}

Tensor<2, std::uint8_t> dependencies(const RowModel& model, const Tensor<3>& x, float step) {
    if (x.shape(0) != 1) throw ShapeError("x has " + std::to_string(x.shape(0)) + " entries, not one");
    const std::size_t length = x.shape(1), variates = x.shape(2);
    std::vector<Tensor<3>> questions;
    for (std::size_t s = length; s-- > 0;) {
        questions.push_back(x);
        for (std::size_t v = 0; v < variates; ++v) {
            float& number = questions.back()(0, s, v);
            number += step;
            if (number == x(0, s, v) || !std::isfinite(number))
                throw std::invalid_argument("row " + std::to_string(s) + " does not move by " + std::to_string(step));
        }
    }
    questions.push_back(x);
    std::vector<std::vector<std::string>> rows;  // [questions][out_length]: each row's bytes
    std::array<std::size_t, 3> shape{};
    for (const Tensor<3>& question : questions) {
        const Tensor<3> answer = model(question);
        if (rows.empty()) std::copy(answer.shape().begin(), answer.shape().end(), shape.begin());
        if (answer.shape(0) != 1 || !std::equal(shape.begin(), shape.end(), answer.shape().begin()))
            throw ShapeError("an answer " + shape_text(answer) + ", the first was " + shape_text(shape));
        const std::size_t bytes = shape[2] * sizeof(float);
        rows.emplace_back();
        for (std::size_t t = 0; t < shape[1]; ++t) {
            rows.back().emplace_back(bytes, '\0');
            if (bytes > 0) std::memcpy(rows.back().back().data(), answer.data() + t * shape[2], bytes);
        }
    }
    Tensor<2, std::uint8_t> depends = zeros<2, std::uint8_t>({shape[1], length});
    for (std::size_t t = 0; t < shape[1]; ++t) {
        for (std::size_t s = 0; s < length; ++s) depends(t, s) = rows[length - 1 - s][t] != rows[length][t] ? 1 : 0;
    }
    return depends;
}

Leak first_leak(const Tensor<2, std::uint8_t>& depends, const Tensor<2, std::uint8_t>& allowed) {
    if (depends.shape() != allowed.shape())
        throw ShapeError(shape_text(depends) + " against a mask " + shape_text(allowed));
    const auto [at, end] = std::mismatch(depends.data(), depends.data() + depends.size(), allowed.data(),
                                         [](std::uint8_t does, std::uint8_t may) { return does == 0 || may != 0; });
    const auto place = static_cast<std::size_t>(at - depends.data());
    if (place == depends.size()) return {};
    return {true, place / depends.shape(1), place % depends.shape(1)};
}

}  // namespace wb
