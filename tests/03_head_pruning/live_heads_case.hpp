/// @file
/// Questions of exercise 3.10's first part, as the case maker writes them and as the tests ask them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "judge/case.hpp"
#include "kernel_probes.hpp"
#include "wb/tensor.hpp"

namespace wb {

inline Tensor<1, std::int32_t> as_tensor(const std::vector<std::int32_t>& numbers) {
    Tensor<1, std::int32_t> result(std::array<std::size_t, 1>{numbers.size()});
    std::copy(numbers.begin(), numbers.end(), result.begin());
    return result;
}

/// Whether head h of entry b is in the list.
inline bool is_live(const probes::LiveHeadsQuestion& question, std::size_t b, std::size_t h) {
    const auto pair = static_cast<std::int32_t>(b) * question.heads + static_cast<std::int32_t>(h);
    return std::find(question.live.begin(), question.live.end(), pair) != question.live.end();
}

/// Calls `visit(number)` for each number of [batch, tokens, heads * head_dim] that belongs to no pair of the list.
template <class Visit>
void each_dead(const probes::LiveHeadsQuestion& question, Tensor<3>& x, const Visit& visit) {
    const std::size_t head_dim = x.shape(2) / static_cast<std::size_t>(question.heads);
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t t = 0; t < x.shape(1); ++t) {
            for (std::size_t c = 0; c < x.shape(2); ++c) {
                if (!is_live(question, b, c / head_dim)) visit(x(b, t, c));
            }
        }
    }
}

/// What `out` holds before: numbers of all kinds, and NaN where the kernel is to write.
inline Tensor<3> before_of(const probes::LiveHeadsQuestion& question) {
    Tensor<3> before = full<3>({question.q.shape(0), question.q.shape(1), question.q.shape(2)},
                               std::numeric_limits<float>::quiet_NaN());
    float next = -30;
    each_dead(question, before, [&](float& number) { number = next++; });
    return before;
}

inline probes::LiveHeadsQuestion live_heads_question(const grader::Case& c) {
    const auto numbers = [&](const char* key) {
        const Tensor<1, std::int32_t> values = c.in<1, std::int32_t>(key);
        return std::vector<std::int32_t>(values.begin(), values.end());
    };
    probes::LiveHeadsQuestion question;
    question.q = c.in<3>("q");
    question.k = c.in<3>("k");
    question.v = c.in<3>("v");
    question.heads = static_cast<std::int32_t>(c.number("heads"));
    question.live = numbers("live");
    question.key_lengths = numbers("key_lengths");
    question.causal = c.number("causal") != 0;
    question.before = before_of(question);
    return question;
}

}  // namespace wb
