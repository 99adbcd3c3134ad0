/// @file
/// NumPy's .npy: one array a file, as numpy.save writes and numpy.load reads. Format versions 1.0 to 3.0, row-major,
/// element types <f4 <f8 <i4 <i8 |u1 |b1. A file is untrusted, as in safetensors.hpp: what does not fit is a FileError.
/// Source: numpy/lib/format.py.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "wb/raw_tensor.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// Reads an array of any rank and type.
/// @throws FileError when the file cannot be read or is not .npy as described above
RawTensor read_npy_raw(const std::filesystem::path& path);

/// Reads bytes that lie in memory. @param source  stands for the file's name in messages
RawTensor parse_npy(std::span<const std::byte> bytes, const std::string& source);

/// Reads an array of N axes.
/// @throws FileError as read_npy_raw, and when the rank or the type is another (nothing is converted)
template <std::size_t N, class T = float>
Tensor<N, T> read_npy(const std::filesystem::path& path) {
    return to_tensor<N, T>(read_npy_raw(path), path.string() + ": array");
}

/// Writes format version 1.0, all or nothing, as write_safetensors does.
/// @throws FileError when it cannot be written, or the bytes do not fit the shape
void write_npy_raw(const std::filesystem::path& path, const RawTensor& array);

/// The same of a tensor.
template <std::size_t N, class T>
void write_npy(const std::filesystem::path& path, const Tensor<N, T>& array) {
    write_npy_raw(path, to_raw(array));
}

}  // namespace wb
