/// @file
/// One control group for one sandbox: memory, processes and processor time of all that runs in it, counted together by the kernel.
/// Invariant: when a ControlGroup is gone, nothing runs in it any more and its folders are removed. What a killed grader leaves is empty
/// folders, which carry its process number; remove_stale_groups() takes them away.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/spec.hpp"

namespace wb::grader {

/// Controllers to the folder below which groups are made: "memory", "pids" and, where there is one, "cpuacct" (version 1), or "" alone
/// (version 2, which has one tree for all).
using GroupFolders = std::map<std::string, std::filesystem::path>;

/// Reads where they are mounted.
/// @param level       cgroup_v1: below the group this process is in; cgroup_v2: at the top of the tree
/// @param mountinfo   text of /proc/self/mountinfo
/// @param membership  text of /proc/self/cgroup
/// @return            empty when memory and pids are not both there
GroupFolders group_folders(SandboxLevel level, std::string_view mountinfo, std::string_view membership);

/// The same, of this process.
GroupFolders group_folders(SandboxLevel level);

class ControlGroup {
 public:
    /// Makes the group and sets its limits.
    /// @throws Error  naming the file that could not be written, and the system's reason
    ControlGroup(SandboxLevel level, const GroupFolders& folders, const SandboxLimits& limits);
    ~ControlGroup();
    ControlGroup(const ControlGroup&) = delete;
    ControlGroup& operator=(const ControlGroup&) = delete;

    /// Open files: a process that writes "0" to each is in the group.
    [[nodiscard]] const std::vector<int>& doors() const { return doors_; }

    [[nodiscard]] bool memory_exceeded() const;     ///< the kernel killed someone for it
    [[nodiscard]] bool processes_exceeded() const;  ///< a fork or a new thread was refused
    [[nodiscard]] std::optional<double> cpu_seconds() const;

    /// Kills whoever is in it, and waits until nobody is, for ten seconds at most.
    void clear();

 private:
    void make(const std::filesystem::path& folder);
    void remove_folders();
    [[nodiscard]] std::filesystem::path file(const std::string& controller, const std::string& name) const;

    SandboxLevel level_;
    GroupFolders groups_;
    std::vector<int> doors_;
};

/// Removes what graders have left that are not running any more.
void remove_stale_groups(const GroupFolders& folders);

}  // namespace wb::grader
