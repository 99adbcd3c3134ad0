/// @file
/// What the tests may ask of exercise 3.1: gates on numbers, and a module by its parameters.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

#include "head_gates.hpp"
#include "probe/probe.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// Gates of either shape: one number a head, or a row of them for each entry of the batch.
struct GateNumbers {
    std::vector<std::size_t> shape;  ///< [heads] or [batch, heads]; anything else is there to be refused
    std::vector<float> values;       ///< row-major
};
inline auto fields(GateNumbers& gates) {
    return std::tie(gates.shape, gates.values);
}

/// A result, and the gradients of sum(result * d_out) by what it was made of.
struct GateAnswer {
    Tensor<3> out;
    ModelWeights gradients;  ///< of "heads_out" and "gates"; of a module, of "x", "memory", "gates" and its parameters
    std::vector<Tensor<4>> weights;  ///< of a module: the attention's, when they were set
};
inline auto fields(GateAnswer& answer) {
    return std::tie(answer.out, answer.gradients, answer.weights);
}

/// heads_out [batch, tokens, columns], gates, d_out -> answer. Each input's gradient holds 1 before it is added to: the driver uses
/// each of them a second time, in sum(heads_out) + sum(gates).
inline const Probe<GateAnswer(Tensor<3>, GateNumbers, Tensor<3>)> gate_heads{"3.1/gate_heads"};

/// Which of the two inputs wants a gradient; the other is a constant.
struct Wanted {
    bool heads_out = true, gates = true;
};
inline auto fields(Wanted& wanted) {
    return std::tie(wanted.heads_out, wanted.gates);
}

/// The same on a tape that has done it before, with other numbers, and was reset: there each input is used once, so that its gradient has
/// memory of its own, in which anything may lie. Only gradients that are wanted come back, without the driver's 1.
inline const Probe<GateAnswer(Tensor<3>, GateNumbers, Tensor<3>, Wanted)> gate_heads_again{"3.1/gate_heads_again"};

/// The same in Mode::infer, where there is no gradient; only `out` is set.
inline const Probe<GateAnswer(Tensor<3>, GateNumbers)> gate_heads_infer{"3.1/gate_heads_infer"};

/// What is asked of a module.
struct GatedAttentionQuestion {
    std::size_t heads = 0, head_dim = 0;
    ModelWeights parameters;           ///< named as the module lists them
    Tensor<3> x;                       ///< [batch, q_len, d_model]
    std::optional<Tensor<3>> memory;   ///< [batch, kv_len, d_model]; none: x itself
    std::vector<int> key_lengths;      ///< [batch], or empty
    bool causal = false;               ///<
    std::optional<GateNumbers> gates;  ///<
    bool want_weights = false;         ///<
    std::optional<Tensor<3>> d_out;    ///< [batch, q_len, d_model]; none: Mode::infer
};
inline auto fields(GatedAttentionQuestion& question) {
    return std::tie(question.heads, question.head_dim, question.parameters, question.x, question.memory,
                    question.key_lengths, question.causal, question.gates, question.want_weights, question.d_out);
}

inline const Probe<GateAnswer(GatedAttentionQuestion)> prunable_attention{"3.1/prunable_attention"};

}  // namespace wb::probes
