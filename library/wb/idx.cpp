#include "wb/idx.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"
#include "wb/gzip.hpp"

namespace wb {
namespace {

constexpr std::size_t magic_bytes = 4;
constexpr int unsigned_byte = 0x08;
constexpr std::size_t most_axes = 4;
constexpr const char* again = ". Copy or download it again";

/// The bytes of a source from first to last, unpacked where gzip packed them.
class Stream {
 public:
    explicit Stream(const ByteSource& source) : source_(source) {
        if (detail::is_gzip(source)) gzip_ = std::make_unique<detail::GzipReader>(source);
    }
    /// Fills `out`. @return how much was there
    std::size_t read(std::span<std::byte> out) {
        if (gzip_) return gzip_->read(out);
        out = out.first(std::min<std::uint64_t>(out.size(), source_.size() - at_));
        source_.read(at_, out);
        at_ += out.size();
        return out.size();
    }
    /// The most bytes that there can be in all.
    [[nodiscard]] std::uint64_t most_bytes() const {
        return gzip_ ? source_.size() * detail::most_deflated_per_byte : source_.size();
    }

 private:
    const ByteSource& source_;
    std::unique_ptr<detail::GzipReader> gzip_;
    std::uint64_t at_ = 0;
};

std::size_t big_endian(std::span<const std::byte> bytes) {
    std::size_t value = 0;
    for (const std::byte byte : bytes) value = value << 8 | std::to_integer<std::size_t>(byte);
    return value;
}

RawTensor read_from(const ByteSource& source) {
    const std::string& file = source.name();
    Stream stream(source);
    std::array<std::byte, magic_bytes> magic{};
    if (const std::size_t got = stream.read(magic); got < magic_bytes)
        throw FileError(file + ": is no IDX file: it has only " + std::to_string(got) + " bytes" + again);
    if (magic[0] != std::byte{0} || magic[1] != std::byte{0}) {
        throw FileError(file + ": is no IDX file: it begins with " +
                        in_quotes({reinterpret_cast<const char*>(magic.data()), magic.size()}) +
                        ", where two zeros belong. Is this the right file?");
    }
    const auto type = std::to_integer<int>(magic[2]);
    const auto axes = std::to_integer<std::size_t>(magic[3]);
    if (type != unsigned_byte) {
        throw FileError(file + ": is IDX with elements of type " + std::to_string(type) +
                        ", and only type 8, unsigned bytes, is read");
    }
    if (axes == 0 || axes > most_axes) {
        throw FileError(file + ": is IDX with " + std::to_string(axes) + " axes, and 1 to " +
                        std::to_string(most_axes) + " are read");
    }
    RawTensor array{DType::u8, {}, {}};
    std::array<std::byte, 4 * most_axes> extents{};
    if (stream.read(std::span(extents).first(4 * axes)) < 4 * axes)
        throw FileError(file + ": is cut off within its header" + again);
    for (std::size_t axis = 0; axis < axes; ++axis)
        array.shape.push_back(big_endian(std::span(extents).subspan(4 * axis, 4)));

    std::uint64_t bytes = 0;
    if (!detail::bytes_of_shape(array.shape, array.dtype, bytes) || bytes > stream.most_bytes()) {
        throw FileError(file + ": promises " + shape_text(array.shape) + " bytes, which its " +
                        std::to_string(source.size()) + " bytes cannot hold" + again);
    }
    array.bytes.resize(bytes);
    if (const std::size_t got = stream.read(array.bytes); got < bytes) {
        throw FileError(file + ": promises " + shape_text(array.shape) + ", " + std::to_string(bytes) +
                        " bytes, but has only " + std::to_string(got) + again);
    }
    std::array<std::byte, 1> more{};
    if (stream.read(more) != 0) {
        throw FileError(file + ": goes on behind the " + std::to_string(bytes) + " bytes of " +
                        shape_text(array.shape) + " that it promises" + again);
    }
    return array;
}

}  // namespace

RawTensor read_idx(const std::filesystem::path& path) {
    return read_from(*open_file(path));
}

RawTensor parse_idx(std::span<const std::byte> bytes, const std::string& name) {
    return read_from(*memory_source(bytes, name));
}

}  // namespace wb
