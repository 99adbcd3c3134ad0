/// @file
/// A copy of mini_course in a folder of its own, with a toolchain.json: what a test of the command line changes as it likes.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "grade/grading.hpp"
#include "process/process.hpp"
#include "report/report.hpp"
#include "submission/toolchain.hpp"

namespace wb::grader {

class Workshop : public testing::Test {
 protected:
    Workshop();

    /// The path below the copied course.
    [[nodiscard]] std::filesystem::path at(const std::string& path) const { return root / path; }
    [[nodiscard]] std::string text(const std::string& path) const;
    void write(const std::string& path, const std::string& bytes) const;
    /// Replaces the first `from` of the file; fails the test when it is not there.
    void replace(const std::string& path, const std::string& from, const std::string& to) const;
    /// A copy of the solutions to spoil: "mine/01_numbers/...".
    void submit() const;

    [[nodiscard]] Course course() const { return load_course(root); }
    [[nodiscard]] Toolchain toolchain() const { return read_toolchain(root / "build/dev/toolchain.json"); }
    /// Grades the folder "mine" (or another), all of it or the exercises named.
    [[nodiscard]] Report graded(const std::vector<std::string>& exercises = {},
                                const std::string& folder = "mine") const;
    /// Runs workbook-cli here.
    [[nodiscard]] ProcessResult cli(std::vector<std::string> words) const;
    /// The commands that ./workbook --help names.
    [[nodiscard]] std::set<std::string> commands() const;

    std::filesystem::path root;
};

/// The exercise's part of the report; fails the test when it is not there.
ExerciseReport exercise_of(const Report& report, const std::string& id);

/// A folder of this test's own, empty at its start.
std::filesystem::path scratch_folder();

}  // namespace wb::grader
