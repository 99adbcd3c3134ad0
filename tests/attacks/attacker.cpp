// A submission that means harm: does what its first argument says, and prints what came of it. Its second argument is a mark by which
// a test finds it, and whatever it starts, in the table of processes.

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <new>
#include <string>
#include <vector>

namespace {

using Arguments = std::vector<std::string>;

/// One line an attempt: "connect: ENETUNREACH", or "connect: DONE" when it was let.
void report(const std::string& what, bool done) {
    const int error = errno;
    std::cout << what << ": " << (done ? "DONE" : ::strerrorname_np(error)) << "\n";
}

[[noreturn]] void spin() {
    const volatile bool endless = true;
    while (endless) {
    }
    ::abort();
}

[[noreturn]] void wait_forever() {
    for (;;) ::pause();
}

void ignore_signals() {
    for (int number = 1; number < SIGRTMAX; ++number) ::signal(number, SIG_IGN);
}

std::vector<std::string> entries(const char* folder) {
    std::vector<std::string> names;
    DIR* const open = ::opendir(folder);
    if (open == nullptr) return names;
    while (const dirent* entry = ::readdir(open)) names.emplace_back(entry->d_name);
    ::closedir(open);
    std::sort(names.begin(), names.end());
    return names;
}

void fork_until_refused() {
    int children = 0;
    for (pid_t child = ::fork(); child >= 0; child = ::fork()) {
        if (child == 0) wait_forever();
        ++children;
    }
    report("fork", false);
    std::cout << "children: " << children << "\n";
}

[[noreturn]] void fork_bomb() {
    for (;;) (void)!::fork();
}

void* sleeping(void*) {
    wait_forever();
}

void threads_until_refused() {
    int threads = 0;
    pthread_attr_t small;
    ::pthread_attr_init(&small);
    ::pthread_attr_setstacksize(&small, 64 << 10);
    for (pthread_t thread{}; threads < 100000 && ::pthread_create(&thread, &small, sleeping, nullptr) == 0;) ++threads;
    std::cout << "threads: " << threads << std::endl;
    ::_exit(0);
}

/// Takes megabytes and writes to each page.
void take_memory(int megabytes) {
    for (int i = 0; i < megabytes; ++i) {
        char* const block = static_cast<char*>(::operator new(1 << 20));
        for (int at = 0; at < 1 << 20; at += 4096) const_cast<volatile char*>(block)[at] = 1;
    }
}

void take_memory_in_children() {
    std::vector<pid_t> children;
    for (int i = 0; i < 8; ++i) {
        children.push_back(::fork());
        if (children.back() == 0) {
            take_memory(64);
            ::_exit(0);
        }
    }
    int served = 0;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        served += status == 0 ? 1 : 0;
    }
    std::cout << "served: " << served << "\n";
}

/// Writes files of 1 MB until it is refused.
void fill(const std::string& folder) {
    const std::string block(1 << 20, 'x');
    for (int files = 0;; ++files) {
        const int fd = ::open((folder + "/" + std::to_string(files)).c_str(), O_CREAT | O_WRONLY, 0600);
        const bool whole = fd >= 0 && ::write(fd, block.data(), block.size()) == static_cast<ssize_t>(block.size());
        if (whole) {
            ::close(fd);
            continue;
        }
        std::cout << folder << ": " << files << " MB\n";
        return;
    }
}

void write_one_large_file() {
    const std::string block(1 << 20, 'x');
    const int fd = ::open("/tmp/large", O_CREAT | O_WRONLY, 0600);
    for (int i = 0; i < 1000; ++i) (void)!::write(fd, block.data(), block.size());
}

[[noreturn]] void flood() {
    const std::string line(4096, 'x');
    for (;;) (void)!::write(1, line.data(), line.size());
}

void call_out(const char* address, std::uint16_t port) {
    const int plug = ::socket(AF_INET, SOCK_STREAM, 0);
    report("socket", plug >= 0);
    sockaddr_in target{};
    target.sin_family = AF_INET;
    target.sin_port = htons(port);
    ::inet_pton(AF_INET, address, &target.sin_addr);
    if (plug >= 0) report("connect", ::connect(plug, reinterpret_cast<sockaddr*>(&target), sizeof target) == 0);
}

