// Attacks that take more than their share of processor, processes, memory, disk and output.

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>

#include <new>

#include "attacker.hpp"

namespace attacker {
namespace {

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

}  // namespace

Attacks greedy() {
    return {
        {"loop", [](const Arguments&) { spin(); }},
        {"loop and ignore signals", [](const Arguments&) { ignore_signals(), spin(); }},
        {"loop in children", [](const Arguments&) { ::fork(), ::fork(), ::fork(), ignore_signals(), spin(); }},
        {"wait and ignore signals", [](const Arguments&) { ignore_signals(), wait_forever(); }},
        {"fork until refused", [](const Arguments&) { fork_until_refused(); }},
        {"fork bomb", [](const Arguments&) { fork_bomb(); }},
        {"threads until refused", [](const Arguments&) { threads_until_refused(); }},
        {"take memory", [](const Arguments&) { take_memory(2048); }},
        {"take memory in children", [](const Arguments&) { take_memory_in_children(); }},
        {"fill the scratch",
         [](const Arguments&) { fill("/tmp"), fill("/dev/shm"), fill("/"), fill("/dev"), fill("/w"); }},
        {"write one large file", [](const Arguments&) { write_one_large_file(); }},
        {"flood", [](const Arguments&) { flood(); }},
        {"exit at once", [](const Arguments&) { ::_exit(0); }},
        {"crash", [](const Arguments&) { ::raise(SIGSEGV); }},
    };
}

}  // namespace attacker
