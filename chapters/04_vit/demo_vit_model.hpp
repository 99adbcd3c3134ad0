/// @file
/// A vision transformer from a folder in Hugging Face's layout, one look of it at a picture, and pictures as it takes them. Given code,
/// for the demo `vit`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "vit.hpp"
#include "vit_config.hpp"
#include "wb/labelled_pictures.hpp"
#include "wb/tensor.hpp"

namespace wb::demo {

/// A model, and what is known of it.
struct LoadedVit {
    VitConfig config;
    VisionTransformer model;
};

/// @param folder  with model.safetensors, config.json and preprocessor_config.json
/// @throws FileError as read_vit_config and load_checkpoint do
LoadedVit read_vit(const std::filesystem::path& folder);

/// What a model makes of a picture.
struct Look {
    Tensor<1> logits;                  ///< [classes]
    std::vector<Tensor<4>> attention;  ///< of each layer, [1, heads, tokens, tokens]
    Tensor<3, std::uint8_t> seen;      ///< [image_size, image_size, 3]: the picture as the model gets it
};

/// @param photo  as read_photo gives it
Look look_at(const LoadedVit& vit, const Tensor<3, std::uint8_t>& photo);

/// One of a set, as read_photo would give it: [height, width, channels].
Tensor<3, std::uint8_t> photo_of(const LabelledPictures& set, std::size_t number);

/// Pictures begin .. end - 1 of a set, as the model takes them: [end - begin, channels, image_size, image_size].
Tensor<4> inputs_of(const LoadedVit& vit, const LabelledPictures& set, std::size_t begin, std::size_t end);

}  // namespace wb::demo