void read_files(const Arguments& paths) {
    for (const std::string& path : paths) report("read " + path, ::open(path.c_str(), O_RDONLY) >= 0);
}

void trace() {
    report("trace me", ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0);
    report("attach to the first process", ::ptrace(PTRACE_ATTACH, 1, nullptr, nullptr) == 0);
    char byte = 0;
    iovec here{&byte, 1}, there{&byte, 1};
    report("read another's memory", ::syscall(SYS_process_vm_readv, 1, &here, 1, &there, 1, 0) >= 0);
    report("open another's memory", ::open("/proc/1/mem", O_RDWR) >= 0);
}

void follow_links(const Arguments& targets) {
    for (const std::string& target : targets) {
        ::unlink("/tmp/link");
        report("link", ::symlink(target.c_str(), "/tmp/link") == 0);
        report("read through it", ::open("/tmp/link", O_RDONLY) >= 0);
        report("write through it", ::open("/tmp/link", O_CREAT | O_WRONLY, 0600) >= 0);
        report("write beside it", ::open(("/tmp/../.." + target).c_str(), O_CREAT | O_WRONLY, 0600) >= 0);
    }
}

void list_descriptors() {
    std::string line = "descriptors:";
    for (int fd = 0; fd < 4096; ++fd) {
        if (::fcntl(fd, F_GETFD) >= 0) line += " " + std::to_string(fd);
    }
    std::cout << line << "\n";
}

[[noreturn]] void juggle_descriptors() {
    for (int fd = 100; fd < 200; ++fd) ::dup2(1, fd);
    for (int fd = 0; fd < 100; ++fd) ::close(fd);
    wait_forever();
}

/// A grandchild in a session of its own, whose parent is gone.
void leave_an_orphan() {
    if (::fork() == 0) {
        ::setsid();
        if (::fork() != 0) ::_exit(0);
        ignore_signals();
        wait_forever();
    }
    int status = 0;
    ::wait(&status);
}

void gain_rights() {
    report("become root", ::setuid(0) == 0);
    report("become root's group", ::setgid(0) == 0);
    report("new user namespace", ::unshare(CLONE_NEWUSER) == 0);
    report("join a namespace", ::setns(0, 0) == 0);
    report("clone into a user namespace",
           ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, 0) >= 0);
    clone_args newer{};
    newer.flags = CLONE_NEWUSER;
    newer.exit_signal = SIGCHLD;
    report("clone3", ::syscall(SYS_clone3, &newer, sizeof newer) >= 0);
    report("mount", ::mount("none", "/tmp", "tmpfs", 0, nullptr) == 0);
    report("remount", ::mount("none", "/", nullptr, MS_REMOUNT | MS_BIND, nullptr) == 0);
    report("unmount", ::umount2("/proc", MNT_DETACH) == 0);
    report("chroot", ::chroot("/tmp") == 0);
    report("device", ::mknod("/tmp/disk", S_IFBLK | 0600, 8 << 8) == 0);
    report("bpf", ::syscall(SYS_bpf, 0, nullptr, 0) >= 0);
    report("io_uring", ::syscall(SYS_io_uring_setup, 8, nullptr) >= 0);
    report("keys", ::syscall(SYS_keyctl, 0, 0, 0, 0, 0) >= 0);
    report("perf", ::syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0) >= 0);
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        for (const char* key : {"CapEff:", "CapPrm:", "CapBnd:", "NoNewPrivs:", "Seccomp:"}) {
            if (line.starts_with(key)) std::cout << line << "\n";
        }
    }
}

