#include "wb/npy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_npy_header = 65536;
constexpr std::size_t most_axes = 32;  // as NumPy
constexpr std::pair<std::string_view, DType> dtypes[] = {{"<f4", DType::f32}, {"<f8", DType::f64},
                                                         {"<i4", DType::i32}, {"<i8", DType::i64},
                                                         {"|u1", DType::u8},  {"|b1", DType::boolean}};

/// Reads the header's Python dictionary, {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }: each key once.
class HeaderParser {
 public:
    HeaderParser(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    RawTensor parse() {
        expect('{');
        while (!take('}')) {
            const std::string key = string();
            expect(':');
            if (key == "descr" && !dtype_)
                dtype_ = dtype();
            else if (key == "fortran_order" && !order_)
                order_ = row_major();
            else if (key == "shape" && !shape_)
                shape_ = shape();
            else
                fail("holds the key " + in_quotes(key) + ", which is unknown or there twice");
            if (!take(',')) {
                expect('}');
                break;
            }
        }
        skip_space();
        if (at_ != text_.size()) fail("goes on behind its closing brace, at its byte " + std::to_string(at_));
        if (!dtype_) fail("has no 'descr'");
        if (!order_) fail("has no 'fortran_order'");
        if (!shape_) fail("has no 'shape'");
        return {*dtype_, std::move(*shape_), {}};
    }

 private:
    [[noreturn]] void fail(const std::string& what) const { throw FileError(file_ + ": header " + what); }

    void skip_space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }
    bool take(char c) {
        skip_space();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!take(c))
            fail("should have '" + std::string(1, c) + "' at its byte " + std::to_string(at_) + ", got " + here());
    }
    [[nodiscard]] std::string here() const {
        return at_ == text_.size() ? "its end" : in_quotes(text_.substr(at_, 20));
    }

    std::string string() {
        skip_space();
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        if (quote != '\'' && quote != '"')
            fail("should have a text at its byte " + std::to_string(at_) + ", got " + here());
        const std::size_t end = text_.find(quote, at_ + 1);
        if (end == std::string_view::npos) fail("has a text without end at its byte " + std::to_string(at_));
        std::string value(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return value;
    }
    DType dtype() {
        const std::string name = string();
        for (const auto& [known, dtype] : dtypes) {
            if (name == known) return dtype;
        }
        fail("has element type " + in_quotes(name) +
             ". Read are <f4, <f8, <i4, <i8, |u1 and |b1; convert it with numpy's astype");
    }
    bool row_major() {
        skip_space();
        if (text_.substr(at_).starts_with("True")) {
            fail("says column-major (fortran_order). Save numpy.ascontiguousarray(array) instead");
        }
        if (!text_.substr(at_).starts_with("False")) fail("should have True or False as fortran_order, got " + here());
        at_ += 5;
        return true;
    }
    std::vector<std::size_t> shape() {
        std::vector<std::size_t> extents;
        expect('(');
        while (!take(')')) {
            if (extents.size() == most_axes) fail("has a shape of more than " + std::to_string(most_axes) + " axes");
            skip_space();
            std::size_t extent = 0;
            const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), extent);
            if (error != std::errc{}) fail("should have whole numbers from 0 to 2^64 - 1 as shape, got " + here());
            at_ = static_cast<std::size_t>(end - text_.data());
            extents.push_back(extent);
            if (!take(',')) {
                if (extents.size() == 1)
                    fail("should have a tuple as shape, with a comma behind a single number, got " + here());
                expect(')');
                break;
            }
        }
        return extents;
    }

    std::string_view text_;
    std::string file_;
    std::size_t at_ = 0;
    std::optional<DType> dtype_;
    std::optional<bool> order_;
    std::optional<std::vector<std::size_t>> shape_;
};

/// Reads a little-endian number of out.size() bytes.
std::size_t little_endian(std::span<const std::byte> bytes) {
    std::size_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | std::to_integer<std::size_t>(bytes[i]);
    return value;
}

