/// @file
/// What the tests may ask of exercise 4.2.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>

#include "patches.hpp"
#include "probe/probe.hpp"
#include "vit_options.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb::probes {

/// What is asked of the embeddings.
struct EmbeddingsQuestion {
    VitOptions options;
    ModelWeights weights;            ///< all of their parameters, named as they list them
    Tensor<4> pixels;                ///< [batch, channels, height, width]
    std::optional<Tensor<3>> d_out;  ///< of the result's shape: then gradients of sum(out * d_out) are wanted
};

/// The members, in wire order.
inline auto fields(EmbeddingsQuestion& question) {
    return std::tie(question.options, question.weights, question.pixels, question.d_out);
}

/// What they answer.
struct EmbeddingsAnswer {
    Tensor<3> out;
    ModelWeights gradients;   ///< with d_out: of each parameter
    ModelWeights parameters;  ///< after all that
};

/// The members, in wire order.
inline auto fields(EmbeddingsAnswer& answer) {
    return std::tie(answer.out, answer.gradients, answer.parameters);
}

/// pixels, patch_size -> patches
inline const Probe<Tensor<3>(Tensor<4>, std::size_t)> patchify{"4.2/patchify"};

/// positions, old_height, old_width, new_height, new_width -> positions
inline const Probe<Tensor<2>(Tensor<2>, std::size_t, std::size_t, std::size_t, std::size_t)> interpolate_positions{
    "4.2/interpolate_positions"};

inline const Probe<EmbeddingsAnswer(EmbeddingsQuestion)> embeddings{"4.2/embeddings"};

}  // namespace wb::probes
