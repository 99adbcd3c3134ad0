/// @file
/// The first program in a sandbox. It takes the limits of each process upon itself and becomes the program that is to be held; or, for a
/// step of a build, it runs commands one after another and hands over what they made:
///
///     sandbox-entry --LIMIT=SOFT[:HARD]... -- PROGRAM WORD...
///     sandbox-entry --LIMIT=SOFT[:HARD]... -- --make FOLDER (--run COUNT WORD...)... (--send NAME)...
///
/// One small program, linked statically: each further one that a sandbox starts costs a millisecond, and there are dozens of starts to a
/// submission. It runs inside, as the program's user, so nothing that comes from it is trusted.
/// What is sent goes to descriptor 3: the files' bytes, one after another, and at the end the size of each as 8 bytes.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sandbox/command.hpp"

namespace {

using wb::grader::not_handed_over;
constexpr int channel = 3;

[[noreturn]] void fail(const char* what, const char* word, int status) {
    std::fprintf(stderr, "the sandbox cannot %s %s: %s\n", what, word, std::strerror(errno));
    std::exit(status);
}

/// "--cpu=10:11".
void limit(const char* word) {
    constexpr struct {
        const char* name;
        int resource;
    } limits[] = {{"--cpu=", RLIMIT_CPU},       {"--nproc=", RLIMIT_NPROC}, {"--fsize=", RLIMIT_FSIZE},
                  {"--nofile=", RLIMIT_NOFILE}, {"--core=", RLIMIT_CORE},   {"--as=", RLIMIT_AS}};
    for (const auto& [name, resource] : limits) {
        if (std::strncmp(word, name, std::strlen(name)) != 0) continue;
        char* end = nullptr;
        const rlim_t soft = std::strtoull(word + std::strlen(name), &end, 10);
        const rlimit both{soft, *end == ':' ? std::strtoull(end + 1, nullptr, 10) : soft};
        if (::setrlimit(static_cast<__rlimit_resource_t>(resource), &both) != 0) fail("set", word, 127);
        return;
    }
    errno = EINVAL;
    fail("set", word, 127);
}

/// As a shell would: the status that it ends with, or 128 and the signal.
int run(char** argv) {
    pid_t child = 0;
    if (const int error = ::posix_spawnp(&child, argv[0], nullptr, nullptr, argv, ::environ); error != 0) {
        errno = error;
        fail("start", argv[0], 127);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) fail("wait for", argv[0], 127);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::uint64_t send(const char* name) {
    const int file = ::open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info {};
    if (file < 0 || ::fstat(file, &info) != 0) fail("read", name, 1);
    if (!S_ISREG(info.st_mode)) {
        errno = EINVAL;
        fail("read", name, 1);
    }
    const auto size = static_cast<std::uint64_t>(info.st_size);
    for (std::uint64_t sent = 0; sent < size;) {
        const ssize_t put = ::sendfile(channel, file, nullptr, size - sent);
        if (put <= 0) fail("hand over", name, not_handed_over);
        sent += static_cast<std::uint64_t>(put);
    }
    ::close(file);
    return size;
}

/// @param words  "--make" and what follows, up to a null pointer
int make(char** words, int count) {
    ::fcntl(channel, F_SETFD, FD_CLOEXEC);  // no compiler's business
    if (::mkdir(words[1], 0755) != 0 || ::chdir(words[1]) != 0) fail("make", words[1], 127);
    int at = 2;
    while (at + 1 < count && std::strcmp(words[at], "--run") == 0) {
        const int length = std::atoi(words[at + 1]), end = at + 2 + length;
        if (length < 1 || end > count) return 127;
        char* const after = words[end];
        words[end] = nullptr;
        if (const int status = run(words + at + 2); status != 0) return status;
        words[end] = after;
        at = end;
    }
    const int first = at;
    auto* const sizes =
        static_cast<std::uint64_t*>(std::calloc(static_cast<std::size_t>(count), sizeof(std::uint64_t)));
    std::size_t files = 0;
    for (at = first; at + 1 < count && std::strcmp(words[at], "--send") == 0; at += 2)
        sizes[files++] = send(words[at + 1]);
    const auto bytes = static_cast<ssize_t>(files * sizeof(std::uint64_t));
    if (files > 0 && ::write(channel, sizes, static_cast<std::size_t>(bytes)) != bytes)
        fail("hand over", "sizes", not_handed_over);
    return at == count ? 0 : 127;
}

}  // namespace

int main(int argc, char** argv) {
    int at = 1;
    for (; at < argc && std::strcmp(argv[at], "--") != 0; ++at) limit(argv[at]);
    if (++at >= argc) return 127;
    if (std::strcmp(argv[at], "--make") == 0 && at + 1 < argc) return make(argv + at, argc - at);
    ::execvp(argv[at], argv + at);
    fail("start", argv[at], 127);
}
