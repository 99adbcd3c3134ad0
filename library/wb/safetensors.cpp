#include "wb/safetensors.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"
#include "wb/safetensors_header.hpp"

namespace wb {
namespace {

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t most_header_bytes = 100'000'000;  // as the format's own reader

SafeTensors read_from(const ByteSource& source) {
    const std::string& file = source.name();
    std::array<std::byte, length_bytes> length{};
    if (source.size() < length_bytes) {
        throw FileError(file + ": is no safetensors file: it has " + std::to_string(source.size()) +
                        " bytes, the header's length alone takes 8");
    }
    source.read(0, length);
    std::uint64_t header_bytes = 0;
    std::memcpy(&header_bytes, length.data(), length_bytes);
    const std::uint64_t behind = source.size() - length_bytes;
    if (header_bytes > behind || header_bytes > most_header_bytes) {
        throw FileError(file + ": is no safetensors file: its first 8 bytes claim a header of " +
                        std::to_string(header_bytes) + " bytes, of " +
                        std::to_string(std::min(behind, most_header_bytes)) + " possible");
    }
    std::string json(header_bytes, '\0');
    source.read(length_bytes, std::as_writable_bytes(std::span(json)));
    detail::Header header = detail::parse_header(json, behind - header_bytes, file);

    SafeTensors content;
    content.source = file;
    content.metadata = std::move(header.metadata);
    for (detail::HeaderEntry& entry : header.entries) {
        RawTensor raw{entry.dtype, std::move(entry.shape), std::vector<std::byte>(entry.end - entry.begin)};
        source.read(length_bytes + header_bytes + entry.begin, raw.bytes);
        content.tensors.emplace(std::move(entry.name), std::move(raw));
    }
    return content;
}

}  // namespace

std::string SafeTensors::describe(const std::string& name) const {
    return (source.empty() ? "" : source + ": ") + "tensor " + in_quotes(name);
}

const RawTensor& SafeTensors::find(const std::string& name) const {
    const auto found = tensors.find(name);
    if (found != tensors.end()) return found->second;
    std::string there;
    std::size_t listed = 0;
    for (const auto& [other, raw] : tensors) {
        if (listed == 12) {
            there += " and " + std::to_string(tensors.size() - listed) + " more";
            break;
        }
        there += (listed++ == 0 ? " " : ", ") + in_quotes(other);
    }
    throw FileError(describe(name) + " is missing. There " + (tensors.size() == 1 ? "is" : "are") +
                    (there.empty() ? " none" : there));
}

SafeTensors read_safetensors(const std::filesystem::path& path) {
    return read_from(*open_file(path));
}

SafeTensors parse_safetensors(std::span<const std::byte> bytes, const std::string& source) {
    return read_from(*memory_source(bytes, source));
}

void write_safetensors(const std::filesystem::path& path, const SafeTensors& content) {
    const std::string file = path.string();
    std::vector<std::pair<const std::string*, const RawTensor*>> order;
    for (const auto& [name, raw] : content.tensors) {
        std::uint64_t bytes = 0;
        if (!detail::bytes_of_shape(raw.shape, raw.dtype, bytes) || bytes != raw.bytes.size()) {
            throw FileError(file + ": cannot be written: tensor " + in_quotes(name) + " has " +
                            std::to_string(raw.bytes.size()) + " bytes, which do not fit " + dtype_name(raw.dtype) +
                            " " + shape_text(raw.shape));
        }
        order.emplace_back(&name, &raw);
    }
    // Large elements first: then each lies at a multiple of its size.
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return element_size(a.second->dtype) > element_size(b.second->dtype);
    });

    detail::Header header{{}, content.metadata};
    std::vector<std::span<const std::byte>> chunks(2);
    std::uint64_t end = 0;
    for (const auto& [name, raw] : order) {
        header.entries.push_back({*name, raw->dtype, raw->shape, end, end + raw->bytes.size()});
        end += raw->bytes.size();
        chunks.emplace_back(raw->bytes);
    }
    std::string json = detail::header_text(header, file);
    json.append((8 - json.size() % 8) % 8, ' ');
    const std::uint64_t length = json.size();
    chunks[0] = std::as_bytes(std::span(&length, 1));
    chunks[1] = std::as_bytes(std::span(json));
    write_atomically(path, chunks);
}

}  // namespace wb
