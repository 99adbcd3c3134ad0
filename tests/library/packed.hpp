/// @file
/// IDX files and gzip by hand, for the tests of their readers.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <string>
#include <vector>

namespace wb {

/// A number as four bytes, the highest first.
inline std::string big_endian(std::size_t value) {
    std::string bytes;
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xff);
    return bytes;
}

/// An IDX file of unsigned bytes. @param data  as many as the shape says, or not
inline std::string idx(const std::vector<std::size_t>& shape, const std::string& data) {
    std::string bytes{'\0', '\0', '\x08', static_cast<char>(shape.size())};
    for (const std::size_t extent : shape) bytes += big_endian(extent);
    return bytes + data;
}

/// What `gzip -9` makes of the bytes.
inline std::string gzipped(const std::string& bytes) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    std::string packed(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

}  // namespace wb
