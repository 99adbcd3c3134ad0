/// @file
/// The sheets of the demo `vit`: what a model sees, what its heads look at, and how that flows up to the class token. Given code.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "cls_attention.hpp"
#include "demo_vit_model.hpp"
#include "rollout.hpp"
#include "wb/tensor.hpp"

namespace wb::demo {

/// Over which numbers the colours of a sheet run.
enum class Scale : std::uint8_t {
    panel,  ///< each panel's own: one sees where it looks
    sheet   ///< the whole sheet's: one colour is one number
};

/// A picture in the size that a panel has: its longest side as close to `side` as it gets. Small pictures are enlarged pixel by pixel, so
/// that one sees the pixels that there are; large ones are resized.
/// @param photo  as read_photo gives it
/// @return       [height, width, 3]
Tensor<3, std::uint8_t> fit_photo(const Tensor<3, std::uint8_t>& photo, std::size_t side);

/// The picture, and the picture as the model gets it.
void draw_seen(const std::filesystem::path& path, const std::string& title, const Tensor<3, std::uint8_t>& photo,
               const Look& look);

/// A row a layer, a column a head: the photo under what the class token looks at (exercise 4.6).
void draw_maps(const std::filesystem::path& path, const std::string& title, const Tensor<3, std::uint8_t>& photo,
               const Look& look, Scale scale);

/// The photo, and for each layer the photo under the patches' shares in the class token (exercise 4.7).
void draw_rollout(const std::filesystem::path& path, const std::string& title, const Tensor<3, std::uint8_t>& photo,
                  const Look& look, const RolloutOptions& options, Scale scale);

}  // namespace wb::demo
