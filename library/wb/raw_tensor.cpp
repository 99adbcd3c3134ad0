#include "wb/raw_tensor.hpp"

#include <bit>

#include "wb/errors.hpp"

namespace wb {

static_assert(std::endian::native == std::endian::little, "files are little-endian, and read and written as they lie");
static_assert(sizeof(bool) == 1);

std::size_t element_size(DType dtype) {
    switch (dtype) {
        case DType::f32:
        case DType::i32:
            return 4;
        case DType::f64:
        case DType::i64:
            return 8;
        case DType::u8:
        case DType::boolean:
            break;
    }
    return 1;
}

const char* dtype_name(DType dtype) {
    switch (dtype) {
        case DType::f32:
            return "float32";
        case DType::f64:
            return "float64";
        case DType::i32:
            return "int32";
        case DType::i64:
            return "int64";
        case DType::u8:
            return "uint8";
        case DType::boolean:
            break;
    }
    return "bool";
}

namespace detail {

bool bytes_of_shape(const std::vector<std::size_t>& shape, DType dtype, std::uint64_t& bytes) {
    std::uint64_t product = element_size(dtype);
    bool empty = false;
    for (const std::size_t extent : shape) {
        if (extent == 0)
            empty = true;
        else if (__builtin_mul_overflow(product, std::uint64_t{extent}, &product) || product > (std::uint64_t{1} << 62))
            return false;
    }
    bytes = empty ? 0 : product;
    return true;
}

std::size_t first_bad_bool(const std::vector<std::byte>& bytes) {
    const auto bad = std::find_if(bytes.begin(), bytes.end(), [](std::byte byte) { return byte > std::byte{1}; });
    return static_cast<std::size_t>(bad - bytes.begin());
}

void require_tensor(const RawTensor& raw, DType dtype, std::size_t rank, const std::string& where) {
    if (raw.dtype != dtype) {
        throw FileError(where + " holds " + dtype_name(raw.dtype) + ", but " + dtype_name(dtype) + " is asked for");
    }
    if (raw.shape.size() != rank) {
        throw FileError(where + " has " + std::to_string(raw.shape.size()) + " axes, " + shape_text(raw.shape) +
                        ", but " + std::to_string(rank) + " are asked for");
    }
    std::uint64_t bytes = 0;
    if (!bytes_of_shape(raw.shape, dtype, bytes) || bytes != raw.bytes.size()) {
        throw FileError(where + " has " + std::to_string(raw.bytes.size()) + " bytes, which do not fit " +
                        dtype_name(dtype) + " " + shape_text(raw.shape));
    }
    if (dtype != DType::boolean) return;
    const std::size_t bad = first_bad_bool(raw.bytes);
    if (bad < raw.bytes.size()) {
        throw FileError(where + ": element " + std::to_string(bad) + " is " +
                        std::to_string(std::to_integer<int>(raw.bytes[bad])) + ", but a bool is 0 or 1");
    }
}

}  // namespace detail
}  // namespace wb
