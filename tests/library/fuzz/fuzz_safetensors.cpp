/// @file
/// libFuzzer's entry into the safetensors reader: any bytes at all are read or refused with a FileError.
/// Each input is tried twice: as it is, and behind a header length that fits, so that most runs get as far as the JSON.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "wb/errors.hpp"
#include "wb/safetensors.hpp"

namespace {

void read(std::span<const std::byte> bytes) {
    try {
        const wb::SafeTensors content = wb::parse_safetensors(bytes, "fuzz");
        for (const auto& [name, raw] : content.tensors) {
            if (raw.shape.size() == 2 && raw.dtype == wb::DType::f32) (void)content.get<2>(name);
            if (raw.shape.size() == 1 && raw.dtype == wb::DType::boolean) (void)content.get<1, bool>(name);
        }
    } catch (const wb::FileError&) {  // the right answer to bad bytes
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    read(bytes);
    const std::uint64_t length_bytes = sizeof(std::uint64_t);
    if (size <= length_bytes) return 0;
    const std::uint64_t behind = size - length_bytes, data_bytes = data[0] % 128,
                        header = behind - (data_bytes < behind ? data_bytes : 0);
    std::vector<std::byte> mended(bytes.begin(), bytes.end());
    std::memcpy(mended.data(), &header, length_bytes);
    read(mended);
    return 0;
}
