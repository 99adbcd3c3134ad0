#include "submission/build_step.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <set>
#include <utility>

#include "files/files.hpp"
#include "process/process.hpp"
#include "sandbox/command.hpp"
#include "sandbox/run.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view placeholder = "{out}";
constexpr const char* held_out = "/tmp/out";       // of the sandbox, which has a /tmp of its own
constexpr std::uint64_t most_bytes = 1ULL << 30U;  // of what one step writes

std::string filled(std::string word, const std::string& out) {
    for (auto at = word.find(placeholder); at != std::string::npos; at = word.find(placeholder, at + out.size()))
        word.replace(at, placeholder.size(), out);
    return word;
}

/// What the sandbox's entry is told (sandbox/entry.cpp).
std::vector<std::string> entry_words(const BuildStep& step) {
    std::vector<std::string> words{"--make", held_out};
    for (const auto& command : step.commands) {
        words.insert(words.end(), {"--run", std::to_string(command.size())});
        for (const std::string& word : command) words.push_back(filled(word, held_out));
    }
    for (const std::string& name : step.made) words.insert(words.end(), {"--send", name});
    return words;
}

/// Parts an answer into files. False when it is not what the entry makes, as when it was cut off. The first file stays where it is: workers are
/// tens of megabytes.
bool unpack(const fs::path& answer, const std::vector<std::string>& names, const fs::path& into) {
    if (names.empty()) return true;
    std::vector<std::uint64_t> sizes(names.size());
    const std::uint64_t table = sizes.size() * sizeof(std::uint64_t);
    std::ifstream from(answer, std::ios::binary);
    from.seekg(-static_cast<std::streamoff>(table), std::ios::end);
    if (!from.read(reinterpret_cast<char*>(sizes.data()), static_cast<std::streamsize>(table))) return false;
    std::uint64_t whole = table;
    for (const std::uint64_t size : sizes) {
        if (size > most_bytes) return false;
        whole += size;
    }
    if (whole != fs::file_size(answer)) return false;
    from.seekg(static_cast<std::streamoff>(sizes.front()));
    for (std::size_t i = 1; i < names.size(); ++i) {
        std::string bytes(sizes[i], '\0');
        if (!from.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return false;
        write_atomically(into / names[i], bytes);
    }
    fs::resize_file(answer, sizes.front());
    fs::rename(answer, into / names.front());
    return true;
}

/// A file for the sandbox's descriptor 3.
class Answer {
 public:
    explicit Answer(const fs::path& folder)
        : path_(folder / ".answer"), fd_(::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644)) {
        if (fd_ < 0) throw FileError("cannot write " + path_.string());
    }
    ~Answer() {
        ::close(fd_);
        std::error_code none;
        fs::remove(path_, none);
    }
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    [[nodiscard]] int descriptor() const { return fd_; }
    [[nodiscard]] const fs::path& path() const { return path_; }

 private:
    fs::path path_;
    int fd_;
};

/// Each once, without those that lie in another of them, and those that are not there.
std::vector<Shown> shown_once(const std::vector<fs::path>& paths) {
    std::set<fs::path> all;
    std::error_code none;
    for (const fs::path& path : paths) {
        if (fs::exists(path, none)) all.insert(path.lexically_normal());
    }
    std::vector<Shown> shown;
    for (const fs::path& path : all) {
        bool inside = false;
        for (fs::path above = path.parent_path(); above != above.root_path() && !inside; above = above.parent_path())
            inside = all.contains(above);
        if (!inside) shown.push_back({path, path});
    }
    return shown;
}

}  // namespace

Builder::Builder(std::optional<SandboxSpec> sandbox, std::vector<fs::path> tools)
    : sandbox_(std::move(sandbox)), tools_(std::move(tools)) {
    if (!sandbox_) return;
    for (const char* folder : {"/usr/bin", "/usr/include", "/usr/libexec", "/usr/local/include"})
        tools_.emplace_back(folder);
}

std::string Builder::out(const fs::path& into) const {
    return sandbox_ ? held_out : into.string();
}

BuildEnd Builder::run(const BuildStep& step, const fs::path& into) const {
    const auto start = std::chrono::steady_clock::now();
    BuildEnd end = sandbox_ ? run_held(step, into) : run_here(step, into);
    std::error_code none;
    std::uint64_t made_bytes = 0;
    for (const std::string& name : step.made) {
        end.ok = end.ok && fs::is_regular_file(into / name, none);
        if (end.ok) made_bytes += fs::file_size(into / name, none);
    }
    const std::lock_guard lock(counting_);
    ++cost_.steps;
    cost_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    cost_.cpu_seconds += end.cpu_seconds;
    cost_.made_bytes += made_bytes;
    return end;
}

BuildCost Builder::cost() const {
    const std::lock_guard lock(counting_);
    return cost_;
}

BuildEnd Builder::run_here(const BuildStep& step, const fs::path& into) const {
    BuildEnd end;
    for (const auto& command : step.commands) {
        ProcessOptions options{
            .directory = into, .environment = {{"LC_ALL", "C.UTF-8"}}, .time_limit = step.time_limit};
        for (const std::string& word : command) options.argv.push_back(filled(word, into.string()));
        const ProcessResult result = run_process(options);
        end.output += result.output;
        end.how_it_ended = result.how_it_ended();
        end.timed_out = result.timed_out;
        end.cpu_seconds += result.cpu_seconds;
        if (!result.ok()) return end;
    }
    end.ok = true;
    return end;
}

BuildEnd Builder::run_held(const BuildStep& step, const fs::path& into) const {
    SandboxSpec spec = *sandbox_;
    std::vector<fs::path> shown = tools_;
    shown.insert(shown.end(), step.reads.begin(), step.reads.end());
    spec.shown = shown_once(shown);
    spec.limits.wall = step.time_limit;
    spec.limits.scratch_bytes = spec.limits.file_bytes = most_bytes;
    spec.limits.output_bytes = 256 * 1024;  // as run_process keeps
    const Answer answer(into);
    const SandboxResult result = run_in_sandbox(spec, entry_words(step), answer.descriptor());
    if (!result.started) throw Error("the sandbox did not start a compiler: " + result.output);
    BuildEnd end{.ok = result.ok(),
                 .timed_out = result.limit == SandboxLimit::wall_time || result.limit == SandboxLimit::cpu_time,
                 .output = result.output,
                 .how_it_ended = result.how_it_ended(spec.limits),
                 .cpu_seconds = result.cpu_seconds.value_or(0)};
    if (result.exit_status == not_handed_over) throw Error("what a compiler made cannot be kept: " + end.output);
    if (!end.ok) return end;
    if (!unpack(answer.path(), step.made, into))
        throw Error("the sandbox handed over half of what a compiler made: is the disk full?");
    return end;
}

}  // namespace wb::grader
