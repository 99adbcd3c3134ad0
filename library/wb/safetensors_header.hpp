/// @file
/// The JSON header of a safetensors file: its grammar and the checks that need no data. Used by safetensors.cpp only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "wb/raw_tensor.hpp"

namespace wb::detail {

/// One tensor as a header describes it.
struct HeaderEntry {
    std::string name;
    DType dtype = DType::f32;
    std::vector<std::size_t> shape;
    std::uint64_t begin = 0, end = 0;  ///< bytes of the data, counted from the header's end
};

/// A header that is in order: entries by `begin`, which cover 0 .. the data's size without gap or overlap and fit their
/// shapes.
struct Header {
    std::vector<HeaderEntry> entries;
    std::map<std::string, std::string> metadata;
};

/// @param data_size  bytes behind the header
/// @param file       begins every message
/// @throws FileError
Header parse_header(const std::string& json, std::uint64_t data_size, const std::string& file);

/// The header's text, for entries whose names differ.
/// @throws FileError when a name or a metadata text is not UTF-8
std::string header_text(const Header& header, const std::string& file);

}  // namespace wb::detail
