/// @file
/// The bytes inside a .gz or .xz, piece by piece: a bomb costs what its reader asks for. One layer only, and the checksum at the end
/// is compared once the end is reached.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "wb/byte_source.hpp"

namespace wb::grader {

class UnpackedStream {
 public:
    UnpackedStream() = default;
    virtual ~UnpackedStream() = default;
    UnpackedStream(const UnpackedStream&) = delete;
    UnpackedStream& operator=(const UnpackedStream&) = delete;

    /// @return how many bytes of `out`, which is not empty, are filled; 0 at the end
    /// @throws FileError  when the packed data are damaged, cut off, or followed by something else
    virtual std::size_t read(std::span<std::byte> out) = 0;
};

/// @param source  must outlive the stream
std::unique_ptr<UnpackedStream> unpacked_gzip(const ByteSource& source);

/// @param packed  must outlive the stream; @param name  what messages call it
std::unique_ptr<UnpackedStream> unpacked_xz(std::span<const std::byte> packed, const std::string& name);

}  // namespace wb::grader
