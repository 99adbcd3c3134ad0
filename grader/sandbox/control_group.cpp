#include "sandbox/control_group.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view group_prefix = "workbook-";

/// The kernel's files have no size; streams read them to their end.
std::string text_of(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& value) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    const ssize_t put = fd < 0 ? -1 : ::write(fd, value.data(), value.size());
    const int error = errno;
    if (fd >= 0) ::close(fd);
    if (put < 0) throw Error("cannot write " + value + " to " + file.string() + ": " + std::strerror(error));
}

/// The number after `key` at the beginning of a line ("oom_kill 3"), or of the file when the key is empty; 0 when there is none.
long long number_in(const std::string& text, const std::string& key) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!key.empty() && !line.starts_with(key + " ")) continue;
        long long number = 0;
        const char* begin = line.data() + (key.empty() ? 0 : key.size() + 1);
        std::from_chars(begin, line.data() + line.size(), number);
        return number;
    }
    return 0;
}

std::vector<std::string> words_of(const std::string& line, char separator) {
    std::vector<std::string> words;
    std::istringstream in(line);
    for (std::string word; std::getline(in, word, separator);) words.push_back(word);
    return words;
}

/// The group of this process in the tree of `controller`: a line "8:pids:/some/group".
fs::path own_group(std::string_view membership, const std::string& controller) {
    std::istringstream lines{std::string(membership)};
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        for (const std::string& name : words_of(line.substr(first + 1, second - first - 1), ',')) {
            if (name == controller) return line.substr(second + 1);
        }
    }
    return "/";
}

}  // namespace

GroupFolders group_folders(SandboxLevel level, std::string_view mountinfo, std::string_view membership) {
    GroupFolders folders;
    std::istringstream lines{std::string(mountinfo)};
    for (std::string line; std::getline(lines, line);) {
        // 31 25 0:27 /root /sys/fs/cgroup/pids rw,relatime shared:9 - cgroup cgroup rw,pids
        const std::vector<std::string> words = words_of(line, ' ');
        std::size_t dash = 6;
        while (dash < words.size() && words[dash] != "-") ++dash;
        if (dash + 3 >= words.size()) continue;
        const fs::path mounted = words[4];
        if (level == SandboxLevel::cgroup_v2 && words[dash + 1] == "cgroup2") folders[""] = mounted;
        if (level != SandboxLevel::cgroup_v1 || words[dash + 1] != "cgroup") continue;
        for (const std::string& option : words_of(words[dash + 3], ',')) {
            if (option != "memory" && option != "pids" && option != "cpuacct") continue;
            // Inside a container the mount may begin at our own group already.
            const fs::path own = own_group(membership, option).lexically_relative(words[3]);
            folders[option] =
                own.empty() || own.string().starts_with("..") ? mounted : (mounted / own).lexically_normal();
        }
    }
    if (level == SandboxLevel::cgroup_v1 && (!folders.contains("memory") || !folders.contains("pids"))) return {};
    return folders;
}

GroupFolders group_folders(SandboxLevel level) {
    return group_folders(level, text_of("/proc/self/mountinfo"), text_of("/proc/self/cgroup"));
}