void snoop() {
    int processes = 0;
    for (const std::string& name : entries("/proc"))
        processes += std::all_of(name.begin(), name.end(), ::isdigit) ? 1 : 0;
    std::cout << "processes: " << processes << "\n";
    std::ifstream first("/proc/1/environ");
    std::string environment{std::istreambuf_iterator<char>(first), {}};
    std::cout << "environment of the first: " << environment << "\nmine:";
    for (char** entry = ::environ; *entry != nullptr; ++entry) std::cout << " " << *entry;
    std::cout << "\nroot:";
    for (const std::string& name : entries("/proc/1/root")) std::cout << " " << name;
    std::cout << "\n";
    report("write to the kernel", ::open("/proc/sys/kernel/core_pattern", O_WRONLY) >= 0);
    report("press SysRq", ::open("/proc/sysrq-trigger", O_WRONLY) >= 0);
}

void overwrite() {
    for (const char* path :
         {"/w/attacker", "/usr/lib/os-release", "/proc/self/exe", "/new", "/dev/new", "/w/new", "/usr/lib/new"})
        report(std::string("write ") + path, ::open(path, O_CREAT | O_WRONLY, 0700) >= 0);
    report("remove", ::unlink("/w/attacker") == 0);
    report("rename", ::rename("/w/attacker", "/tmp/attacker") == 0);
    report("hard link", ::link("/w/attacker", "/tmp/attacker") == 0);
    report("change mode", ::chmod("/w/attacker", 04777) == 0);
}

void kill_everybody() {
    ::kill(-1, SIGKILL);
    ::kill(1, SIGKILL);
    std::cout << "still here\n";
}

/// getpid as a program of 32 bits calls it: an entry into the kernel that a careless filter does not watch.
void call_as_32_bits() {
#ifdef __x86_64__
    long number = 20;
    asm volatile("int $0x80" : "+a"(number) : : "memory");
    std::cout << "got " << number << "\n";
#endif
}

const std::map<std::string, std::function<void(const Arguments&)>> attacks{
    {"loop", [](const Arguments&) { spin(); }},
    {"loop and ignore signals", [](const Arguments&) { ignore_signals(), spin(); }},
    {"loop in children", [](const Arguments&) { ::fork(), ::fork(), ::fork(), ignore_signals(), spin(); }},
    {"wait and ignore signals", [](const Arguments&) { ignore_signals(), wait_forever(); }},
    {"fork until refused", [](const Arguments&) { fork_until_refused(); }},
    {"fork bomb", [](const Arguments&) { fork_bomb(); }},
    {"threads until refused", [](const Arguments&) { threads_until_refused(); }},
    {"take memory", [](const Arguments&) { take_memory(2048); }},
    {"take memory in children", [](const Arguments&) { take_memory_in_children(); }},
    {"fill the scratch", [](const Arguments&) { fill("/tmp"), fill("/dev/shm"), fill("/"), fill("/dev"), fill("/w"); }},
    {"write one large file", [](const Arguments&) { write_one_large_file(); }},
    {"flood", [](const Arguments&) { flood(); }},
    {"call out", [](const Arguments&) { call_out("127.0.0.1", 22), call_out("1.1.1.1", 53); }},
    {"read files", read_files},
    {"trace", [](const Arguments&) { trace(); }},
    {"follow links", follow_links},
    {"exit at once", [](const Arguments&) { ::_exit(0); }},
    {"crash", [](const Arguments&) { ::raise(SIGSEGV); }},
    {"list descriptors", [](const Arguments&) { list_descriptors(); }},
    {"juggle descriptors", [](const Arguments&) { juggle_descriptors(); }},
    {"leave an orphan", [](const Arguments&) { leave_an_orphan(); }},
    {"gain rights", [](const Arguments&) { gain_rights(); }},
    {"snoop", [](const Arguments&) { snoop(); }},
    {"overwrite", [](const Arguments&) { overwrite(); }},
    {"kill everybody", [](const Arguments&) { kill_everybody(); }},
    {"call as 32 bits", [](const Arguments&) { call_as_32_bits(); }},
};

}  // namespace

int main(int argc, char** argv) {
    const auto found = argc > 2 ? attacks.find(argv[1]) : attacks.end();
    if (found == attacks.end()) return 2;
    try {
        found->second(Arguments(argv + 3, argv + argc));
    } catch (const std::bad_alloc&) {
        std::cout << "no memory\n";
        return 3;
    }
    std::cout.flush();
    return 0;
}
