/// @file
/// Bytes that gzip packed, handed out piece by piece, so that a reader takes no more memory than it has found to be right.
/// Used by idx.cpp and by the grader, for submissions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "wb/byte_source.hpp"

namespace wb::detail {

/// The most bytes that deflate packs into one.
inline constexpr std::uint64_t most_deflated_per_byte = 1032;

/// Whether a source begins as a gzip file does.
bool is_gzip(const ByteSource& source);

/// One gzip member, which must be the whole source. Not thread-safe.
class GzipReader {
 public:
    /// @param source  must outlive the reader
    explicit GzipReader(const ByteSource& source);
    ~GzipReader();
    GzipReader(const GzipReader&) = delete;
    GzipReader& operator=(const GzipReader&) = delete;

    /// Unpacks until `out` is full or the data end; the checksum at the end is compared.
    /// @return how many bytes of `out` are filled
    /// @throws FileError when the packed data are damaged, cut off, or followed by something else
    std::size_t read(std::span<std::byte> out);

 private:
    struct Inflater;
    std::unique_ptr<Inflater> inflater_;
};

}  // namespace wb::detail
