// Attacks that reach for what is not theirs: files, rights, the network, other processes.

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

#include "attacker.hpp"

namespace attacker {
namespace {

std::vector<std::string> entries(const char* folder) {
    std::vector<std::string> names;
    DIR* const open = ::opendir(folder);
    if (open == nullptr) return names;
    while (const dirent* entry = ::readdir(open)) names.emplace_back(entry->d_name);
    ::closedir(open);
    std::sort(names.begin(), names.end());
    return names;
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

}  // namespace

Attacks prying() {
    return {
        {"call out", [](const Arguments&) { call_out("127.0.0.1", 22), call_out("1.1.1.1", 53); }},
        {"read files", read_files},
        {"trace", [](const Arguments&) { trace(); }},
        {"follow links", follow_links},
        {"list descriptors", [](const Arguments&) { list_descriptors(); }},
        {"juggle descriptors", [](const Arguments&) { juggle_descriptors(); }},
        {"leave an orphan", [](const Arguments&) { leave_an_orphan(); }},
        {"gain rights", [](const Arguments&) { gain_rights(); }},
        {"snoop", [](const Arguments&) { snoop(); }},
        {"overwrite", [](const Arguments&) { overwrite(); }},
        {"kill everybody", [](const Arguments&) { kill_everybody(); }},
        {"call as 32 bits", [](const Arguments&) { call_as_32_bits(); }},
    };
}

}  // namespace attacker
