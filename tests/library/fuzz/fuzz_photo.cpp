/// @file
/// libFuzzer's entry into the reader of photos, and so into stb_image: any bytes at all are decoded or refused with a FileError.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "wb/errors.hpp"
#include "wb/photo.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const wb::Tensor<3, std::uint8_t> photo = wb::parse_photo(std::as_bytes(std::span(data, size)), "fuzz");
        if (photo.size() == 0 || photo.shape(2) > 4) std::abort();
    } catch (const wb::FileError&) {  // the right answer to bad bytes
    }
    return 0;
}
