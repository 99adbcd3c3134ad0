#include "intake/folder_source.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "files/descriptor.hpp"
#include "text/utf8.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace {

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

class Walk {
 public:
    explicit Walk(Collector& collector) : collector_(collector) {}

    /// @param parent  of the folder, open; @param prefix  the folder's path in the submission, with a slash at its end
    void enter(int parent, const std::string& name, const std::string& prefix, int depth) {
        const int fd =
            ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth == 0 ? 0 : O_NOFOLLOW));
        if (fd < 0) fail(prefix);
        const Folder folder(::fdopendir(fd));
        if (!folder) {
            ::close(fd);
            fail(prefix);
        }
        for (const std::string& entry : names_in(folder.get())) look_at(fd, entry, prefix, depth);
    }

 private:
    [[noreturn]] void fail(const std::string& path) const {
        const int error = errno;
        throw FileError("cannot read " + collector_.name() + (path.empty() ? "" : "/" + shown_name(path)) + ": " +
                        std::strerror(error));
    }

    /// In order, so that two runs say the same.
    std::vector<std::string> names_in(DIR* folder) {
        std::vector<std::string> names;
        while (const ::dirent* entry = ::readdir(folder)) {
            const std::string name = entry->d_name;
            if (name == "." || name == "..") continue;
            collector_.count_entry();
            names.push_back(name);
        }
        std::sort(names.begin(), names.end());
        return names;
    }

    void look_at(int folder, const std::string& name, const std::string& prefix, int depth) {
        const std::string path = prefix + name;
        struct stat info {};
        if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) fail(path);
        if (S_ISDIR(info.st_mode)) {
            if (collector_.places().leads_on(name, depth)) return enter(folder, name, path + "/", depth + 1);
            return collector_.leave_out(path + "/", "a folder that no exercise asks for");
        }
        Claim claim = collector_.places().claim(path);
        if (!S_ISREG(info.st_mode)) {
            const char* kind = S_ISLNK(info.st_mode) ? "a symbolic link" : "a device, pipe or socket";
            return collector_.leave_out(path, std::string(kind) + "; only plain files are taken");
        }
        if (claim.place.empty()) return collector_.leave_out(path, claim.reason);
        read(folder, name, path, std::move(claim));
    }

    void read(int folder, const std::string& name, const std::string& path, Claim claim) {
        const Descriptor file(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        struct stat info {};  // once more: it may have been changed meanwhile
        if (file.get() < 0 || ::fstat(file.get(), &info) != 0) fail(path);
        if (!S_ISREG(info.st_mode)) return collector_.leave_out(path, "it changed while it was read");
        const std::size_t most = collector_.limits().file_bytes;
        std::string bytes;
        std::vector<char> piece(1 << 16);
        for (;;) {
            const ssize_t got = ::read(file.get(), piece.data(), piece.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) fail(path);
            if (got == 0) break;
            bytes.append(piece.data(), static_cast<std::size_t>(got));
            if (bytes.size() > most) return collector_.leave_out_as_too_large(path);
        }
        collector_.take(path, std::move(claim), std::move(bytes));
    }

    Collector& collector_;
};

}  // namespace

Intake read_folder(const std::filesystem::path& folder, const Course& course, const IntakeLimits& limits) {
    Collector collector(course, limits, folder.string());
    Walk walk(collector);
    const std::string own_name = folder.filename().string();
    if (course.find_chapter(own_name) != nullptr) {
        walk.enter(AT_FDCWD, folder.string(), own_name + "/", 1);
    } else {
        walk.enter(AT_FDCWD, folder.string(), "", 0);
    }
    return collector.finish();
}

}  // namespace wb::grader
