/// @file
/// What the command line tells a judge to do, as JSON: which workers, which cases, which tests and how long each may take.
/// Both sides use this one type.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "sandbox/spec.hpp"

namespace wb::grader {

/// One judge's work.
struct Plan {
    std::map<std::string, std::string>
        workers;                         ///< build ("plain", "asan", "race", "cuda") to executable; absent: not built
    std::optional<SandboxSpec> sandbox;  ///< in which workers run; none: they run as we do
    std::string exercise;                ///< whose tests they are, "2.8"; may be empty
    std::string cases;                   ///< folder of the case files
    std::string failures;                ///< folder in which failing questions are kept; empty: none are kept
    std::map<std::string, double> seconds;  ///< test ("Suite.Test") to its time limit; only these tests run
    std::map<std::string, std::map<std::string, double>> limits;  ///< test to what its kernels may count
};

nlohmann::json to_json(const Plan& plan);
/// @throws FileError naming the file and what is wrong
Plan read_plan(const std::filesystem::path& file);

/// The plan of this process, set by the judge's main before any test runs.
Plan& current_plan();

}  // namespace wb::grader
