/// @file
/// Safetensors: the workbook's one file format for named tensors (cases, goldens, checkpoints, Hugging Face weights).
/// A file is untrusted: every claim in it is checked against the file's size before memory is taken, and whatever does
/// not fit is a FileError that names the file and the spot. Layout, by https://github.com/huggingface/safetensors:
///     8 bytes   length of the header, little-endian
///     header    JSON {"q": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, .., "__metadata__": {text: text}}
///     data      which the tensors cover without gap or overlap
/// Element types: F32, F64, I32, I64, U8, BOOL. Others (F16, BF16, ..) are refused by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "wb/raw_tensor.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The content of one file.
struct SafeTensors {
    std::map<std::string, RawTensor> tensors;     ///< by name
    std::map<std::string, std::string> metadata;  ///< texts beside the tensors
    std::string source = {};  ///< the file it was read from, for messages; empty when it was made here

    /// Nothing is converted.
    /// @throws FileError saying what there is instead, when there is no tensor of that name, rank and type
    template <std::size_t N, class T = float>
    [[nodiscard]] Tensor<N, T> get(const std::string& name) const {
        return to_tensor<N, T>(find(name), describe(name));
    }
    /// Adds a tensor, or replaces the one of that name.
    template <std::size_t N, class T>
    void put(const std::string& name, const Tensor<N, T>& value) {
        tensors[name] = to_raw(value);
    }
    [[nodiscard]] bool contains(const std::string& name) const {
        return tensors.contains(name);
    }  ///< whether there is a tensor of that name

    /// @throws FileError that lists the tensors there are
    [[nodiscard]] const RawTensor& find(const std::string& name) const;

 private:
    [[nodiscard]] std::string describe(const std::string& name) const;
};

class ByteSource;

/// A file whose header has been read and checked, and whose tensors are read one by one, each to where it is wanted: a model
/// of gigabytes is in memory once. What a file says of itself is checked against its size before any tensor is read.
class SafeTensorsReader {
 public:
    /// What the header says of a tensor.
    struct Entry {
        DType dtype = DType::f32;             ///< of each number
        std::vector<std::size_t> shape;       ///< outermost axis first
        std::uint64_t offset = 0, bytes = 0;  ///< in the file; `bytes` fit the shape
    };

    /// @throws FileError when the file cannot be read or is not safetensors as described above
    explicit SafeTensorsReader(const std::filesystem::path& path);
    /// Reads from bytes in memory, which must outlive the reader. @param source  stands for the file's name in messages
    SafeTensorsReader(std::span<const std::byte> bytes, const std::string& source);
    SafeTensorsReader(SafeTensorsReader&&) noexcept;             ///< goes on with the other's file
    SafeTensorsReader& operator=(SafeTensorsReader&&) noexcept;  ///< goes on with the other's file
    ~SafeTensorsReader();

    /// The tensors, by name.
    [[nodiscard]] const std::map<std::string, Entry>& entries() const { return entries_; }
    [[nodiscard]] bool contains(const std::string& name) const {
        return entries_.contains(name);
    }  ///< whether there is a tensor of that name
    [[nodiscard]] const std::map<std::string, std::string>& metadata() const {
        return metadata_;
    }  ///< texts beside the tensors
    /// The file's path, for messages.
    [[nodiscard]] const std::string& source() const;

    /// @throws FileError that lists the tensors there are
    [[nodiscard]] const Entry& find(const std::string& name) const;
    /// Reads a tensor's numbers, row-major. Nothing is converted.
    /// @param out  as many numbers as the tensor has, of its type
    /// @throws FileError when there is no such tensor, it is of another type or size, or the file cannot be read on; in the last
    ///         case alone `out` may be filled in part
    template <class T>
    void read(const std::string& name, std::span<T> out) const {
        static_assert(!std::is_same_v<T, bool>, "a bool of a file must be checked: read it as std::uint8_t");
        read_bytes(name, dtype_of<T>(), std::as_writable_bytes(out));
    }

 private:
    friend SafeTensors read_all(const SafeTensorsReader& reader);
    explicit SafeTensorsReader(std::unique_ptr<ByteSource> source);
    void read_bytes(const std::string& name, DType dtype, std::span<std::byte> out) const;

    std::unique_ptr<ByteSource> source_;
    std::map<std::string, Entry> entries_;
    std::map<std::string, std::string> metadata_;
};

/// Reads a whole file.
/// @throws FileError when it cannot be read or is not safetensors as described above
SafeTensors read_safetensors(const std::filesystem::path& path);

/// Reads bytes that lie in memory. @param source  stands for the file's name in messages
SafeTensors parse_safetensors(std::span<const std::byte> bytes, const std::string& source);

/// Writes through a temporary file in the same folder and a rename: a reader sees the old file or the new one, never
/// half. Tensors lie aligned to their element size, so that other readers can map the file.
/// @throws FileError when it cannot be written, or a tensor's bytes do not fit its shape; then an old file is left as
/// it was
void write_safetensors(const std::filesystem::path& path, const SafeTensors& content);

}  // namespace wb
