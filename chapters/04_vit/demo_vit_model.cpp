#include "demo_vit_model.hpp"

#include <algorithm>

#include "picture_input.hpp"
#include "vit_checkpoint.hpp"

namespace wb::demo {

LoadedVit read_vit(const std::filesystem::path& folder) {
    VitConfig config = read_vit_config(folder);
    Random random(0);  // drawn, and then replaced
    VisionTransformer model(config.options, random);
    load_checkpoint(folder / "model.safetensors", model);
    return {std::move(config), std::move(model)};
}

Look look_at(const LoadedVit& vit, const Tensor<3, std::uint8_t>& photo) {
    const VitOptions& options = vit.config.options;
    const Tensor<4> pixels = vit_input(photo, {.image_size = options.image_size,
                                               .channels = options.channels,
                                               .mean = vit.config.mean,
                                               .standard_deviation = vit.config.deviation});
    Tape<float> tape(Mode::infer);
    std::vector<Var<float>> attention;
    const Tensor<2> logits = vit.model(tape, pixels, nullptr, &attention).tensor<2>();
    Look look;
    look.logits = Tensor<1>(std::array<std::size_t, 1>{options.classes});
    std::copy(logits.begin(), logits.end(), look.logits.begin());
    for (const Var<float> weights : attention) look.attention.push_back(weights.tensor<4>());
    const Tensor<3, std::uint8_t> seen = options.channels == 1 ? as_grey(photo) : as_rgb(photo);
    look.seen = as_rgb(resize_bilinear(seen, options.image_size, options.image_size));
    return look;
}

}  // namespace wb::demo
