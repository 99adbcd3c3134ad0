#include "sandbox/filter.hpp"

#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "wb/errors.hpp"

namespace wb::grader {
namespace {

/// Refused whatever the arguments are. A name that this kernel or libseccomp does not know is passed over: nobody can call it then.
constexpr std::array refused{
    // looking into, or changing, another process
    "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "process_madvise", "move_pages",
    "migrate_pages",
    // namespaces and mounts
    "unshare", "setns", "mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen",
    "fsconfig", "fsmount", "fspick", "mount_setattr", "quotactl", "quotactl_fd",
    // the network: the namespace has none, and a socket that cannot be made needs no further thought
    "socket",
    // parts of the kernel with a history
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl",
    "add_key", "request_key", "fanotify_init", "name_to_handle_at", "open_by_handle_at", "lookup_dcookie", "vmsplice",
    // the machine itself
    "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "create_module", "reboot",
    "swapon", "swapoff", "sethostname", "setdomainname", "acct", "settimeofday", "clock_settime", "clock_settime64",
    "clock_adjtime", "clock_adjtime64", "adjtimex", "iopl", "ioperm", "syslog", "vhangup", "nfsservctl", "uselib",
    "ustat", "sysfs", "_sysctl", "modify_ldt",
    // who else may run, and where
    "sched_setaffinity", "sched_setscheduler", "sched_setattr", "sched_setparam", "ioprio_set"};

void require(int code) {
    if (code < 0) throw Error(std::string("libseccomp cannot build the sandbox's filter: ") + std::strerror(-code));
}

void refuse_argument(scmp_filter_ctx filter, int call, const scmp_arg_cmp& argument) {
    require(::seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), call, 1, &argument));
}

std::string build_filter() {
    const std::unique_ptr<void, void (*)(void*)> filter(::seccomp_init(SCMP_ACT_ALLOW), ::seccomp_release);
    if (filter == nullptr) throw Error("libseccomp cannot build the sandbox's filter: out of memory");
    for (const char* name : refused) {
        const int number = ::seccomp_syscall_resolve_name(name);
        // Negative: other architectures have it, ours does not.
        if (number >= 0) require(::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), number, 0));
    }
    require(::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0));
    for (const unsigned flag :
         {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP}) {
        refuse_argument(filter.get(), SCMP_SYS(clone), {0, SCMP_CMP_MASKED_EQ, flag, flag});
    }
    // Typing into the terminal that started us.
    for (const unsigned request : {TIOCSTI, TIOCLINUX}) {
        refuse_argument(filter.get(), SCMP_SYS(ioctl), {1, SCMP_CMP_MASKED_EQ, 0xffffffffU, request});
    }
    const int memory = ::memfd_create("seccomp", MFD_CLOEXEC);
    if (memory < 0) throw Error(std::string("cannot keep the sandbox's filter: ") + std::strerror(errno));
    const int code = ::seccomp_export_bpf(filter.get(), memory);
    std::array<char, 65536> buffer;
    const ssize_t got = ::pread(memory, buffer.data(), buffer.size(), 0);
    ::close(memory);
    require(code);
    if (got <= 0) throw Error("libseccomp built an empty filter");
    return {buffer.data(), static_cast<std::size_t>(got)};
}

}  // namespace

const std::string& seccomp_filter() {
    static const std::string filter = build_filter();
    return filter;
}

}  // namespace wb::grader
