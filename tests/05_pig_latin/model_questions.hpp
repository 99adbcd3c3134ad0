/// @file
/// What the tests of exercises 5.2, 5.4 and 5.5 share: questions from cases, and judgements of the answers.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "judge/gradients.hpp"
#include "judge/judge.hpp"
#include "judge/weights.hpp"
#include "model_case.hpp"
#include "model_probes.hpp"
#include "translator_case.hpp"

namespace wb {

// Along any path from input to output stand at most some 20 sums of up to 32 terms, each rounded to about 32^0.5 * 6e-8 = 3e-7 of
// its size; errors that differ in sign grow by the root of their number, to 1.5e-6 of the largest. 1e-5 leaves a factor of 6.
constexpr Tolerance of_model{.absolute = 1e-6, .of_largest = 1e-5};

inline probes::LayerQuestion layer_question(const Case& c, const ParameterShapes& shapes) {
    probes::LayerQuestion question{
        read_parameters(c, "parameter", shapes), c.in<3>("x"), {}, c.number("causal") != 0, true, c.in<3>("d_out")};
    if (c.has_in("memory")) question.memory = c.in<3>("memory");
    return question;
}

inline ParameterShapes stack_shapes_of(const Case& c) {
    return stack_shapes("", options_of(c).hidden, options_of(c).layers, c.has_in("annotations"));
}

inline probes::StackQuestion stack_question(const Case& c) {
    probes::StackQuestion question{read_parameters(c, "parameter", stack_shapes_of(c)),
                                   options_of(c),
                                   c.in<2, int>("tokens"),
                                   {},
                                   true,
                                   c.in<3>("d_out")};
    if (c.has_in("annotations")) question.annotations = c.in<3>("annotations");
    return question;
}

/// Each row of each entry is not negative and sums to 1.
inline void expect_rows_sum_to_one(const std::vector<Tensor<3>>& weights, const std::string& what) {
    for (std::size_t layer = 0; layer < weights.size(); ++layer) {
        const Tensor<3>& all = weights[layer];
        for (std::size_t row = 0; row < all.size() / std::max<std::size_t>(all.shape(2), 1); ++row) {
            double total = 0;
            bool negative = false;
            for (std::size_t j = 0; j < all.shape(2); ++j) {
                const float weight = all.data()[row * all.shape(2) + j];
                total += static_cast<double>(weight);
                negative = negative || !(weight >= 0);
            }
            // up to 32 weights, each rounded to 6e-8 of itself
            ASSERT_NEAR(total, 1, 1e-5) << what << " of layer " << layer << ": row " << row << " does not sum to 1";
            ASSERT_FALSE(negative) << what << " of layer " << layer << ": row " << row << " has a negative weight";
        }
    }
}

/// The weights of every layer against the case's.
inline void expect_maps(const std::vector<Tensor<3>>& got, const Case& c, const std::string& kind, std::size_t layers) {
    ASSERT_EQ(got.size(), layers) << c.name() << ": one entry a layer is due in the list of " << kind
                                  << " weights, and nothing from before the call";
    for (std::size_t n = 0; n < layers; ++n) expect_close(got[n], c, kind + "." + std::to_string(n), of_model);
}

/// Row `b` of a batch, as a batch of one.
template <std::size_t N, class Real>
Tensor<N, Real> only_row(const Tensor<N, Real>& x, std::size_t b) {
    auto shape = x.shape();
    const std::size_t size = x.size() / shape[0];
    shape[0] = 1;
    Tensor<N, Real> row(shape);
    std::copy_n(x.data() + b * size, size, row.data());
    return row;
}

/// x with its places (axis 1) in another order: place t of the result is place order[t] of x.
inline Tensor<3> reordered(const Tensor<3>& x, const std::vector<std::size_t>& order) {
    Tensor<3> result(x.shape());
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t t = 0; t < x.shape(1); ++t) {
            for (std::size_t channel = 0; channel < x.shape(2); ++channel)
                result(b, t, channel) = x(b, order[t], channel);
        }
    }
    return result;
}

/// Last place first.
inline std::vector<std::size_t> backwards(std::size_t length) {
    std::vector<std::size_t> order;
    for (std::size_t t = length; t > 0; --t) order.push_back(t - 1);
    return order;
}

}  // namespace wb
