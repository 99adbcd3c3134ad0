/// @file
/// What the tests of attacks share: the sandbox of this machine, and whether anything is left.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

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

}  // namespace wb::grader
