/// @file
/// Photographs and other pictures of 8 bits a channel: PNG (palettes, interlacing and transparency included; of 16 bits the upper 8
/// are kept), JPEG (baseline and progressive) and BMP in, PNG out. A file is untrusted: what it claims is held against its size
/// before memory is taken, and what does not fit is a FileError. A JPEG's orientation tag is not applied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "wb/tensor.hpp"

namespace wb {

/// Larger pictures are refused before they are decoded: a model looks at a few hundred pixels a side.
inline constexpr std::size_t most_photo_side = 16'384;        ///< pixels
inline constexpr std::size_t most_photo_pixels = 64'000'000;  ///< width * height: 192 MB as RGB

/// A picture as its file has it.
/// @return [height, width, channels], row 0 on top; channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA
/// @throws FileError when the file cannot be read, is no such picture, is cut off, damaged or too large
Tensor<3, std::uint8_t> read_photo(const std::filesystem::path& path);

/// Decodes bytes that lie in memory. @param name  stands for the file's name in messages
Tensor<3, std::uint8_t> parse_photo(std::span<const std::byte> bytes, const std::string& name);

/// Writes a PNG, all or nothing.
/// @param path   ends in .png
/// @param photo  [height, width, channels], 1 to 4 channels, as read_photo gives it
/// @throws std::invalid_argument for another ending, an empty picture, one with other channels, or one that read_photo would refuse
/// @throws FileError when the file cannot be written
void write_photo(const std::filesystem::path& path, const Tensor<3, std::uint8_t>& photo);

}  // namespace wb
