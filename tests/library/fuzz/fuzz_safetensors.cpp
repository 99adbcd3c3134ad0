/// @file
/// libFuzzer's entry into the safetensors reader: any bytes at all are read or refused with a FileError.
#include <cstddef>
#include <cstdint>
#include <span>

#include "wb/errors.hpp"
#include "wb/safetensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const wb::SafeTensors content = wb::parse_safetensors(std::as_bytes(std::span(data, size)), "fuzz");
        for (const auto& [name, raw] : content.tensors) {
            if (raw.shape.size() == 2 && raw.dtype == wb::DType::f32) (void)content.get<2>(name);
            if (raw.shape.size() == 1 && raw.dtype == wb::DType::boolean) (void)content.get<1, bool>(name);
        }
    } catch (const wb::FileError&) {  // the right answer to bad bytes
    }
    return 0;
}
