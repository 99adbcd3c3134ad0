/// @file
/// A walk through a JPEG's segments, without decoding: is it whole, how many scans has it, and would it harm stb_image? Used by
/// photo.cpp only. Source: ITU-T T.81, annex B.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wb::detail {

/// What the walk found.
struct JpegSegments {
    bool ends = false;      ///< the end marker is there, behind a scan
    std::size_t scans = 0;  ///< each costs the decoder a pass over all pixels
    std::string damage;     ///< why the decoder must not see the file; empty: nothing
};

/// Walks from the start marker to the end marker.
/// stb 2.27 trusts a Huffman table to have at most 256 symbols, and writes beyond its own otherwise; that is damage here. The walk
/// meets every table that stb would: stb, too, skips comments and application data by their length, ends a scan at its first
/// marker, and gives up where it finds anything else.
JpegSegments walk_jpeg(std::string_view bytes);

}  // namespace wb::detail
