/// @file
/// The trusted model of chapter 4: a vision transformer in float64 and plain loops, which takes a submission's parameters by name.
/// It computes what exercises 4.2 and 4.3 should return, and with it the judge grades weights that a submission has trained.
/// Independent of solutions/ and of wb/autograd; checked against PyTorch (vit_oracle_test.cpp).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "04_vit/vit_shapes.hpp"
#include "nudge.hpp"
#include "vit_options.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes that students make, one at a time.
struct VitFlaws {
    bool columns_first = false;         ///< patches counted column by column
    bool channels_innermost = false;    ///< a patch holds r g b r g b ..
    bool patch_transposed = false;      ///< a patch column by column inside
    bool cls_last = false;              ///< the class token behind the patches (and read there)
    bool no_cls = false;                ///< zeros in the class token's place
    bool no_projection_bias = false;    ///<
    bool no_positions = false;          ///<
    bool positions_on_patches = false;  ///< the class token gets none
    bool post_norm = false;             ///< x = norm(x + attention(x))
    bool no_norm_before = false;        ///< attention(x) in place of attention(norm(x))
    bool no_norm_after = false;         ///< mlp(x) in place of mlp(norm(x))
    bool first_norm_twice = false;      ///< layernorm_before in both places
    bool query_not_normed = false;      ///< the query reads x
    bool swaps_key_and_value = false;   ///<
    bool unscaled = false;              ///< scores without 1 / sqrt(head_dim)
    bool scaled_by_hidden = false;      ///< 1 / sqrt(hidden)
    bool heads_interleaved = false;     ///< head h has columns h, h + heads, ..
    bool no_attention_output = false;   ///< the heads' outputs are added as they are
    bool gates_ignored = false;         ///<
    bool gates_on_output = false;       ///< gates behind attention_output, where heads are mixed
    bool gates_on_weights = false;      ///< what is shown are the weights times the gates
    bool attention_replaces = false;    ///< x = attention(norm(x))
    bool mlp_replaces = false;          ///< x = mlp(norm(x))
    bool residual_of_normed = false;    ///< norm(x) + attention(norm(x))
    bool mlp_on_old = false;            ///< the MLP reads the x that attention has not added to
    bool tanh_gelu = false;             ///< the tanh form
    bool relu = false;                  ///< in place of GELU
    bool no_gelu = false;               ///<
    bool large_epsilon = false;         ///< 1e-5 in place of the options'
    bool last_layer_only = false;       ///< every layer reads the embeddings
    bool first_layer_repeated = false;  ///< the first layer's parameters in all layers
    bool no_final_norm = false;         ///<
    bool mean_of_tokens = false;        ///< the mean over all tokens in place of the class token
    bool mean_of_patches = false;       ///< the mean over the patches in place of the class token
    bool last_token = false;            ///< the last patch in place of the class token
    bool softmaxed_logits = false;      ///< probabilities in place of logits
};

/// Exercise 4.2's patchify. [batch, patches, channels * P * P]
Tensor<3, double> patches(const Tensor<4>& pixels, std::size_t patch_size, const VitFlaws& flaws = {});

/// A matrix product's parameters.
struct VitDense {
    std::size_t in = 0, out = 0;
    std::vector<double> weight;  ///< [in, out]: transposed, so that the inner loop runs over outputs
    std::vector<double> bias;    ///< [out]
};

/// A norm's parameters.
struct VitNorm {
    std::vector<double> weight, bias;
};

/// A layer's parameters.
struct VitLayerTables {
    VitNorm before, after;
    VitDense query, key, value, attention_output, intermediate, output;
};

/// The model.
class Vit {
 public:
    /// @throws std::invalid_argument naming the parameter when one is missing, of another shape, or not finite; or for options
    ///         of which no model can be made
    Vit(const ModelWeights& weights, const VitOptions& options, const VitFlaws& flaws = {}, const Nudge& nudge = {});

    /// @return [batch, tokens, hidden]
    [[nodiscard]] Tensor<3, double> embed(const Tensor<4>& pixels) const;
    /// One layer.
    /// @param x          [batch, any number of tokens, hidden]
    /// @param gates      [heads], or empty
    /// @param attention  where not null, is set to the weights, [batch, heads, tokens, tokens]
    [[nodiscard]] Tensor<3, double> layer(std::size_t n, const Tensor<3, double>& x, std::span<const float> gates = {},
                                          Tensor<4, double>* attention = nullptr) const;
    /// @param gates      [layers, heads], or null
    /// @param attention  where not null, is set to each layer's weights
    /// @return           [batch, classes]
    [[nodiscard]] Tensor<2, double> logits(const Tensor<4>& pixels, const Tensor<2>* gates = nullptr,
                                           std::vector<Tensor<4, double>>* attention = nullptr) const;

 private:
    [[nodiscard]] Tensor<3, double> norm(const Tensor<3, double>& x, const VitNorm& norm) const;
    [[nodiscard]] Tensor<3, double> attend(const VitLayerTables& tables, const Tensor<3, double>& asking,
                                           const Tensor<3, double>& asked, std::span<const float> gates,
                                           Tensor<4, double>* attention) const;
    [[nodiscard]] Tensor<3, double> mlp(const VitLayerTables& tables, const Tensor<3, double>& x) const;
    [[nodiscard]] std::vector<double> summary(const Tensor<3, double>& x, std::size_t b) const;

    VitOptions options_;
    VitFlaws flaws_;
    std::vector<double> cls_, positions_;
    VitDense projection_, classifier_;
    std::vector<VitLayerTables> layers_;
    VitNorm final_norm_;
};

}  // namespace wb::oracle
