/// @file
/// The parameters and inputs of a multi-head module as part of a case file.
#pragma once

#include <array>
#include <string>

#include "hybrid.hpp"
#include "judge/case.hpp"
#include "mask_case.hpp"

namespace wb {

/// A question to exercises 2.2, 2.3 or 2.4: what a kind does not have is of size 0.
struct ModuleQuestion {
    HybridWeights weights;
    Tensor<3> query, key, value;
    Mask mask;

    [[nodiscard]] const AdditiveWeights& additive() const { return weights.additive; }
    [[nodiscard]] const MultiHeadWeights& projections() const { return weights.additive.projections; }
};

/// Writes a question into a case.
inline void put_question(grader::CaseWriter& writer, const ModuleQuestion& x) {
    const MultiHeadWeights& p = x.projections();
    writer.number("num_heads", static_cast<double>(p.num_heads));
    writer.in("w_query", p.w_query).in("w_key", p.w_key).in("w_value", p.w_value).in("w_output", p.w_output);
    if (p.biases) {
        writer.in("b_query", p.biases->query).in("b_key", p.biases->key);
        writer.in("b_value", p.biases->value).in("b_output", p.biases->output);
    }
    if (x.additive().score_vectors.size() > 0) writer.in("score_vectors", x.additive().score_vectors);
    if (x.weights.gates.size() > 0) writer.in("gates", x.weights.gates);
    writer.in("query", x.query).in("key", x.key).in("value", x.value);
    put_mask(writer, x.mask);
}

/// The question of a case.
inline ModuleQuestion question_of(const grader::Case& c) {
    ModuleQuestion x;
    MultiHeadWeights& p = x.weights.additive.projections;
    p.num_heads = static_cast<std::size_t>(c.number("num_heads"));
    p.w_query = c.in<2>("w_query");
    p.w_key = c.in<2>("w_key");
    p.w_value = c.in<2>("w_value");
    p.w_output = c.in<2>("w_output");
    if (c.has_in("b_query")) {
        p.biases = MultiHeadBiases{c.in<1>("b_query"), c.in<1>("b_key"), c.in<1>("b_value"), c.in<1>("b_output")};
    }
    if (c.has_in("score_vectors")) x.weights.additive.score_vectors = c.in<2>("score_vectors");
    if (c.has_in("gates")) x.weights.gates = c.in<1>("gates");
    x.query = c.in<3>("query");
    x.key = c.in<3>("key");
    x.value = c.in<3>("value");
    x.mask = mask_of(c);
    return x;
}

}  // namespace wb
