#include "wb/photo.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"
#include "wb/jpeg_segments.hpp"
#include "wb/stb_pictures.hpp"

namespace wb {
namespace {

constexpr const char* save_as_png = "Open it in another program and save it as PNG";

/// A file's first bytes, the format that they mean, and whether we read it.
struct Format {
    std::string_view begins;
    const char* name;
    bool read;
};
constexpr Format formats[] = {{"\x89PNG\r\n\x1a\n", "PNG", true},
                              {"\xff\xd8\xff", "JPEG", true},
                              {"BM", "BMP", true},
                              {"GIF8", "GIF", false},
                              {"II*\0", "TIFF", false},
                              {"MM\0*", "TIFF", false},
                              {"RIFF", "WebP", false},
                              {"%PDF", "PDF", false},
                              {"<svg", "SVG", false},
                              {"<?xml", "SVG", false}};

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Little-endian, as a BMP has it; 0 behind the end.
std::size_t number_at(std::string_view bytes, std::size_t at, std::size_t length) {
    std::size_t value = 0;
    for (std::size_t i = length; i-- > 0;) {
        value = value << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    return value;
}

/// Four bytes as a PNG has them; 0 behind the end.
std::size_t big_endian_at(std::string_view bytes, std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    return value;
}

std::string size_text(const detail::PictureSize& size) {
    return std::to_string(size.width) + " x " + std::to_string(size.height) + " pixels";
}

std::optional<std::string> too_large(const detail::PictureSize& size) {
    if (size.width <= most_photo_side && size.height <= most_photo_side &&
        size.width * size.height <= most_photo_pixels) {
        return std::nullopt;
    }
    return "is " + size_text(size) + "; at most " + std::to_string(most_photo_side) + " a side and " +
           std::to_string(most_photo_pixels) + " in all are read. Make it smaller in another program";
}

// stb fills up what a cut file lacks, with grey (JPEG) or zeros (BMP). So whether a file is whole is decided here, by what each
// format takes at the least.

/// A PNG ends with the chunk IEND and its checksum. Its data are deflate, which packs 1,032 bytes into one at best.
bool is_whole_png(std::string_view bytes, const detail::PictureSize& size) {
    const std::size_t end = bytes.rfind("IEND");
    if (end == std::string_view::npos || bytes.size() - end < 8) return false;
    const std::size_t bits = number_at(bytes, 24, 1), colour = number_at(bytes, 25, 1);
    const std::size_t channels = colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1;
    const bool header_is_first = bytes.substr(12, 4) == "IHDR";
    return size.width * size.height * (header_is_first ? bits * channels : 1) / 8 <= 1032 * bytes.size();
}

/// A JPEG takes at least a bit for 8 x 8 pixels; that it has its end marker is known.
bool is_whole_jpeg(std::string_view bytes, const detail::PictureSize& size) {
    return size.width * size.height / 64 <= 8 * bytes.size();
}

/// A BMP that is not packed (stb reads no other) has its rows in multiples of 4 bytes.
bool is_whole_bmp(std::string_view bytes, const detail::PictureSize& size) {
    const std::size_t data_at = number_at(bytes, 10, 4), header = number_at(bytes, 14, 4);
    const std::size_t bits = number_at(bytes, header == 12 ? 24 : 28, 2);
    const std::size_t row_bytes = (size.width * bits + 31) / 32 * 4;
    return bits > 0 && data_at <= bytes.size() && row_bytes * size.height <= bytes.size() - data_at;
}

/// What is wrong with a file, as far as that can be said without decoding it.
std::optional<std::string> problem(std::string_view bytes, std::string_view format, const detail::PictureSize& size) {
    if (size.width == 0 || size.height == 0) return "is " + size_text(size) + ": nothing to look at";
    if (const auto words = too_large(size)) return words;
    const bool whole = format == "PNG"    ? is_whole_png(bytes, size)
                       : format == "JPEG" ? is_whole_jpeg(bytes, size)
                                          : is_whole_bmp(bytes, size);
    if (!whole) {
        return "is cut off: it promises " + size_text(size) + ", and its " + std::to_string(bytes.size()) +
               " bytes do not hold them to the end. Copy or download it again";
    }
    return std::nullopt;
}

/// The name of the format. @throws FileError when it is none that is read
const char* format_of(std::string_view bytes, const std::string& name) {
    if (bytes.empty()) throw FileError(name + ": is empty, where a picture was expected. Copy or download it again");
    for (const Format& format : formats) {
        if (!bytes.starts_with(format.begins)) continue;
        if (format.read) return format.name;
        throw FileError(name + ": is a " + format.name + " file, and only PNG, JPEG and BMP are read. " + save_as_png);
    }
    throw FileError(name + ": is no picture: it begins with " + in_quotes(bytes.substr(0, 16)) +
                    ". PNG, JPEG and BMP are read; is this the right file?");
}

}  // namespace

Tensor<3, std::uint8_t> parse_photo(std::span<const std::byte> bytes, const std::string& name) {
    const std::string_view text = text_of(bytes);
    const std::string_view format = format_of(text, name);
    const auto damaged = [&](const std::string& reason) {
        return FileError(name + ": is a " + std::string(format) + " that cannot be decoded (" + reason +
                         "). Is it damaged? Copy or download it again");
    };
    if (format == "JPEG") {  // before stb sees any of it
        const detail::JpegSegments segments = detail::walk_jpeg(text);
        if (!segments.damage.empty()) throw damaged(segments.damage);
        if (!segments.ends) {
            throw FileError(name + ": is cut off: its " + std::to_string(bytes.size()) +
                            " bytes have no JPEG's end. Copy or download it again");
        }
        constexpr std::size_t most_scans = 500;  // encoders write about ten
        if (segments.scans > most_scans)
            throw FileError(name + ": is a JPEG of " + std::to_string(segments.scans) + " scans, and at most " +
                            std::to_string(most_scans) + " are read. " + save_as_png);
    }
    detail::PictureSize size;
    std::string reason;
    if (!detail::picture_size(bytes, size, reason)) {
        if (format == "PNG") {  // stb refuses a size of more than 1 GiB, but does not say which
            const auto words = too_large({big_endian_at(text, 16), big_endian_at(text, 20), 1});
            if (words) throw FileError(name + ": " + *words);
        }
        throw damaged(reason);
    }
    if (const auto words = problem(text, format, size)) throw FileError(name + ": " + *words);

    // 8 bytes a pixel at most (RGBA of 16 bits), twice that while a buffer grows, and what the file itself takes.
    const std::size_t most_memory = 32 * size.width * size.height + 2 * bytes.size() + (1 << 20);
    const detail::Pixels pixels = detail::decode_picture(bytes, most_memory, size, reason);
    if (pixels == nullptr)
        throw damaged(reason == "outofmem" ? "it takes more memory than a picture of its size" : reason);
    Tensor<3, std::uint8_t> photo(std::array<std::size_t, 3>{size.height, size.width, size.channels});
    std::copy_n(pixels.get(), photo.size(), photo.data());
    return photo;
}

Tensor<3, std::uint8_t> read_photo(const std::filesystem::path& path) {
    const auto source = open_file(path);
    constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;
    if (source->size() > most_bytes) {
        throw FileError(source->name() + ": has " + std::to_string(source->size()) + " bytes; pictures of at most " +
                        std::to_string(most_bytes) + " are read. Make it smaller in another program");
    }
    std::vector<std::byte> bytes(source->size());
    source->read(0, bytes);
    return parse_photo(bytes, source->name());
}

void write_photo(const std::filesystem::path& path, const Tensor<3, std::uint8_t>& photo) {
    const std::string ending = path.extension().string();
    if (ending != ".png")
        throw std::invalid_argument(path.string() + ": a photo's name ends in .png, got " + in_quotes(ending));
    const detail::PictureSize size{photo.shape(1), photo.shape(0), photo.shape(2)};
    if (photo.size() == 0 || size.channels > 4) {
        throw std::invalid_argument(
            path.string() + ": a photo is [height, width, channels] with 1 to 4 channels, got " + shape_text(photo));
    }
    if (const auto words = too_large(size)) throw std::invalid_argument(path.string() + ": " + *words);
    const std::vector<std::byte> png = detail::encode_png({photo.data(), photo.size()}, size);
    if (png.empty()) throw FileError(path.string() + ": cannot be written: no memory to encode it");
    write_atomically(path, {png});
}

}  // namespace wb
