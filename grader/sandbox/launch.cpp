#include "sandbox/launch.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "wb/errors.hpp"

namespace wb::grader {
namespace {

/// From fork to exec: system calls only, no allocation, no locks. Another thread may have held any of them.
class Child {
 public:
    explicit Child(int errors) : errors_(errors) {}

    void require(bool good, const char* what) const {
        if (good) return;
        say("the sandbox cannot ");
        say(what);
        say(": ");
        const char* words = strerrordesc_np(errno);
        say(words != nullptr ? words : "unknown error");
        say("\n");
        ::_exit(127);
    }
    void enter(const std::vector<int>& doors) const {
        for (const int door : doors) require(::write(door, "0", 1) == 1, "enter its control group");
    }
    /// Of all processes this one goes first when memory runs out.
    void volunteer() const {
        const int score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
        if (score < 0) return;
        (void)!::write(score, "1000", 4);
        ::close(score);
    }
    void stage(const std::vector<Shown>& staged) const {
        if (staged.empty()) return;
        require(::unshare(CLONE_NEWNS) == 0, "get a mount namespace");
        require(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "keep its mounts to itself");
        // Opened first: one of them may lie below the folder that the stage is about to cover.
        std::array<int, most_staged> opened{};
        for (std::size_t i = 0; i < staged.size(); ++i) {
            opened[i] = ::open(staged[i].from.c_str(), O_PATH | O_CLOEXEC);
            require(opened[i] >= 0, staged[i].from.c_str());
        }
        require(::mount("stage", stage_folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m") == 0,
                "mount a stage");
        for (std::size_t i = 0; i < staged.size(); ++i) bind(opened[i], staged[i].as.c_str());
    }
    void become(uid_t user) const {
        if (user == 0) return;
        require(::setgroups(0, nullptr) == 0, "leave root's groups");
        require(::setresgid(user, user, user) == 0, "leave root's group");
        require(::setresuid(user, user, user) == 0, "become an unprivileged user");
    }
    void arrange(const std::vector<int>& descriptors) const {
        for (std::size_t i = 0; i < descriptors.size(); ++i) {
            const int wanted = static_cast<int>(i);
            if (descriptors[i] < 0) {
                ::close(wanted);
            } else {
                require(::dup2(descriptors[i], wanted) >= 0, "arrange its descriptors");
            }
        }
        ::close_range(static_cast<unsigned>(descriptors.size()), ~0U, 0);
    }

    static constexpr std::size_t most_staged = 64;

 private:
    void say(const char* text) const { (void)!::write(errors_, text, std::strlen(text)); }
    void bind(int opened, const char* as) const {
        struct stat status {};
        require(::fstat(opened, &status) == 0, "look at what it is to show");
        if (S_ISDIR(status.st_mode)) {
            require(::mkdir(as, 0755) == 0, "make a place for what it is to show");
        } else {
            const int place = ::open(as, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
            require(place >= 0, "make a place for what it is to show");
            ::close(place);
        }
        std::array<char, 32> path{"/proc/self/fd/"};
        char* end = path.data() + std::strlen(path.data());
        for (int scale = 10000; scale > 0; scale /= 10) {
            if (scale == 1 || opened >= scale) *end++ = static_cast<char>('0' + opened / scale % 10);
        }
        require(::mount(path.data(), as, nullptr, MS_BIND, nullptr) == 0, "bind what it is to show");
        ::close(opened);
    }
    int errors_;
};

}  // namespace

pid_t launch(const Launch& launch) {
    if (launch.staged.size() > Child::most_staged)
        throw Error("the sandbox can show " + std::to_string(Child::most_staged) +
                    " files and folders, and was asked for " + std::to_string(launch.staged.size()));
    // Above all the numbers that they are to get, so that none is overwritten before its turn.
    std::vector<int> descriptors;
    for (const int fd : launch.descriptors)
        descriptors.push_back(fd < 0 ? -1
                                     : ::fcntl(fd, F_DUPFD_CLOEXEC, static_cast<int>(launch.descriptors.size()) + 4));
    std::vector<char*> argv;
    for (const std::string& word : launch.argv) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    char* const environment[] = {nullptr};

    const pid_t parent = ::getpid();
    sigset_t none;
    ::sigemptyset(&none);
    const pid_t pid = ::fork();
    if (pid == 0) {
        const Child child(descriptors.size() > 2 ? descriptors[2] : 2);
        ::setpgid(0, 0);
        child.enter(launch.doors);
        child.volunteer();
        child.stage(launch.staged);
        child.become(launch.become);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // after the change of user, which clears it
        if (::getppid() != parent) ::_exit(127);
        child.arrange(descriptors);
        ::signal(SIGPIPE, SIG_DFL);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::execve(argv[0], argv.data(), environment);
        Child(2).require(false, "start bubblewrap");
    }
    const int error = errno;
    for (const int fd : descriptors) {
        if (fd >= 0) ::close(fd);
    }
    if (pid < 0) throw Error(std::string("cannot start a sandbox: ") + std::strerror(error));
    ::setpgid(pid, pid);
    return pid;
}

}  // namespace wb::grader
