/// @file
/// What the tests of attacks share: the sandbox of this machine, and whether anything is left.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sandbox/machine.hpp"
#include "sandbox/run.hpp"

namespace wb::grader {

/// Tried once.
inline const Machine& this_machine() {
    static const Machine machine = probe_machine();
    return machine;
}

/// Why the attacks cannot be tried here.
inline std::string no_sandbox() {
    return this_machine().level == SandboxLevel::none ? this_machine().sentences.back() : "";
}

/// How many processes have `mark` among their arguments.
inline int running(const std::string& mark) {
    int found = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos || name == std::to_string(::getpid())) continue;
        std::ifstream in(at->path() / "cmdline");
        const std::string words{std::istreambuf_iterator<char>(in), {}};
        if (words.find(mark) != std::string::npos) ++found;
    }
    return found;
}

/// A word that no other process has among its arguments.
inline std::string fresh_mark() {
    static int made = 0;
    return "held-" + std::to_string(::getpid()) + "-" + std::to_string(++made);
}

/// The number that follows `words` in the attacker's report; fails the test when it does not say.
inline int number_after(const std::string& text, const std::string& words) {
    const std::size_t at = text.find(words);
    EXPECT_NE(at, std::string::npos) << "no \"" << words << "\" in: " << text;
    return at == std::string::npos ? -1 : std::atoi(text.c_str() + at + words.size());
}

/// Every attack is tried where limits are counted for each process, and where this machine's control groups count them together.
class Attack : public testing::TestWithParam<SandboxLevel> {
 protected:
    void SetUp() override {
        if (!no_sandbox().empty()) GTEST_SKIP() << no_sandbox();
        spec_ = spec_for(this_machine());
        if (GetParam() == SandboxLevel::rlimits) {
            spec_.level = SandboxLevel::rlimits;
        } else if (this_machine().level == SandboxLevel::rlimits) {
            GTEST_SKIP() << this_machine().sentences.back();
        }
        spec_.shown = {{WB_ATTACKER, "/w/attacker"}};
        spec_.limits.wall = std::chrono::seconds(60);  // for attacks that end by themselves
        spec_.limits.processes = 40;
    }
    /// Runs it, and looks whether anything is left.
    SandboxResult attack(const std::string& name, const std::vector<std::string>& arguments = {}) {
        const std::string mark = fresh_mark();
        std::vector<std::string> argv{"/w/attacker", name, mark};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        SandboxResult result = run_in_sandbox(spec_, argv);
        EXPECT_TRUE(result.started) << result.output;
        EXPECT_EQ(running(mark), 0) << name << " left processes behind";
        return result;
    }
    [[nodiscard]] bool counted_together() const { return spec_.level != SandboxLevel::rlimits; }

    SandboxSpec spec_;
};

}  // namespace wb::grader
