/// @file
/// A tensor as it lies in a file: element type, shape and bytes (little-endian, row-major), its rank known only at run
/// time. What the file formats (safetensors.hpp, npy.hpp) have in common.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// Element types that the workbook stores.
enum class DType { f32, f64, i32, i64, u8, boolean };

/// Bytes of one element.
std::size_t element_size(DType dtype);

/// The name in messages: "float32", "float64", "int32", "int64", "uint8", "bool".
const char* dtype_name(DType dtype);

/// A tensor of any type and rank. Good ones keep: bytes.size() == product of shape * element_size(dtype).
struct RawTensor {
    DType dtype = DType::f32;        ///< of each number
    std::vector<std::size_t> shape;  ///< outermost axis first
    std::vector<std::byte> bytes;    ///< little-endian, row by row
};

/// The DType of a C++ type.
template <class T>
constexpr DType dtype_of() {
    if constexpr (std::is_same_v<T, float>)
        return DType::f32;
    else if constexpr (std::is_same_v<T, double>)
        return DType::f64;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return DType::i32;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return DType::i64;
    else if constexpr (std::is_same_v<T, std::uint8_t>)
        return DType::u8;
    else {
        static_assert(std::is_same_v<T, bool>,
                      "stored types: float, double, std::int32_t, std::int64_t, std::uint8_t, bool");
        return DType::boolean;
    }
}

namespace detail {

/// @param where  begins the message, e.g. "weights.safetensors: tensor \"q\""
/// @throws FileError when the type or rank is not as asked, the bytes do not fit the shape, or a bool is not 0 or 1
void require_tensor(const RawTensor& raw, DType dtype, std::size_t rank, const std::string& where);

/// Bytes that a shape takes. Refuses products of the extents other than 0 that pass 2^62 bytes: strides are signed.
/// @return false when it refuses
bool bytes_of_shape(const std::vector<std::size_t>& shape, DType dtype, std::uint64_t& bytes);

/// The first byte of a bool tensor that is neither 0 nor 1, or the number of bytes.
std::size_t first_bad_bool(const std::vector<std::byte>& bytes);

}  // namespace detail

/// The tensor with its rank and type known. No conversion: what is stored as float64 must be asked for as double.
/// @param where  names the file and the tensor in messages
/// @throws FileError saying what is stored and what was asked for
template <std::size_t N, class T = float>
Tensor<N, T> to_tensor(const RawTensor& raw, const std::string& where) {
    detail::require_tensor(raw, dtype_of<T>(), N, where);
    std::array<std::size_t, N> shape{};
    std::copy_n(raw.shape.begin(), N, shape.begin());
    Tensor<N, T> tensor(shape);
    if (!raw.bytes.empty()) std::memcpy(tensor.data(), raw.bytes.data(), raw.bytes.size());
    return tensor;
}

/// The tensor as it will lie in a file.
template <std::size_t N, class T>
RawTensor to_raw(const Tensor<N, T>& tensor) {
    RawTensor raw{dtype_of<T>(),
                  {tensor.shape().begin(), tensor.shape().end()},
                  std::vector<std::byte>(tensor.size() * sizeof(T))};
    if (!raw.bytes.empty()) std::memcpy(raw.bytes.data(), tensor.data(), raw.bytes.size());
    return raw;
}

}  // namespace wb
