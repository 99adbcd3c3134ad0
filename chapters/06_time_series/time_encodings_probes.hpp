/// @file
/// What the tests may ask of exercise 6.3.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

#include "probe/probe.hpp"
#include "time_encodings.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// times -> [times, 4]
inline const Probe<Tensor<2>(std::vector<Timestamp>)> calendar_features{"6.3/calendar_features"};

/// values, period, harmonics -> [values, 2 harmonics]
inline const Probe<Tensor<2>(std::vector<double>, double, std::size_t)> cyclic_features{"6.3/cyclic_features"};

/// What is asked of an embedding.
struct TokenQuestion {
    std::size_t variates = 0, features = 0, d_model = 0;  ///< of the module
    ModelWeights parameters;                              ///< named as the module lists them
    NamedWeights x;         ///< [batch, length, variates]; any other shape is there to be refused
    NamedWeights calendar;  ///< [batch, length, features]
    std::size_t first = 0;
    std::optional<Tensor<3>> d_out;  ///< [batch, length, d_model]; none: Mode::infer
};
inline auto fields(TokenQuestion& question) {
    return std::tie(question.variates, question.features, question.d_model, question.parameters, question.x,
                    question.calendar, question.first, question.d_out);
}

/// The tokens, and the gradients of sum(tokens * d_out).
struct TokenAnswer {
    Tensor<3> tokens;
    ModelWeights gradients;  ///< of the parameters, "x" and "features"; none in Mode::infer
};
inline auto fields(TokenAnswer& answer) {
    return std::tie(answer.tokens, answer.gradients);
}

/// It is an error if x, features or a parameter is another after the call.
inline const Probe<TokenAnswer(TokenQuestion)> time_embedding{"6.3/time_embedding"};

}  // namespace wb::probes
