#include "wb/stb_pictures.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace {

/// The most that stb may ask for at once on this thread. A PNG's data could otherwise unpack to a thousand times the file's size
/// without holding a picture of that size.
thread_local std::size_t most_at_once = std::numeric_limits<std::size_t>::max();

/// Zeroed: a damaged JPEG makes stb look at tables that it has not filled.
void* bounded_malloc(std::size_t size) {
    return size <= most_at_once ? std::calloc(size, 1) : nullptr;
}
void* bounded_realloc(void* memory, std::size_t size) {
    return size <= most_at_once ? std::realloc(memory, size) : nullptr;
}

/// zlib packs tighter than stb's own compressor, in the same form. @return memory from malloc, or null
unsigned char* zlib_compress(unsigned char* bytes, int count, int* packed_count, int level) {
    uLongf packed = compressBound(static_cast<uLong>(count));
    auto* memory = static_cast<unsigned char*>(std::malloc(packed));
    if (memory == nullptr || compress2(memory, &packed, bytes, static_cast<uLong>(count), level) != Z_OK) {
        std::free(memory);
        return nullptr;
    }
    *packed_count = static_cast<int>(packed);
    return memory;
}

}  // namespace

// The formats are those that this version of stb (2.27) reads safely from anybody: its readers of GIF, PNM, PSD and PIC are known
// to read or write beyond their buffers. TGA and HDR are not needed.
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_MALLOC bounded_malloc
#define STBI_REALLOC bounded_realloc
#define STBI_FREE std::free
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#define STBIW_ZLIB_COMPRESS zlib_compress
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#include <stb/stb_image.h>
#include <stb/stb_image_write.h>
#pragma GCC diagnostic pop

namespace wb::detail {
namespace {

/// Sets the bound for as long as it lives.
class MemoryBound {
 public:
    explicit MemoryBound(std::size_t bytes) { most_at_once = bytes; }
    ~MemoryBound() { most_at_once = std::numeric_limits<std::size_t>::max(); }
    MemoryBound(const MemoryBound&) = delete;
    MemoryBound& operator=(const MemoryBound&) = delete;
};

const stbi_uc* start_of(std::span<const std::byte> bytes) {
    return reinterpret_cast<const stbi_uc*>(bytes.data());
}

std::string reason() {
    const char* words = stbi_failure_reason();
    return words != nullptr ? words : "unknown reason";
}

/// A BMP whose rows go from the top down has a negative height.
std::size_t extent(int pixels) {
    return static_cast<std::size_t>(std::abs(static_cast<long>(pixels)));
}

/// stb counts in int.
bool countable(std::span<const std::byte> bytes, std::string& why_not) {
    if (bytes.size() <= std::numeric_limits<int>::max()) return true;
    why_not = "larger than 2 GiB";
    return false;
}

}  // namespace

void FreeMemory::operator()(std::uint8_t* memory) const {
    std::free(memory);
}

bool picture_size(std::span<const std::byte> bytes, PictureSize& size, std::string& why_not) {
    int width = 0, height = 0, channels = 0;
    if (!countable(bytes, why_not)) return false;
    if (stbi_info_from_memory(start_of(bytes), static_cast<int>(bytes.size()), &width, &height, &channels) == 0) {
        // It only says that no format took the bytes; the decoder says why its own did not.
        constexpr std::size_t for_a_header = 1 << 16;
        if (decode_picture(bytes, for_a_header, size, why_not) != nullptr) why_not = "bad header";
        return false;
    }
    size = {extent(width), extent(height), extent(channels)};
    return true;
}

Pixels decode_picture(std::span<const std::byte> bytes, std::size_t most_memory, PictureSize& size,
                      std::string& why_not) {
    int width = 0, height = 0, channels = 0;
    if (!countable(bytes, why_not)) return nullptr;
    const MemoryBound bound(most_memory);
    Pixels pixels(
        stbi_load_from_memory(start_of(bytes), static_cast<int>(bytes.size()), &width, &height, &channels, 0));
    if (pixels == nullptr)
        why_not = reason();
    else
        size = {extent(width), extent(height), extent(channels)};
    return pixels;
}

std::vector<std::byte> encode_png(std::span<const std::uint8_t> pixels, const PictureSize& size) {
    std::vector<std::byte> png;
    const auto append = [](void* to, void* bytes, int count) {
        const auto* first = static_cast<const std::byte*>(bytes);
        static_cast<std::vector<std::byte>*>(to)->insert(static_cast<std::vector<std::byte>*>(to)->end(), first,
                                                         first + count);
    };
    const int written = stbi_write_png_to_func(append, &png, static_cast<int>(size.width),
                                               static_cast<int>(size.height), static_cast<int>(size.channels),
                                               pixels.data(), static_cast<int>(size.width * size.channels));
    if (written == 0) png.clear();
    return png;
}

}  // namespace wb::detail
