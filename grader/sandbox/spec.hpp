/// @file
/// What a sandbox shows to the program in it, and how much it lets it use. A plain description: it crosses from the command line to
/// the judge as JSON.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wb::grader {

/// What a machine can hold a submission with, from weakest to strongest. From `rlimits` on, bubblewrap gives it namespaces of its own and
/// seccomp takes dangerous system calls away; the levels differ in who counts its processes and its memory.
enum class SandboxLevel {
    none,       ///< nothing: there is no sandbox here
    rlimits,    ///< limits are counted for each process by itself
    cgroup_v1,  ///< memory and processes are counted together, by control groups of version 1
    cgroup_v2,  ///< the same by version 2
};
/// "none", "rlimits", "cgroup_v1", "cgroup_v2".
std::string_view name_of(SandboxLevel level);
/// Nothing when no level has that name.
std::optional<SandboxLevel> sandbox_level(std::string_view name);

struct SandboxLimits {
    std::chrono::milliseconds wall{60'000};    ///< for run_in_sandbox; a judge has deadlines of its own
    int cpu_seconds = 3600;                    ///< of one process; of all together where control groups count
    std::uint64_t memory_bytes = 4ULL << 30U;  ///< of all processes and the scratch; `rlimits`: of each process
    bool limit_address_space = true;           ///< `rlimits` only; false for AddressSanitizer, which reserves terabytes
    int processes = 256;                       ///< threads count
    std::uint64_t file_bytes = 64ULL << 20U;   ///< of one file
    std::uint64_t scratch_bytes = 64ULL << 20U;  ///< of /tmp, which is all it can write to; and once more of /dev/shm
    std::uint64_t output_bytes = 1ULL << 20U;    ///< for run_in_sandbox; a judge cuts what it keeps
    int open_files = 256;
};

/// A file or folder of this machine, shown read-only under another name.
struct Shown {
    std::filesystem::path from, as;
};

struct SandboxSpec {
    SandboxLevel level = SandboxLevel::none;
    std::vector<Shown> shown = {};                        ///< besides the system's libraries
    std::map<std::string, std::string> environment = {};  ///< all of it, but for PATH, HOME, TMPDIR and LC_ALL
    SandboxLimits limits = {};
    uid_t uid = 65520;  ///< whom root becomes first: a number that Debian and systemd give to nobody
};

void to_json(nlohmann::json& json, const SandboxSpec& spec);
/// @throws nlohmann::json::exception  naming the key that is missing or of the wrong kind
void from_json(const nlohmann::json& json, SandboxSpec& spec);

}  // namespace wb::grader
