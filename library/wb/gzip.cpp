#include "wb/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "wb/errors.hpp"

namespace wb::detail {

struct GzipReader::Inflater {
    const ByteSource& source;
    std::uint64_t offset = 0;  ///< of the bytes that zlib has not been given yet
    bool ended = false;
    z_stream stream{};
    std::array<std::byte, 1 << 14> packed{};

    void refill() {
        const auto count = std::min<std::uint64_t>(packed.size(), source.size() - offset);
        source.read(offset, std::span(packed).first(count));
        offset += count;
        stream.next_in = reinterpret_cast<Bytef*>(packed.data());
        stream.avail_in = static_cast<uInt>(count);
    }
    [[noreturn]] void fail(const std::string& words) const {
        throw FileError(source.name() + ": " + words + ". Copy or download it again");
    }
    void end() {
        ended = true;
        if (stream.avail_in != 0 || offset != source.size()) fail("goes on behind the end of its packed data");
    }
};

bool is_gzip(const ByteSource& source) {
    std::array<std::byte, 2> magic{};
    if (source.size() < magic.size()) return false;
    source.read(0, magic);
    return magic[0] == std::byte{0x1f} && magic[1] == std::byte{0x8b};
}

GzipReader::GzipReader(const ByteSource& source) : inflater_(std::make_unique<Inflater>(Inflater{.source = source})) {
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (::inflateInit2(&inflater_->stream, gzip_only) != Z_OK)
        throw Error(source.name() + ": cannot be unpacked: no memory for it");
}

GzipReader::~GzipReader() {
    ::inflateEnd(&inflater_->stream);
}

std::size_t GzipReader::read(std::span<std::byte> out) {
    Inflater& in = *inflater_;
    std::size_t filled = 0;
    while (filled < out.size() && !in.ended) {
        if (in.stream.avail_in == 0) in.refill();
        if (in.stream.avail_in == 0) in.fail("is cut off: its packed data end too early");
        const auto room = std::min<std::size_t>(out.size() - filled, std::numeric_limits<uInt>::max());
        in.stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
        in.stream.avail_out = static_cast<uInt>(room);
        const int status = ::inflate(&in.stream, Z_NO_FLUSH);
        filled += room - in.stream.avail_out;
        if (status == Z_STREAM_END)
            in.end();
        else if (status != Z_OK && status != Z_BUF_ERROR)
            in.fail("cannot be unpacked (" + std::string(in.stream.msg != nullptr ? in.stream.msg : "damaged") + ")");
    }
    return filled;
}

}  // namespace wb::detail