ControlGroup::ControlGroup(SandboxLevel level, const GroupFolders& folders, const SandboxLimits& limits)
    : level_(level) {
    static std::atomic<int> made = 0;
    const std::string name =
        std::string(group_prefix) + std::to_string(::getpid()) + "-" + std::to_string(made.fetch_add(1));
    if (folders.empty())
        throw Error("this machine has no control groups for memory and processes (" + std::string(name_of(level)) +
                    ")");
    const std::string memory = std::to_string(limits.memory_bytes), processes = std::to_string(limits.processes + 8);
    try {
        for (const auto& [controller, parent] : folders) {
            if (level == SandboxLevel::cgroup_v2) write(parent / "cgroup.subtree_control", "+memory +pids");
            make(parent / name);
            groups_[controller] = parent / name;
        }
        std::error_code none;
        if (level == SandboxLevel::cgroup_v2) {
            write(file("", "memory.max"), memory);
            if (fs::exists(file("", "memory.swap.max"), none)) write(file("", "memory.swap.max"), "0");
            write(file("", "memory.oom.group"), "1");
            write(file("", "pids.max"), processes);
        } else {
            write(file("memory", "memory.limit_in_bytes"), memory);
            const fs::path with_swap = file("memory", "memory.memsw.limit_in_bytes");
            if (fs::exists(with_swap, none)) write(with_swap, memory);
            write(file("pids", "pids.max"), processes);
        }
        // Of version 1 the file for one thread, which is all that a forked child is: for whole processes the kernel stops all forks first, and
        // waits some 10 ms for that.
        const char* const door = level == SandboxLevel::cgroup_v1 ? "tasks" : "cgroup.procs";
        for (const auto& [controller, group] : groups_) {
            doors_.push_back(::open((group / door).c_str(), O_WRONLY | O_CLOEXEC));
            if (doors_.back() < 0) throw Error("cannot open " + (group / door).string() + ": " + std::strerror(errno));
        }
    } catch (...) {
        remove_folders();
        throw;
    }
}

ControlGroup::~ControlGroup() {
    clear();
    remove_folders();
}

void ControlGroup::make(const fs::path& folder) {
    if (::mkdir(folder.c_str(), 0755) != 0)
        throw Error("cannot make the control group " + folder.string() + ": " + std::strerror(errno));
}

fs::path ControlGroup::file(const std::string& controller, const std::string& name) const {
    return groups_.at(controller) / name;
}

bool ControlGroup::memory_exceeded() const {
    return level_ == SandboxLevel::cgroup_v2 ? number_in(text_of(file("", "memory.events")), "oom_kill") > 0
                                             : number_in(text_of(file("memory", "memory.oom_control")), "oom_kill") > 0;
}

bool ControlGroup::processes_exceeded() const {
    return number_in(text_of(file(level_ == SandboxLevel::cgroup_v2 ? "" : "pids", "pids.events")), "max") > 0;
}

std::optional<double> ControlGroup::cpu_seconds() const {
    if (level_ == SandboxLevel::cgroup_v2)
        return 1e-6 * static_cast<double>(number_in(text_of(file("", "cpu.stat")), "usage_usec"));
    if (!groups_.contains("cpuacct")) return std::nullopt;
    return 1e-9 * static_cast<double>(number_in(text_of(file("cpuacct", "cpuacct.usage")), ""));
}

void ControlGroup::clear() {
    for (int turn = 0; turn < 5000; ++turn) {
        bool empty = true;
        for (const auto& [controller, group] : groups_) {
            std::istringstream processes(text_of(group / "cgroup.procs"));
            for (long long process = 0; processes >> process;) {
                empty = false;
                // 0: one whose number is not known here, in another namespace; nobody of ours
                if (process > 0) ::kill(static_cast<pid_t>(process), SIGKILL);
            }
        }
        if (empty) return;
        ::poll(nullptr, 0, 2);
    }
}

void ControlGroup::remove_folders() {
    for (const int door : doors_) {
        if (door >= 0) ::close(door);
    }
    doors_.clear();
    for (const auto& [controller, group] : groups_) {
        // Who has died is a moment longer in the group's books.
        for (int turn = 0; turn < 1000 && ::rmdir(group.c_str()) != 0 && errno == EBUSY; ++turn) ::poll(nullptr, 0, 2);
    }
    groups_.clear();
}

void remove_stale_groups(const GroupFolders& folders) {
    for (const auto& [controller, parent] : folders) {
        std::error_code error;
        for (fs::directory_iterator at(parent, error), end; !error && at != end; at.increment(error)) {
            const std::string name = at->path().filename().string();
            if (!name.starts_with(group_prefix)) continue;
            const long long owner = std::atoll(name.c_str() + group_prefix.size());
            if (owner > 0 && ::kill(static_cast<pid_t>(owner), 0) != 0 && errno == ESRCH) ::rmdir(at->path().c_str());
        }
    }
}

}  // namespace wb::grader
