/// @file
/// libFuzzer's entry into the reader of CIFAR-10: any bytes at all are read or refused with a FileError.
/// Each input is tried twice: as it is, and filled up to whole records.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "wb/errors.hpp"
#include "wb/labelled_pictures.hpp"

namespace {

void read(std::span<const std::byte> bytes) {
    try {
        const wb::LabelledPictures set = wb::parse_cifar10(bytes, "fuzz");
        if (set.pictures.size() + set.size() != bytes.size()) std::abort();
        for (const int label : set.labels) {
            if (label < 0 || label > 9) std::abort();
        }
    } catch (const wb::FileError&) {  // the right answer to bad bytes
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    read(bytes);
    constexpr std::size_t record = 3073;
    std::vector<std::byte> whole(bytes.begin(), bytes.end());
    whole.resize((size / record + 1) * record);
    read(whole);
    return 0;
}
