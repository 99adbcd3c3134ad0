#include "files/save_watch.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

constexpr int quiet_milliseconds = 60;  // an editor that saves by several steps takes less between two of them

bool is_read_by_builds(const std::string& name) {
    const auto ends_so = [&](const char* ending) { return name.ends_with(ending); };
    static constexpr std::array endings{".cpp", ".cu", ".hpp", ".cuh", ".h", ".toml"};
    return std::any_of(endings.begin(), endings.end(), ends_so);
}

}  // namespace

SaveWatch::SaveWatch() : fd_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (fd_ < 0) throw Error(std::string("--watch: this system reports no file changes: ") + std::strerror(errno));
}

SaveWatch::~SaveWatch() {
    ::close(fd_);
}

void SaveWatch::add(const fs::path& folder) {
    // Editors save by writing in place, or by moving a new file over the old one.
    const int watched = ::inotify_add_watch(fd_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE);
    if (watched < 0) throw Error("--watch: cannot watch " + folder.string() + ": " + std::strerror(errno));
    folders_[watched] = folder;
}

std::optional<Saved> SaveWatch::wait() {
    std::vector<fs::path> files;
    if (wait_for_events(-1, files) == Came::signal) return std::nullopt;
    const auto at = std::chrono::steady_clock::now();
    while (wait_for_events(quiet_milliseconds, files) == Came::save) {
    }
    return Saved{files, at};
}

SaveWatch::Came SaveWatch::wait_for_events(int milliseconds, std::vector<fs::path>& files) {
    for (;;) {
        pollfd watched{fd_, POLLIN, 0};
        const int ready = ::poll(&watched, 1, milliseconds);
        if (ready < 0 && errno == EINTR && milliseconds < 0) return Came::signal;
        if (ready <= 0) return Came::nothing;
        const std::size_t before = files.size();
        read_events(files);
        if (files.size() > before || milliseconds >= 0) return Came::save;
    }
}

void SaveWatch::read_events(std::vector<fs::path>& files) {
    alignas(inotify_event) std::array<char, 4096> buffer;
    for (ssize_t got = ::read(fd_, buffer.data(), buffer.size()); got > 0;
         got = ::read(fd_, buffer.data(), buffer.size())) {
        for (ssize_t at = 0; at < got;) {
            const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
            const std::string name = event->len > 0 ? event->name : "";
            if (is_read_by_builds(name)) files.push_back(folders_[event->wd] / name);
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        }
    }
}

}  // namespace wb::grader
