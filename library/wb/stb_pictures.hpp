/// @file
/// stb_image and stb_image_write behind a narrow door: PNG, JPEG and BMP from memory, PNG to memory; used by photo.cpp only, which
/// checks files before they come here. Safe to call from several threads. No xtensor here: the file compiles stb, and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace wb::detail {

/// What a picture's first bytes promise.
struct PictureSize {
    std::size_t width = 0, height = 0;  ///< pixels
    std::size_t channels = 0;           ///< 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA
};

/// Bytes from malloc.
struct FreeMemory {
    void operator()(std::uint8_t* memory) const;
};
using Pixels = std::unique_ptr<std::uint8_t[], FreeMemory>;

/// Reads the size, decodes nothing.
/// @param why_not  set to stb's reason, e.g. "bad png sig", when the answer is false
bool picture_size(std::span<const std::byte> bytes, PictureSize& size, std::string& why_not);

/// Decodes to 8 bits a channel (of 16, the upper 8), row by row from the top.
/// @param most_memory  bytes: a file that asks for more in one piece than this is refused
/// @param size         set to what the pixels are
/// @return             height * width * channels bytes, or null and stb's reason in `why_not`
Pixels decode_picture(std::span<const std::byte> bytes, std::size_t most_memory, PictureSize& size,
                      std::string& why_not);

/// Encodes as PNG. @param pixels  height * width * channels bytes @return nothing when memory is short
std::vector<std::byte> encode_png(std::span<const std::uint8_t> pixels, const PictureSize& size);

}  // namespace wb::detail
