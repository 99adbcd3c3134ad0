#include "sandbox/machine.hpp"

#include <unistd.h>

#include <stdexcept>

#include "sandbox/command.hpp"
#include "sandbox/control_group.hpp"
#include "sandbox/run.hpp"

namespace wb::grader {
namespace {

/// Empty when a program starts, runs and ends well in a sandbox of this level; otherwise what went wrong.
std::string fault_of(SandboxLevel level, uid_t user) {
    SandboxSpec spec{.level = level, .uid = user};
    spec.limits.wall = std::chrono::seconds(20);
    try {
        const SandboxResult result = run_in_sandbox(spec, {"/bin/sh", "-c", "echo here > /tmp/file"});
        if (result.ok()) return "";
        return result.output.empty() ? "a program in it " + result.how_it_ended(spec.limits) : result.output;
    } catch (const std::exception& error) {
        return error.what();
    }
}

std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (char& c : text) {
        if (c == '\n') c = ' ';
    }
    return text;
}

}  // namespace

Machine probe_machine() {
    Machine machine;
    if (find_program("bwrap").empty()) {
        machine.sentences.emplace_back(
            "There is no sandbox: bubblewrap is not installed. Run: apt-get install bubblewrap");
        return machine;
    }
    std::string fault = fault_of(SandboxLevel::rlimits, machine.uid);
    constexpr uid_t nobody = 65534;
    if (!fault.empty() && ::geteuid() == 0 && fault_of(SandboxLevel::rlimits, nobody).empty()) {
        machine.uid = nobody;  // a container in which few numbers are anyone's
        fault.clear();
    }
    if (!fault.empty()) {
        machine.sentences.push_back("There is no sandbox: bubblewrap does not start (" + one_line(fault) +
                                    "). It needs user namespaces: in a container, start that with --security-opt "
                                    "seccomp=unconfined (or --privileged); on Ubuntu "
                                    "24.04, sysctl kernel.apparmor_restrict_unprivileged_userns=0.");
        return machine;
    }
    machine.level = SandboxLevel::rlimits;
    machine.sentences.emplace_back(
        "bubblewrap and seccomp hold a program: no network, no files but those shown to it, no dangerous system "
        "calls.");
    for (const SandboxLevel level : {SandboxLevel::cgroup_v2, SandboxLevel::cgroup_v1}) {
        remove_stale_groups(group_folders(level));
        fault = fault_of(level, machine.uid);
        const std::string version = level == SandboxLevel::cgroup_v2 ? "2" : "1";
        if (fault.empty()) {
            machine.level = level;
            machine.sentences.push_back("Control groups of version " + version +
                                        " count the memory and the processes of a whole sandbox.");
            return machine;
        }
        machine.sentences.push_back("Control groups of version " + version + " do not serve: " + one_line(fault) + ".");
    }
    machine.sentences.emplace_back(
        "So memory is limited for each process by itself, and not at all under AddressSanitizer. Run as root, where "
        "control groups can be made.");
    return machine;
}

SandboxSpec spec_for(const Machine& machine) {
    return {.level = machine.level, .uid = machine.uid};
}

}  // namespace wb::grader
