/// @file
/// Exercise 4.3: the vision transformer: a layer, and the whole. The layers are those of any encoder; what is new lies before them
/// (exercise 4.2) and behind: the answer is read from the class token alone.
///
///     x = x + attention(norm(x))                 pre-norm: the way from x_0 to the end is nothing but sums
///     x = x + W_2 gelu(W_1 norm(x))              gelu(z) = z Phi(z), with the exact normal distribution
///     logits = W norm(x_L)[CLS] + b              LayerNorms: epsilon keeps a row of variance 0 (hidden = 1, say) from 0 / 0
///
/// Its parameters bear the names of Hugging Face's checkpoints (google/vit-base-patch16-224 has 200 tensors), layers n = 0, 1, ..:
///
///     vit.embeddings.{cls_token, position_embeddings}, vit.embeddings.patch_embeddings.projection.{weight, bias}
///     vit.encoder.layer.n.{layernorm_before, layernorm_after}.{weight, bias}
///     vit.encoder.layer.n.attention.attention.{query, key, value}.{weight, bias}, vit.encoder.layer.n.attention.output.dense.{..}
///     vit.encoder.layer.n.{intermediate, output}.dense.{weight, bias}, vit.layernorm.{..}, classifier.{..}
///
/// Source: Dosovitskiy et al. 2021, equations 1 to 4; Hendrycks and Gimpel 2016 (GELU).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "patches.hpp"
#include "vit_options.hpp"
#include "wb/nn/layers.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// One layer of the encoder. A copy shares its parameters.
class VitLayer {
 public:
    /// Draws its parameters.
    VitLayer(const VitOptions& options, Random& random)
        : layernorm_before(options.hidden, options.layer_norm_epsilon),
          query(options.hidden, options.hidden, random),
          key(options.hidden, options.hidden, random),
          value(options.hidden, options.hidden, random),
          attention_output(options.hidden, options.hidden, random),
          layernorm_after(options.hidden, options.layer_norm_epsilon),
          intermediate(options.hidden, options.mlp, random),
          output(options.mlp, options.hidden, random),
          heads(options.heads) {}

    /// @param x        [batch, tokens, hidden]
    /// @param gates    [heads], or empty for 1 everywhere: what each head's output is multiplied by, before attention_output mixes
    ///                 the heads. 0 drops a head (exercise 4.10)
    /// @param weights  where not null, is set to the attention's weights, [batch, heads, tokens, tokens]
    /// @return         [batch, tokens, hidden]
    /// @throws ShapeError when the gates are neither none nor one a head
    Var<float> operator()(Var<float> x, std::span<const float> gates = {}, Var<float>* weights = nullptr) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "layernorm_before", layernorm_before);
        out.add_module(prefix, "attention.attention.query", query);
        out.add_module(prefix, "attention.attention.key", key);
        out.add_module(prefix, "attention.attention.value", value);
        out.add_module(prefix, "attention.output.dense", attention_output);
        out.add_module(prefix, "layernorm_after", layernorm_after);
        out.add_module(prefix, "intermediate.dense", intermediate);
        out.add_module(prefix, "output.dense", output);
    }

    LayerNorm<float> layernorm_before;   ///< in front of attention
    Linear<float> query, key, value;     ///< head h has rows h * head_dim and on
    Linear<float> attention_output;      ///< from all heads back to the width of the model
    LayerNorm<float> layernorm_after;    ///< in front of intermediate
    Linear<float> intermediate, output;  ///< into the inner part and out of it
    std::size_t heads;                   ///< of attention
};

/// The model. A copy shares its parameters.
class VisionTransformer {
 public:
    /// Draws the parameters: the embeddings' first, then layer after layer, the classifier's last.
    VisionTransformer(const VitOptions& shape, Random& random)
        : options(shape),
          embeddings(shape, random),
          layers(make_layers(shape, random)),
          layernorm(shape.hidden, shape.layer_norm_epsilon),
          classifier(shape.hidden, shape.classes, random) {}

    /// @param pixels     [batch, channels, image_size, image_size], normalised (exercise 4.1)
    /// @param gates      [layers, heads], or null: see VitLayer
    /// @param attention  where not null, is emptied and gets each layer's weights, [batch, heads, tokens, tokens]
    /// @return           logits, [batch, classes]
    /// @throws ShapeError as the parts do; also for gates of another shape
    /// @note   In Mode::infer no more than one layer's numbers are held at a time, but for the attention that is asked for.
    Var<float> operator()(Tape<float>& tape, const Tensor<4>& pixels, const Tensor<2>* gates = nullptr,
                          std::vector<Var<float>>* attention = nullptr) const;

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "vit.embeddings", embeddings);
        out.add_modules(prefix, "vit.encoder.layer", layers);
        out.add_module(prefix, "vit.layernorm", layernorm);
        out.add_module(prefix, "classifier", classifier);
    }

    VitOptions options;            ///< as it was made
    VitEmbeddings embeddings;      ///< from pixels to tokens
    std::vector<VitLayer> layers;  ///< one behind the other
    LayerNorm<float> layernorm;    ///< behind the last layer
    Linear<float> classifier;      ///< [classes, hidden]

 private:
    static std::vector<VitLayer> make_layers(const VitOptions& shape, Random& random) {
        std::vector<VitLayer> made;
        for (std::size_t n = 0; n < shape.layers; ++n) made.emplace_back(shape, random);
        return made;
    }
};

}  // namespace wb