RawTensor read_from(const ByteSource& source) {
    const std::string& file = source.name();
    std::array<std::byte, 12> start{};
    const std::span<std::byte> version = std::span(start).first(8);
    if (source.size() < version.size())
        throw FileError(file + ": is no .npy file: it has only " + std::to_string(source.size()) + " bytes");
    source.read(0, version);
    const std::string_view found(reinterpret_cast<const char*>(start.data()), magic.size());
    if (found != magic) throw FileError(file + ": is no .npy file: it begins with " + in_quotes(found));
    const int major = std::to_integer<int>(start[6]), minor = std::to_integer<int>(start[7]);
    if (major < 1 || major > 3 || minor != 0) {
        throw FileError(file + ": is .npy of version " + std::to_string(major) + "." + std::to_string(minor) +
                        ", and only 1.0, 2.0 and 3.0 can be read");
    }
    const std::span<std::byte> length = std::span(start).subspan(8, major == 1 ? 2 : 4);
    source.read(8, length);
    const std::size_t header_at = 8 + length.size(), header_bytes = little_endian(length);
    if (header_bytes > longest_npy_header || header_bytes > source.size() - header_at) {
        throw FileError(file + ": claims a header of " + std::to_string(header_bytes) + " bytes, of " +
                        std::to_string(std::min<std::uint64_t>(longest_npy_header, source.size() - header_at)) +
                        " possible");
    }
    std::string header(header_bytes, '\0');
    source.read(header_at, std::as_writable_bytes(std::span(header)));
    RawTensor array = HeaderParser(header, file).parse();

    const std::uint64_t data_at = header_at + header_bytes, there = source.size() - data_at;
    std::uint64_t bytes = 0;
    if (!detail::bytes_of_shape(array.shape, array.dtype, bytes)) {
        throw FileError(file + ": has a shape whose size overflows: " + shape_text(array.shape));
    }
    if (bytes != there) {
        throw FileError(file + ": has " + std::to_string(there) + " bytes of data, but " + dtype_name(array.dtype) +
                        " " + shape_text(array.shape) + " takes " + std::to_string(bytes));
    }
    array.bytes.resize(bytes);
    source.read(data_at, array.bytes);
    return array;
}

}  // namespace

RawTensor read_npy_raw(const std::filesystem::path& path) {
    return read_from(*open_file(path));
}

RawTensor parse_npy(std::span<const std::byte> bytes, const std::string& source) {
    return read_from(*memory_source(bytes, source));
}

void write_npy_raw(const std::filesystem::path& path, const RawTensor& array) {
    std::uint64_t bytes = 0;
    if (array.shape.size() > most_axes || !detail::bytes_of_shape(array.shape, array.dtype, bytes) ||
        bytes != array.bytes.size()) {
        throw FileError(path.string() + ": cannot be written: " + std::to_string(array.bytes.size()) +
                        " bytes do not fit " + dtype_name(array.dtype) + " " + shape_text(array.shape));
    }
    const auto* dtype =
        std::find_if(std::begin(dtypes), std::end(dtypes), [&](const auto& d) { return d.second == array.dtype; });
    std::string header = "{'descr': '" + std::string(dtype->first) + "', 'fortran_order': False, 'shape': (";
    for (const std::size_t extent : array.shape) header += std::to_string(extent) + ", ";
    if (array.shape.size() > 1) header.erase(header.size() - 2);
    if (array.shape.size() == 1) header.pop_back();
    header += "), }";
    constexpr std::size_t before = 10;                                       // magic, version, length
    header.append(63 - (before + header.size()) % 64, ' ').push_back('\n');  // the data begins at a multiple of 64
    std::string start(magic);
    start += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    write_atomically(path, {std::as_bytes(std::span(start)), std::as_bytes(std::span(header)), array.bytes});
}

}  // namespace wb
