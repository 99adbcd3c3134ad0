/// @file
/// libFuzzer's entry into the .npy reader: any bytes at all are read or refused with a FileError.
#include <cstddef>
#include <cstdint>
#include <span>

#include "wb/errors.hpp"
#include "wb/npy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const wb::RawTensor raw = wb::parse_npy(std::as_bytes(std::span(data, size)), "fuzz");
        if (raw.shape.size() == 2 && raw.dtype == wb::DType::f32) (void)wb::to_tensor<2>(raw, "fuzz");
        if (raw.shape.size() == 1 && raw.dtype == wb::DType::boolean) (void)wb::to_tensor<1, bool>(raw, "fuzz");
    } catch (const wb::FileError&) {  // the right answer to bad bytes
    }
    return 0;
}
