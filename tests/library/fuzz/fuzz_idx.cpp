/// @file
/// libFuzzer's entry into the IDX reader: any bytes at all are read or refused with a FileError.
/// Each input is tried twice: as it is, and as what a gzip file holds.
#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "wb/errors.hpp"
#include "wb/idx.hpp"

namespace {

void read(std::span<const std::byte> bytes) {
    try {
        const wb::RawTensor array = wb::parse_idx(bytes, "fuzz");
        std::size_t product = 1;
        for (const std::size_t extent : array.shape) product *= extent;
        if (product != array.bytes.size()) std::abort();
    } catch (const wb::FileError&) {  // the right answer to bad bytes
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read(std::as_bytes(std::span(data, size)));
    std::array<std::uint8_t, 1 << 14> packed{};
    z_stream stream{};
    if (size > packed.size() / 2 || deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 1, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    stream.next_in = const_cast<Bytef*>(data);
    stream.avail_in = static_cast<uInt>(size);
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    (void)deflate(&stream, Z_FINISH);
    const std::size_t packed_size = stream.total_out;
    (void)deflateEnd(&stream);
    read(std::as_bytes(std::span(packed).first(packed_size)));
    return 0;
}
