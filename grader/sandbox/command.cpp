#include "sandbox/command.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// What a worker's own code runs: a detector of races asks addr2line for lines, through the shell.
constexpr const char* programs[] = {"sh", "addr2line"};

std::string require_program(const std::string& name, const std::string& package) {
    std::string path = find_program(name);
    if (path.empty())
        throw Error("the sandbox needs " + name + ", which is not installed. Run: apt-get install " + package);
    return path;
}

class Arguments {
 public:
    explicit Arguments(std::string program) : words_{std::move(program)} {}
    void add(std::initializer_list<std::string> words) { words_.insert(words_.end(), words); }
    /// A folder of libraries as this system has it: a real one, or a link into /usr.
    void add_system_folder(const fs::path& folder) {
        std::error_code none;
        if (fs::is_symlink(folder, none)) {
            add({"--symlink", fs::read_symlink(folder, none).string(), folder.string()});
        } else if (fs::is_directory(folder, none)) {
            add({"--ro-bind", folder.string(), folder.string()});
        }
    }
    void add_program(const std::string& name) {
        std::error_code error;
        const fs::path real = fs::canonical(find_program(name), error);
        if (!error) add({"--ro-bind", real.string(), "/usr/bin/" + name});
    }
    std::vector<std::string> take() { return std::move(words_); }

 private:
    std::vector<std::string> words_;
};

}  // namespace

Shown shown_entry() {
    return {WB_SANDBOX_ENTRY, entry_inside};
}

std::string find_program(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::string folders = std::string(path != nullptr ? path : "") + ":/usr/bin:/bin:/usr/local/bin";
    for (std::size_t at = 0; at < folders.size();) {
        const std::size_t end = std::min(folders.find(':', at), folders.size());
        std::string file = folders.substr(at, end - at) + "/" + name;
        if (file.front() == '/' && ::access(file.c_str(), X_OK) == 0) return file;
        at = end + 1;
    }
    return "";
}

std::vector<std::string> sandbox_command(const SandboxSpec& spec, const std::vector<Shown>& shown,
                                         const std::vector<std::string>& argv) {
    const SandboxLimits& limits = spec.limits;
    Arguments bwrap(require_program("bwrap", "bubblewrap"));
    bwrap.add({"--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"});
    bwrap.add({"--uid", "65534", "--gid", "65534", "--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv"});
    bwrap.add({"--info-fd", std::to_string(info_descriptor), "--seccomp", std::to_string(filter_descriptor)});
    bwrap.add({"--setenv", "PATH", "/usr/bin", "--setenv", "HOME", "/tmp", "--setenv", "TMPDIR", "/tmp"});
    bwrap.add({"--setenv", "LC_ALL", "C.UTF-8"});
    for (const auto& [name, value] : spec.environment) bwrap.add({"--setenv", name, value});
    for (const char* folder : {"/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/local/lib", "/lib",
                               "/lib32", "/lib64", "/libx32"})
        bwrap.add_system_folder(folder);
    for (const char* program : programs) bwrap.add_program(program);
    bwrap.add({"--symlink", "usr/bin", "/bin"});
    for (const char* file : {"/etc/alternatives", "/etc/ld.so.cache"}) bwrap.add({"--ro-bind-try", file, file});
    // Without a size a tmpfs takes half of the machine's memory; without remounting, / and /dev are such.
    const std::string size = std::to_string(limits.scratch_bytes);
    bwrap.add(
        {"--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm", "--size", size, "--tmpfs", "/tmp"});
    // Bubblewrap's own first process has the program's user, and its memory could be written through /proc.
    bwrap.add({"--size", "4096", "--tmpfs", "/proc/1", "--remount-ro", "/proc/1"});
    for (const Shown& one : shown) bwrap.add({"--ro-bind", one.from.string(), one.as.string()});
    bwrap.add({"--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--", entry_inside});

    const auto number = [](auto value) { return std::to_string(value); };
    // One second between SIGXCPU, which says what it is, and SIGKILL.
    bwrap.add({"--cpu=" + number(limits.cpu_seconds) + ":" + number(limits.cpu_seconds + 1),
               "--nproc=" + number(limits.processes), "--fsize=" + number(limits.file_bytes),
               "--nofile=" + number(limits.open_files), "--core=0"});
    if (spec.level == SandboxLevel::rlimits && limits.limit_address_space)
        bwrap.add({"--as=" + number(limits.memory_bytes)});
    bwrap.add({"--"});
    std::vector<std::string> words = bwrap.take();
    words.insert(words.end(), argv.begin(), argv.end());
    return words;
}

}  // namespace wb::grader
