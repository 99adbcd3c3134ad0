#include "prunable_vit.hpp"

#include <algorithm>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

/// @param pixels  [batch, channels, side, side]
/// @return        [batch, patches, channels * P * P], patches row by row
Tensor<3> patches_of(const Tensor<4>& pixels, std::size_t P) {
    const std::size_t batch = pixels.shape(0), channels = pixels.shape(1), side = pixels.shape(2), grid = side / P;
    Tensor<3> patches(std::array<std::size_t, 3>{batch, grid * grid, channels * P * P});
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t c = 0; c < channels; ++c) {
            for (std::size_t y = 0; y < side; ++y) {
                for (std::size_t column = 0; column < grid; ++column)
                    std::copy_n(&pixels(b, c, y, column * P), P,
                                &patches(b, y / P * grid + column, (c * P + y % P) * P));
            }
        }
    }
    return patches;
}

void require_options(const PrunableVitOptions& o) {
    if (o.patch_size == 0 || o.image_size % o.patch_size != 0 || o.heads == 0 || o.hidden % o.heads != 0)
        throw ShapeError("PrunableVit: patches of " + std::to_string(o.patch_size) + " must tile " +
                         std::to_string(o.image_size) + " pixels, and " + std::to_string(o.heads) +
                         " heads must divide a width of " + std::to_string(o.hidden));
}

}  // namespace

PrunableVitLayer::PrunableVitLayer(const PrunableVitOptions& options, Random& random)
    : layernorm_before(options.hidden, options.layer_norm_epsilon),
      attention(options.hidden, options.heads, options.hidden / options.heads, random),
      layernorm_after(options.hidden, options.layer_norm_epsilon),
      intermediate(options.hidden, options.mlp, random),
      output(options.mlp, options.hidden, random) {}

void PrunableVitLayer::list(ParameterList<float>& out, const std::string& prefix) const {
    out.add_module(prefix, "layernorm_before", layernorm_before);
    out.add_module(prefix, "attention.attention.query", attention.query);
    out.add_module(prefix, "attention.attention.key", attention.key);
    out.add_module(prefix, "attention.attention.value", attention.value);
    out.add_module(prefix, "attention.output.dense", attention.output);
    out.add_module(prefix, "layernorm_after", layernorm_after);
    out.add_module(prefix, "intermediate.dense", intermediate);
    out.add_module(prefix, "output.dense", output);
}

PrunableVit::PrunableVit(const PrunableVitOptions& shape, Random& random)
    : options((require_options(shape), shape)),
      cls_token(normal_parameter<float>({1, 1, shape.hidden}, random, 0.02)),
      position_embeddings(normal_parameter<float>(
          {1, 1 + (shape.image_size / shape.patch_size) * (shape.image_size / shape.patch_size), shape.hidden}, random,
          0.02)),
      projection_weight(
          normal_parameter<float>({shape.hidden, shape.channels, shape.patch_size, shape.patch_size}, random, 0.02)),
      projection_bias(normal_parameter<float>({shape.hidden}, random, 0.02)),
      layernorm(shape.hidden, shape.layer_norm_epsilon),
      classifier(shape.hidden, shape.classes, random) {
    for (std::size_t n = 0; n < shape.layers; ++n) layers.emplace_back(shape, random);
}

Var<float> PrunableVit::operator()(Tape<float>& tape, const Tensor<4>& pixels, const ModelUse& use) const {
    const std::size_t batch = pixels.shape(0), hidden = options.hidden, P = options.patch_size;
    if (pixels.shape(1) != options.channels || pixels.shape(2) != options.image_size ||
        pixels.shape(3) != options.image_size)
        throw ShapeError("PrunableVit: pixels " + shape_text(pixels) + " must be [batch, " +
                         std::to_string(options.channels) + ", " + std::to_string(options.image_size) + ", " +
                         std::to_string(options.image_size) + "]");
    const HeadSet heads_now = heads();
    const Var<float> weight = reshape(tape.use(*projection_weight), {hidden, options.channels * P * P});
    const Var<float> projected = linear(tape.constant(patches_of(pixels, P)), weight, tape.use(*projection_bias));
    const Var<float> cls = tape.constant(zeros<3>({batch, 1, hidden})) + reshape(tape.use(*cls_token), {1, hidden});
    Var<float> x = concat<float>({cls, projected}, 1);  // [batch, 1 + patches, hidden]
    x = x + reshape(tape.use(*position_embeddings), {x.shape()[1], hidden});
    for (std::size_t n = 0; n < layers.size(); ++n) {
        const PrunableVitLayer& layer = layers[n];
        const Var<float> normed = layer.layernorm_before(x);
        x = x + layer.attention(normed, normed, {}, use.of_module(heads_now, n));
        x = x + layer.output(layer.intermediate(layer.layernorm_after(x), Activation::gelu));
    }
    const Var<float> features = layernorm(reshape(slice(x, 1, 0, 1), {batch, hidden}));
    if (use.features != nullptr) *use.features = features;
    return classifier(features);
}

HeadSet PrunableVit::heads() const {
    HeadSet set;
    for (const PrunableVitLayer& layer : layers) set.heads.push_back(layer.attention.heads);
    return set;
}

std::vector<PrunableAttention*> PrunableVit::attentions() {
    std::vector<PrunableAttention*> modules;
    for (PrunableVitLayer& layer : layers) modules.push_back(&layer.attention);
    return modules;
}

void PrunableVit::list(ParameterList<float>& out, const std::string& prefix) const {
    out.add(prefix, "vit.embeddings.cls_token", cls_token);
    out.add(prefix, "vit.embeddings.position_embeddings", position_embeddings);
    out.add(prefix, "vit.embeddings.patch_embeddings.projection.weight", projection_weight);
    out.add(prefix, "vit.embeddings.patch_embeddings.projection.bias", projection_bias);
    out.add_modules(prefix, "vit.encoder.layer", layers);
    out.add_module(prefix, "vit.layernorm", layernorm);
    out.add_module(prefix, "classifier", classifier);
}

}  // namespace wb
