#include "files/files.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <span>
#include <system_error>
#include <vector>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

namespace {

/// A name that no other thread or process of ours uses at the same time.
std::string unique_suffix() {
    static std::atomic<unsigned> count{0};
    return std::to_string(::getpid()) + "." + std::to_string(count++);
}

[[noreturn]] void fail(const char* verb, const fs::path& path, int error) {
    throw FileError(std::string("cannot ") + verb + " " + path.string() + ": " + std::strerror(error));
}

/// "judge.1234.5": what ScratchFolder makes of unique_suffix().
bool is_scratch_name(std::string_view name) {
    const auto cut_number = [&] {
        const std::size_t dot = name.rfind('.');
        if (dot == std::string_view::npos || dot + 1 == name.size()) return false;
        const std::string_view digits = name.substr(dot + 1);
        name.remove_suffix(digits.size() + 1);
        return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    return cut_number() && cut_number() && !name.empty();
}

/// A locked descriptor of the folder; -1 when it cannot be locked, or another folder has this name by now.
int locked_folder(const fs::path& path, int lock) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat opened {
    }, named{};
    if (fd >= 0 && ::flock(fd, lock) == 0 && ::fstat(fd, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
        opened.st_ino == named.st_ino && opened.st_dev == named.st_dev)
        return fd;
    if (fd >= 0) ::close(fd);
    return -1;
}

/// The file to be locked, made when it is missing, and its folder too.
int open_to_lock(const fs::path& path) {
    std::error_code made;  // opening says what is wrong
    fs::create_directories(path.parent_path(), made);
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) fail("lock", path, errno);
    return fd;
}

/// A sum that bytes are added to.
class Sha256 {
 public:
    Sha256() { require(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1); }
    void add(std::span<const std::byte> bytes) {
        require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
    }
    /// Lower-case hexadecimal. To be called once.
    std::string hex() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
        unsigned length = 0;
        require(EVP_DigestFinal_ex(context_.get(), digest.data(), &length) == 1);
        static constexpr char digits[] = "0123456789abcdef";
        std::string text;
        for (unsigned i = 0; i < length; ++i) {
            text += digits[digest[i] >> 4];
            text += digits[digest[i] & 15];
        }
        return text;
    }

 private:
    static void require(bool done) {
        if (!done) throw Error("OpenSSL offers no SHA-256 here: files cannot be known by their sums");
    }
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
};

}  // namespace

std::string read_text(const fs::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) fail("read", path, errno);
    struct stat info {};
    if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        ::close(fd);
        throw FileError("cannot read " + path.string() + ": it is not a regular file");
    }
    std::string bytes;
    bytes.reserve(static_cast<std::size_t>(info.st_size));
    std::array<char, 1 << 16> buffer;
    for (;;) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            const int error = errno;
            ::close(fd);
            fail("read", path, error);
        }
        if (got == 0) break;
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(fd);
    return bytes;
}

void write_atomically(const fs::path& path, std::string_view bytes) {
    std::error_code made;  // the writer says what is wrong
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), made);
    wb::write_atomically(path, {std::as_bytes(std::span(bytes))});
}

std::string sha256(std::string_view bytes) {
    Sha256 sum;
    sum.add(std::as_bytes(std::span(bytes)));
    return sum.hex();
}

std::string sha256_of_file(const fs::path& path) {
    const auto file = wb::open_file(path);
    Sha256 sum;
    std::vector<std::byte> piece(1 << 20);
    for (std::uint64_t at = 0; at < file->size(); at += piece.size()) {
        piece.resize(std::min<std::uint64_t>(piece.size(), file->size() - at));
        file->read(at, piece);
        sum.add(piece);
    }
    return sum.hex();
}

ScratchFolder::ScratchFolder(const fs::path& parent, std::string_view name)
    : path_(parent / (std::string(name) + "." + unique_suffix())) {
    std::error_code error;
    for (int tries = 0; fd_ < 0 && tries < 100; ++tries) {
        fs::remove_all(path_, error);
        fs::create_directories(path_, error);
        if (error) throw FileError("cannot make the folder " + path_.string() + ": " + error.message());
        fd_ = locked_folder(path_, LOCK_SH);  // a sweep may have come between
    }
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    if (fd_ >= 0) ::close(fd_);
}

int sweep_scratch(const fs::path& parent) {
    int swept = 0;
    std::error_code error;
    std::vector<fs::path> folders;
    for (fs::directory_iterator at(parent, error), end; !error && at != end; at.increment(error)) {
        if (is_scratch_name(at->path().filename().string())) folders.push_back(at->path());
    }
    for (const fs::path& folder : folders) {
        const int fd = locked_folder(folder, LOCK_EX | LOCK_NB);
        if (fd < 0) continue;
        fs::remove_all(folder, error);
        if (!error) ++swept;
        ::close(fd);
    }
    return swept;
}

FileLock::FileLock(const fs::path& path) : fd_(open_to_lock(path)) {
    while (::flock(fd_, LOCK_EX) != 0) {
        if (errno == EINTR) continue;
        const int error = errno;
        ::close(fd_);
        fail("lock", path, error);
    }
}

std::optional<FileLock> FileLock::if_free(const fs::path& path) {
    FileLock lock(open_to_lock(path));
    if (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) return std::nullopt;
    return lock;
}

FileLock::~FileLock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace wb::grader
