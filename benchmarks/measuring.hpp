/// @file
/// What benchmarks share: the fastest of several, a process of its own, its memory, and a rival in Python. Neighbours on a shared
/// machine only ever slow one down, so each side counts with its fastest.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>

#include "wb/errors.hpp"

namespace wb::bench {

/// Resident memory of this process at its highest so far, VmHWM, in MiB.
double peak_mib();

inline double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The seconds of the fastest of several calls.
template <class Function>
double fastest(int repetitions, const Function& f) {
    double best = std::numeric_limits<double>::infinity();
    for (int n = 0; n < repetitions; ++n) {
        const auto start = std::chrono::steady_clock::now();
        f();
        best = std::min(best, seconds_since(start));
    }
    return best;
}

/// What f returns in a process of its own. OpenMP's threads do not outlive a fork: the caller must have used none.
/// @throws Error when that process fails
template <class Function>
auto in_another_process(const Function& f) {
    using Result = std::invoke_result_t<Function>;
    static_assert(std::is_trivially_copyable_v<Result>);
    int ends[2];
    if (pipe(ends) != 0) throw Error("benchmark: no pipe to the process that measures");
    const pid_t child = fork();
    if (child == 0) {
        const Result result = f();
        _exit(write(ends[1], &result, sizeof result) == static_cast<ssize_t>(sizeof result) ? 0 : 1);
    }
    close(ends[1]);
    Result result{};
    const bool complete = child > 0 && read(ends[0], &result, sizeof result) == static_cast<ssize_t>(sizeof result);
    close(ends[0]);
    int status = 0;
    if (child > 0) waitpid(child, &status, 0);
    if (!complete || status != 0) throw Error("benchmark: the process that measures failed");
    return result;
}

/// A rival's figures: its best way and setting on as many threads.
struct Rival {
    double seconds = 0, peak_mib = 0;
    std::string version, setting;
};

/// What a script of this folder answers, JSON with "seconds", "peak_mib", "torch" and "setting".
/// @param arguments  of numbers and words only: they go through a shell
/// @return nothing when the rival cannot run here
std::optional<Rival> ask_rival(const std::string& script, const std::string& arguments);

}  // namespace wb::bench
