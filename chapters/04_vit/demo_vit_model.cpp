#include "demo_vit_model.hpp"

#include <algorithm>

#include "picture_input.hpp"
#include "vit_checkpoint.hpp"

namespace wb::demo {
namespace {

Tensor<4> input_of(const LoadedVit& vit, const Tensor<3, std::uint8_t>& photo) {
    return vit_input(photo, {.image_size = vit.config.options.image_size,
                             .channels = vit.config.options.channels,
                             .mean = vit.config.mean,
                             .standard_deviation = vit.config.deviation});
}

}  // namespace

LoadedVit read_vit(const std::filesystem::path& folder) {
    VitConfig config = read_vit_config(folder);
    Random random(0);  // drawn, and then replaced
    VisionTransformer model(config.options, random);
    load_checkpoint(folder / "model.safetensors", model);
    return {std::move(config), std::move(model)};
}

Look look_at(const LoadedVit& vit, const Tensor<3, std::uint8_t>& photo) {
    const VitOptions& options = vit.config.options;
    const Tensor<4> pixels = input_of(vit, photo);
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

Tensor<3, std::uint8_t> photo_of(const LabelledPictures& set, std::size_t number) {
    Tensor<3, std::uint8_t> photo(
        std::array<std::size_t, 3>{set.pictures.shape(1), set.pictures.shape(2), set.pictures.shape(3)});
    std::copy_n(set.pictures.data() + number * photo.size(), photo.size(), photo.data());
    return photo;
}

Tensor<4> inputs_of(const LoadedVit& vit, const LabelledPictures& set, std::size_t begin, std::size_t end) {
    const VitOptions& options = vit.config.options;
    Tensor<4> inputs({end - begin, options.channels, options.image_size, options.image_size});
    for (std::size_t n = begin; n < end; ++n) {
        const Tensor<4> one = input_of(vit, photo_of(set, n));
        std::copy_n(one.data(), one.size(), inputs.data() + (n - begin) * one.size());
    }
    return inputs;
}

}  // namespace wb::demo
