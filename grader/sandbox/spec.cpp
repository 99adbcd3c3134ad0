#include "sandbox/spec.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "wb/errors.hpp"

namespace wb::grader {
namespace {

constexpr std::array levels{SandboxLevel::none, SandboxLevel::rlimits, SandboxLevel::cgroup_v1,
                            SandboxLevel::cgroup_v2};

SandboxLevel level_named(const std::string& name) {
    if (const auto level = sandbox_level(name)) return *level;
    throw Error("there is no sandbox level \"" + name + "\": expected none, rlimits, cgroup_v1 or cgroup_v2");
}

}  // namespace

std::optional<SandboxLevel> sandbox_level(std::string_view name) {
    for (const SandboxLevel level : levels) {
        if (name == name_of(level)) return level;
    }
    return std::nullopt;
}

std::string_view name_of(SandboxLevel level) {
    switch (level) {
        case SandboxLevel::none:
            return "none";
        case SandboxLevel::rlimits:
            return "rlimits";
        case SandboxLevel::cgroup_v1:
            return "cgroup_v1";
        case SandboxLevel::cgroup_v2:
            return "cgroup_v2";
    }
    return "none";
}

void to_json(nlohmann::json& json, const SandboxSpec& spec) {
    nlohmann::json shown = nlohmann::json::array();
    for (const Shown& one : spec.shown) shown.push_back({{"from", one.from.string()}, {"as", one.as.string()}});
    const SandboxLimits& limits = spec.limits;
    json = {{"level", name_of(spec.level)},          {"shown", shown},
            {"environment", spec.environment},       {"uid", spec.uid},
            {"wall_ms", limits.wall.count()},        {"cpu_seconds", limits.cpu_seconds},
            {"memory_bytes", limits.memory_bytes},   {"limit_address_space", limits.limit_address_space},
            {"processes", limits.processes},         {"file_bytes", limits.file_bytes},
            {"scratch_bytes", limits.scratch_bytes}, {"output_bytes", limits.output_bytes},
            {"open_files", limits.open_files}};
}

void from_json(const nlohmann::json& json, SandboxSpec& spec) {
    spec = {};
    spec.level = level_named(json.at("level").get<std::string>());
    for (const auto& one : json.at("shown"))
        spec.shown.push_back({one.at("from").get<std::string>(), one.at("as").get<std::string>()});
    json.at("environment").get_to(spec.environment);
    json.at("uid").get_to(spec.uid);
    SandboxLimits& limits = spec.limits;
    limits.wall = std::chrono::milliseconds(json.at("wall_ms").get<long long>());
    json.at("cpu_seconds").get_to(limits.cpu_seconds);
    json.at("memory_bytes").get_to(limits.memory_bytes);
    json.at("limit_address_space").get_to(limits.limit_address_space);
    json.at("processes").get_to(limits.processes);
    json.at("file_bytes").get_to(limits.file_bytes);
    json.at("scratch_bytes").get_to(limits.scratch_bytes);
    json.at("output_bytes").get_to(limits.output_bytes);
    json.at("open_files").get_to(limits.open_files);
}

}  // namespace wb::grader
