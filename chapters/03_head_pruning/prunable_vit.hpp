/// @file
/// A vision transformer whose heads can be gated and taken out. Given code: chapter 4 explains it, and trains what it loads.
///
/// Its parameters have the names of Hugging Face's checkpoints, so that chapter 4's file fits: datasets/vit/fashion_mnist.
/// Source: Dosovitskiy et al. 2021, equations 1 to 4.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "head_gates.hpp"
#include "model_use.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// What decides a model's shape. The defaults are those of chapter 4's model of Fashion-MNIST.
struct PrunableVitOptions {
    std::size_t image_size = 28;       ///< pixels a side
    std::size_t channels = 1;          ///< of a picture
    std::size_t patch_size = 4;        ///< divides image_size
    std::size_t hidden = 64;           ///< width of the model
    std::size_t layers = 4;            ///< one behind the other
    std::size_t heads = 4;             ///< a layer; divides hidden
    std::size_t mlp = 128;             ///< width of a layer's inner part
    std::size_t classes = 10;          ///< that it can tell apart
    double layer_norm_epsilon = 1e-6;  ///< of every layer norm
};

/// The members, in wire order.
inline auto fields(PrunableVitOptions& options) {
    return std::tie(options.image_size, options.channels, options.patch_size, options.hidden, options.layers,
                    options.heads, options.mlp, options.classes, options.layer_norm_epsilon);
}

/// One layer: x + attention(norm(x)), then x + W_2 gelu(W_1 norm(x)).
struct PrunableVitLayer {
    PrunableVitLayer(const PrunableVitOptions& options, Random& random);  ///< Draws its parameters.
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const;

    LayerNorm<float> layernorm_before;   ///< in front of attention
    PrunableAttention attention;         ///< of all patches and the class token
    LayerNorm<float> layernorm_after;    ///< in front of intermediate
    Linear<float> intermediate, output;  ///< into the inner part and out of it
};

/// The model. A copy shares its parameters, but has attention modules of its own: heads taken out of a copy stay in the original.
class PrunableVit {
 public:
    /// @throws ShapeError when patches do not tile a picture, or heads do not divide the width
    PrunableVit(const PrunableVitOptions& shape, Random& random);

    /// @param pixels  [batch, channels, image_size, image_size], normalised
    /// @return        logits, [batch, classes]; use.features: [batch, hidden], of the class token
    /// @throws ShapeError for other pixels
    Var<float> operator()(Tape<float>& tape, const Tensor<4>& pixels, const ModelUse& use = {}) const;
    /// The heads there are: a module a layer.
    [[nodiscard]] HeadSet heads() const;
    /// The modules themselves, in that order; not owned.
    [[nodiscard]] std::vector<PrunableAttention*> attentions();
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const;

    PrunableVitOptions options;               ///< as it was made
    ParameterPtr<float> cls_token;            ///< [1, 1, hidden]
    ParameterPtr<float> position_embeddings;  ///< [1, 1 + patches, hidden]
    ParameterPtr<float> projection_weight;    ///< [hidden, channels, patch_size, patch_size]
    ParameterPtr<float> projection_bias;      ///< [hidden]
    std::vector<PrunableVitLayer> layers;     ///< one behind the other
    LayerNorm<float> layernorm;               ///< behind the last layer
    Linear<float> classifier;                 ///< [classes, hidden]
};

}  // namespace wb
