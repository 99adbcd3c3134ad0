#include "wb/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "wb/errors.hpp"

namespace wb {
namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

/// An open file; closes itself.
class Descriptor {
 public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }
    /// Closes now, to learn of an error that the system has kept until then. @return 0 or errno
    int close() { return ::close(std::exchange(fd_, -1)) == 0 ? 0 : errno; }

 private:
    int fd_;
};

class FileBytes final : public ByteSource {
 public:
    FileBytes(std::string name, std::uint64_t size, int fd) : ByteSource(std::move(name), size), fd_(fd) {}

 private:
    void read_inside(std::uint64_t offset, std::span<std::byte> out) const override {
        while (!out.empty()) {
            const ssize_t got = ::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0)
                throw FileError(name() + ": cannot be read at byte " + std::to_string(offset) + ": " + reason(errno));
            if (got == 0)
                throw FileError(name() + ": became shorter while it was read, at byte " + std::to_string(offset));
            out = out.subspan(static_cast<std::size_t>(got));
            offset += static_cast<std::uint64_t>(got);
        }
    }
    Descriptor fd_;
};

class MemoryBytes final : public ByteSource {
 public:
    MemoryBytes(std::string name, std::span<const std::byte> bytes)
        : ByteSource(std::move(name), bytes.size()), bytes_(bytes) {}

 private:
    void read_inside(std::uint64_t offset, std::span<std::byte> out) const override {
        if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
    }
    std::span<const std::byte> bytes_;
};

/// @return 0 or errno
int write_all(int fd, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return 0;
}

}  // namespace

void ByteSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    if (offset > size_ || out.size() > size_ - offset) {
        throw FileError(name_ + ": ends at byte " + std::to_string(size_) + ", but " + std::to_string(out.size()) +
                        " bytes are due from byte " + std::to_string(offset) + " on");
    }
    read_inside(offset, out);
}

std::unique_ptr<ByteSource> open_file(const std::filesystem::path& path) {
    // O_NONBLOCK: opening a pipe would otherwise wait for its writer.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) throw FileError(path.string() + ": cannot be read: " + reason(errno));
    struct stat status {};
    const int error = ::fstat(fd, &status) == 0 ? 0 : errno;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    auto source = std::make_unique<FileBytes>(path.string(), size, fd);  // owns fd from here on
    if (error != 0) throw FileError(path.string() + ": cannot be read: " + reason(error));
    if (!S_ISREG(status.st_mode)) throw FileError(path.string() + ": is not a regular file");
    return source;
}

std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes, const std::string& name) {
    return std::make_unique<MemoryBytes>(name, bytes);
}

void write_atomically(const std::filesystem::path& path, const std::vector<std::span<const std::byte>>& chunks) {
    static std::atomic<unsigned> count{0};
    std::filesystem::path temporary = path;
    temporary += ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file.get() < 0) throw FileError(path.string() + ": cannot be written: " + reason(errno));
    int error = 0;
    for (const auto chunk : chunks) {
        if (error == 0) error = write_all(file.get(), chunk);
    }
    const int late = file.close();
    if (error == 0) error = late;
    if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
    if (error != 0) {
        ::unlink(temporary.c_str());
        throw FileError(path.string() + ": cannot be written: " + reason(error));
    }
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 80;
    std::string out = "\"";
    for (const char c : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) {
            out += c;
        } else {
            out += "\\x";
            out += "0123456789abcdef"[byte >> 4];
            out += "0123456789abcdef"[byte & 15];
        }
    }
    return out + (text.size() > longest ? "...\"" : "\"");
}

}  // namespace wb
