/// @file
/// The picture of a translation. Given code, for the demo `translate`.
#pragma once

#include <filesystem>

#include "attention_maps.hpp"

namespace wb::demo {

/// Draws where the model looked in the word when it wrote each letter: the cross-attention of every layer, a row for each token
/// written, a column for each token read.
/// @param path  ends in .png or .svg
/// @throws as write_heat_maps does
void draw_attention(const std::filesystem::path& path, const AttentionMaps& maps);

}  // namespace wb::demo
