#include "wb/gnuplot.hpp"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace wb::detail {
namespace {

[[noreturn]] void fail(const std::string& what, int error) {
    throw Error("gnuplot: " + what + ": " + std::generic_category().message(error));
}

/// A file in memory without a name: large enough for any picture, and nobody has to read while somebody writes.
class MemoryFile {
 public:
    MemoryFile() : fd_(::memfd_create("wb-gnuplot", MFD_CLOEXEC)) {
        if (fd_ < 0) fail("no memory for its input and output", errno);
    }
    ~MemoryFile() { ::close(fd_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] int fd() const { return fd_; }
    void write(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t written = ::write(fd_, text.data(), text.size());
            if (written < 0) fail("its script cannot be kept", errno);
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        ::lseek(fd_, 0, SEEK_SET);
    }
    [[nodiscard]] std::vector<std::byte> content() const {
        struct stat status {};
        if (::fstat(fd_, &status) != 0) fail("its output is lost", errno);
        std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
        std::size_t at = 0;
        while (at < bytes.size()) {
            const ssize_t got = ::pread(fd_, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
            if (got <= 0) fail("its output is lost", got < 0 ? errno : EIO);
            at += static_cast<std::size_t>(got);
        }
        return bytes;
    }

 private:
    int fd_;
};

}  // namespace

std::vector<std::byte> run_gnuplot(std::string_view script) {
    const MemoryFile in, out, complaints;
    in.write(script);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.fd(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out.fd(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, complaints.fd(), STDERR_FILENO);
    std::string program = "gnuplot", settings = "--default-settings";
    char* arguments[] = {program.data(), settings.data(), nullptr};
    pid_t child = 0;
    const int error = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT) throw Error("gnuplot is not installed, and draws the pictures. Try: apt install gnuplot-nox");
    if (error != 0) fail("cannot be started", error);

    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) fail("cannot be waited for", errno);
    }
    std::vector<std::byte> picture = out.content();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !picture.empty()) return picture;
    const std::vector<std::byte> said = complaints.content();
    std::string words(reinterpret_cast<const char*>(said.data()), std::min<std::size_t>(said.size(), 500));
    std::replace_if(
        words.begin(), words.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    throw Error("gnuplot drew nothing. It says: " + (words.empty() ? "nothing" : words));
}

std::string gnuplot_terminal(const std::filesystem::path& path, std::size_t width, std::size_t height) {
    const std::string ending = path.extension().string();
    const std::string size = std::to_string(width) + "," + std::to_string(height);
    const std::string common = " size " + size + " noenhanced font 'sans,10' background '#ffffff'\n";
    if (ending == ".png") return "set encoding utf8\nset terminal pngcairo" + common;
    if (ending == ".svg") return "set encoding utf8\nset terminal svg" + common;
    throw std::invalid_argument(path.string() + ": a picture's name ends in .png or .svg, got " + in_quotes(ending));
}

std::string gnuplot_string(std::string_view text) {
    std::string out = "\"";
    // gnuplot reads as many octal digits as follow, not three: a digit behind an octal number has to be one itself.
    bool after_octal = false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool digit = c >= '0' && c <= '9';
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (digit && !after_octal) || c == ' ';
        const bool control = byte < 0x20 || byte == 0x7f;
        after_octal = !plain && !control;
        if (after_octal) {
            out += {'\\', static_cast<char>('0' + byte / 64), static_cast<char>('0' + byte / 8 % 8),
                    static_cast<char>('0' + byte % 8)};
        } else {
            out += plain ? c : ' ';
        }
    }
    return out + "\"";
}

}  // namespace wb::detail
