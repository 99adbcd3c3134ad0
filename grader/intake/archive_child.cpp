#include "intake/archive_child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>

#include "files/descriptor.hpp"
#include "files/files.hpp"
#include "intake/archive_answer.hpp"
#include "intake/archive_source.hpp"
#include "process/process.hpp"
#include "report/report.hpp"
#include "sandbox/command.hpp"
#include "sandbox/run.hpp"
#include "text/utf8.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool reserves_terabytes = true;
#elif defined(__has_feature)
constexpr bool reserves_terabytes = __has_feature(address_sanitizer);
#else
constexpr bool reserves_terabytes = false;
#endif

constexpr const char* held_program = "/workbook-cli";  // as the sandbox calls it
constexpr int cpu_seconds = 60;
constexpr std::uint64_t memory_bytes = 1ULL << 30U;  // the archive, what is kept of it, and a decompressor's window
constexpr std::uint64_t answer_bytes = 64ULL << 20U;

Descriptor checked(int fd, const fs::path& path) {
    if (fd < 0) throw FileError("cannot read " + path.string() + ": " + std::strerror(errno));
    return Descriptor(fd);
}

/// From where it stands to its end, or to more than `most` bytes.
std::string all_of(int fd, std::uint64_t most) {
    std::string bytes;
    std::vector<char> piece(1 << 16);
    while (bytes.size() <= most) {
        const ssize_t got = ::read(fd, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw Error(std::string("cannot read an archive's bytes: ") + std::strerror(errno));
        if (got == 0) break;
        bytes.append(piece.data(), static_cast<std::size_t>(got));
    }
    return bytes;
}

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(fd, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) throw Error(std::string("cannot hand over what was read: ") + std::strerror(errno));
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
}

ArchiveRequest request_for(const Course& course, const std::string& name, const IntakeLimits& limits) {
    ArchiveRequest request{.places = {}, .limits = limits, .name = name};
    for (const Chapter& chapter : course.chapters) request.places[chapter.id] = chapter.files();
    return request;
}

[[noreturn]] void stopped(const std::string& name, const std::string& how) {
    throw FileError(name + ": reading it " + how +
                    ". Nothing of it was taken. Ask for the exercises' own files alone, packed again");
}

Intake read_held(const fs::path& file, const ArchiveRequest& request, SandboxSpec spec, const fs::path& program) {
    const Descriptor archive = checked(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK), file);
    const int memory = ::memfd_create("answer", MFD_CLOEXEC);
    if (memory < 0) throw Error(std::string("there is no memory to read an archive: ") + std::strerror(errno));
    const Descriptor answer = checked(memory, "an answer");
    spec.shown = {{program, held_program}};
    spec.environment.clear();
    if (reserves_terabytes)
        spec.environment["ASAN_OPTIONS"] = "detect_leaks=0";  // it would trace, which the filter forbids
    spec.limits = {.wall = std::chrono::seconds(2 * cpu_seconds),
                   .cpu_seconds = cpu_seconds,
                   .memory_bytes = memory_bytes,
                   .limit_address_space = !reserves_terabytes,
                   .processes = 4,
                   .file_bytes = answer_bytes,
                   .scratch_bytes = 4096,
                   .output_bytes = 4096,
                   .open_files = 16};
    const SandboxResult result =
        run_in_sandbox(spec, {held_program, read_archive_word, to_text(request)}, answer.get(), archive.get());
    if (!result.started) throw Error("the sandbox did not start the reader of archives: " + result.output);
    if (!result.ok()) stopped(request.name, result.how_it_ended(spec.limits));
    ::lseek(answer.get(), 0, SEEK_SET);
    return intake_of(all_of(answer.get(), answer_bytes), request);
}

Intake read_limited(const fs::path& file, ArchiveRequest request, const fs::path& program) {
    std::optional<ScratchFolder> folder;
    try {
        folder.emplace(fs::temp_directory_path(), "workbook-archive");
    } catch (const FileError& error) {  // no fault of the archive's
        throw Error(error.what());
    }
    request.in = fs::absolute(file).string();
    request.out = (folder->path() / "answer").string();
    std::vector<std::string> argv{find_program("prlimit"), fmt::format("--cpu={}", cpu_seconds),
                                  fmt::format("--fsize={}", answer_bytes), "--core=0"};
    if (!reserves_terabytes) argv.push_back(fmt::format("--as={}", memory_bytes));
    argv.insert(argv.end(), {"--", program.string(), read_archive_word, to_text(request)});
    const ProcessResult result =
        run_process({.argv = std::move(argv), .time_limit = std::chrono::seconds(2 * cpu_seconds)});
    if (result.exit_status == not_handed_over)
        throw Error("what an archive holds cannot be kept: " + clean_text(result.output, 300));
    if (!result.ok()) stopped(request.name, result.how_it_ended());
    return intake_of(read_text(request.out), request);
}

}  // namespace

ArchiveReader reader_in_a_child(std::optional<SandboxSpec> sandbox, fs::path program) {
    if (program.empty()) program = fs::read_symlink("/proc/self/exe");
    return [sandbox = std::move(sandbox), program = std::move(program)](
               const fs::path& file, const std::string& name, const Course& course, const IntakeLimits& limits) {
        const ArchiveRequest request = request_for(course, name, limits);
        return sandbox ? read_held(file, request, *sandbox, program) : read_limited(file, request, program);
    };
}

int read_archive_as_a_child(const std::string& text) {
    const ArchiveRequest request = archive_request_of(text);
    Course course;  // as much of it as decides where files belong
    for (const auto& [id, files] : request.places) {
        Exercise exercise;
        exercise.files = files;
        Chapter chapter;
        chapter.id = id;
        chapter.exercises.push_back(std::move(exercise));
        course.chapters.push_back(std::move(chapter));
    }
    std::string answer;
    try {
        std::string bytes;
        if (request.in.empty()) {
            bytes = all_of(STDIN_FILENO, request.limits.archive_bytes);
        } else {
            const Descriptor file = checked(::open(request.in.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK), request.in);
            bytes = all_of(file.get(), request.limits.archive_bytes);
        }
        answer = answer_of(read_archive(std::as_bytes(std::span(bytes)), request.name, course, request.limits));
    } catch (const FileError& error) {
        answer = refusal_of(error.what());
    }
    try {
        if (request.out.empty()) {
            write_all(3, answer);
        } else {
            write_atomically(request.out, answer);
        }
    } catch (const Error& error) {  // a full disk is not the archive's doing
        std::cerr << error.what() << "\n";
        return not_handed_over;
    }
    return 0;
}

}  // namespace wb::grader
