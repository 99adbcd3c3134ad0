/// @file
/// Runs the command line as a user would, and reads what it reports.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace wb::course {

/// What one command did.
struct Outcome {
    int exit_status = -1;
    std::string output;     ///< stdout and stderr
    nlohmann::json report;  ///< of --json; null when none was asked for or written
};

/// Runs `workbook-cli WORDS...`.
Outcome workbook(const std::vector<std::string>& words);

/// Runs `workbook-cli WORDS... --json FILE` and reads the file.
Outcome workbook_with_report(std::vector<std::string> words);

/// The exercise's part of a report's first chapter. Fails the test and returns null when it is not there.
nlohmann::json exercise(const nlohmann::json& report, const std::string& id);

/// A folder of its own for this test, empty.
std::filesystem::path scratch_folder();

/// The repository.
std::filesystem::path root();

}  // namespace wb::course
