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

/// "f: tensor "x" is missing. There are "y", "z"": a dozen of the names, and how many more.
template <class Named>
[[noreturn]] void refuse_missing(const std::string& description, const std::map<std::string, Named>& tensors) {
    std::string there;
    std::size_t listed = 0;
    for (const auto& [other, raw] : tensors) {
        if (listed == 12) {
            there += " and " + std::to_string(tensors.size() - listed) + " more";
            break;
        }
        there += (listed++ == 0 ? " " : ", ") + in_quotes(other);
    }
    throw FileError(description + " is missing. There " + (tensors.size() == 1 ? "is" : "are") +
                    (there.empty() ? " none" : there));
}

}  // namespace

SafeTensorsReader::SafeTensorsReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {
    const std::string& file = source_->name();
    std::array<std::byte, length_bytes> length{};
    if (source_->size() < length_bytes) {
        throw FileError(file + ": is no safetensors file: it has " + std::to_string(source_->size()) +
                        " bytes, the header's length alone takes 8");
    }
    source_->read(0, length);
    std::uint64_t header_bytes = 0;
    std::memcpy(&header_bytes, length.data(), length_bytes);
    const std::uint64_t behind = source_->size() - length_bytes;
    if (header_bytes > behind || header_bytes > most_header_bytes) {
        throw FileError(file + ": is no safetensors file: its first 8 bytes claim a header of " +
                        std::to_string(header_bytes) + " bytes, of " +
                        std::to_string(std::min(behind, most_header_bytes)) + " possible");
    }
    std::string json(header_bytes, '\0');
    source_->read(length_bytes, std::as_writable_bytes(std::span(json)));
    detail::Header header = detail::parse_header(json, behind - header_bytes, file);
    metadata_ = std::move(header.metadata);
    for (detail::HeaderEntry& entry : header.entries) {
        entries_.emplace(std::move(entry.name),
                         Entry{entry.dtype, std::move(entry.shape), length_bytes + header_bytes + entry.begin,
                               entry.end - entry.begin});
    }
}

SafeTensorsReader::SafeTensorsReader(const std::filesystem::path& path) : SafeTensorsReader(open_file(path)) {}
SafeTensorsReader::SafeTensorsReader(std::span<const std::byte> bytes, const std::string& source)
    : SafeTensorsReader(memory_source(bytes, source)) {}
SafeTensorsReader::SafeTensorsReader(SafeTensorsReader&&) noexcept = default;
SafeTensorsReader& SafeTensorsReader::operator=(SafeTensorsReader&&) noexcept = default;
SafeTensorsReader::~SafeTensorsReader() = default;

const std::string& SafeTensorsReader::source() const {
    return source_->name();
}

const SafeTensorsReader::Entry& SafeTensorsReader::find(const std::string& name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) refuse_missing(source() + ": tensor " + in_quotes(name), entries_);
    return found->second;
}

void SafeTensorsReader::read_bytes(const std::string& name, DType dtype, std::span<std::byte> out) const {
    const Entry& entry = find(name);
    const bool stored_alike = entry.dtype == dtype || (entry.dtype == DType::boolean && dtype == DType::u8);
    if (!stored_alike || entry.bytes != out.size()) {
        throw FileError(source() + ": tensor " + in_quotes(name) + " is " + dtype_name(entry.dtype) + " " +
                        shape_text(entry.shape) + ", but " + std::to_string(out.size() / element_size(dtype)) +
                        " numbers of " + dtype_name(dtype) + " were asked for");
    }
    source_->read(entry.offset, out);
}

SafeTensors read_all(const SafeTensorsReader& reader) {
    SafeTensors content;
    content.source = reader.source();
    content.metadata = reader.metadata();
    for (const auto& [name, entry] : reader.entries()) {
        RawTensor raw{entry.dtype, entry.shape, std::vector<std::byte>(entry.bytes)};
        reader.source_->read(entry.offset, raw.bytes);
        content.tensors.emplace(name, std::move(raw));
    }
    return content;
}

std::string SafeTensors::describe(const std::string& name) const {
    return (source.empty() ? "" : source + ": ") + "tensor " + in_quotes(name);
}

const RawTensor& SafeTensors::find(const std::string& name) const {
    const auto found = tensors.find(name);
    if (found != tensors.end()) return found->second;
    refuse_missing(describe(name), tensors);
}

SafeTensors read_safetensors(const std::filesystem::path& path) {
    return read_all(SafeTensorsReader(path));
}

SafeTensors parse_safetensors(std::span<const std::byte> bytes, const std::string& source) {
    return read_all(SafeTensorsReader(bytes, source));
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
