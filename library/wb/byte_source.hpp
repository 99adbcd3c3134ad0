/// @file
/// Bytes in and out for the file formats: bounded reads from a file or from memory, and writes that are all or nothing.
/// A source knows its size before anything is read, so that a reader can hold every claim in a file against it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wb {

/// Bytes of known number that can be read from any place. Not thread-safe.
class ByteSource {
 public:
    virtual ~ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;

    /// What messages call it: the file's path.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }  ///< bytes there are

    /// Fills `out` with the bytes from `offset` on.
    /// @throws FileError naming the offset, when the bytes end before that or the system cannot read them
    void read(std::uint64_t offset, std::span<std::byte> out) const;

 protected:
    /// Bytes of this name and number.
    ByteSource(std::string name, std::uint64_t size) : name_(std::move(name)), size_(size) {}
    virtual void read_inside(std::uint64_t offset, std::span<std::byte> out)
        const = 0;  ///< fills `out`; only called with a range that lies inside

 private:
    std::string name_;
    std::uint64_t size_;
};

/// A regular file (a pipe or a device has no size, and is refused).
/// @throws FileError with the system's reason
std::unique_ptr<ByteSource> open_file(const std::filesystem::path& path);

/// Bytes in memory, which must outlive the source.
std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes, const std::string& name);

/// Writes the chunks one after another to a temporary file beside `path`, then renames it.
/// @throws FileError with the system's reason; then nothing is left behind and an old file is as it was
void write_atomically(const std::filesystem::path& path, const std::vector<std::span<const std::byte>>& chunks);

/// Text from a file as a message may show it: in quotes, control characters as `\xNN`, cut after 80 bytes.
std::string in_quotes(std::string_view text);

}  // namespace wb
