/// @file
/// IDX, the format of MNIST and its relatives: one array of bytes a file, plain or packed by gzip. A file is untrusted, as in
/// safetensors.hpp: no more is unpacked than its header promises, and what does not fit is a FileError.
/// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats".
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "wb/raw_tensor.hpp"

namespace wb {

/// Reads an array of unsigned bytes with 1 to 4 axes, e.g. MNIST's pictures [n, height, width] or labels [n].
/// @return dtype u8
/// @throws FileError when the file cannot be read, is not IDX, has another element type, or more or fewer bytes than its axes say
RawTensor read_idx(const std::filesystem::path& path);

/// Reads bytes that lie in memory. @param name  stands for the file's name in messages
RawTensor parse_idx(std::span<const std::byte> bytes, const std::string& name);

}  // namespace wb
