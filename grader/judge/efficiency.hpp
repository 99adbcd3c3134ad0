/// @file
/// Efficiency points: a kernel whose numbers are right is held to what a profiler would count of it.
///
///     TEST(RowSoftmaxKernel, MovesEachByteOnce) {
///         expect_efficient_on("2.8/profiled", [](const Case& c) {
///             expect_close(probes::row_softmax_kernel(c.in<2>("scores"), ThreadOrder::forward), c, "weights", tolerance);
///         });
///     }
///
/// The limits are the test's own in chapter.toml: limits = { sectors = 1.1, bank_conflicts = 1.1, traffic = 1.25 }. The counts are of the
/// profile build (wb_kernels/profile.hpp), exact and the same in every run; so a limit is argued from the kernel, not from noise.
/// Like the race detector's, they come from the process that the submission runs in: they are for a student to learn from, and
/// worth few points.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "judge/case.hpp"
#include "judge/judge.hpp"
#include "judge/kernel_suite.hpp"
#include "wb_kernels/profile_counts.hpp"

namespace wb::grader {

/// What the counters of all kernels of some questions come to. Each is 1 at best, but the last, which is 0.
struct Efficiency {
    double sectors =
        1;  ///< of 32 bytes, that requests touch, over those that as many bytes side by side would: coalescing
    double bank_conflicts = 1;  ///< wavefronts of shared memory over those without conflicts
    double traffic = 0;         ///< bytes moved over the least: every input read once, every answer written once
    double idle_lanes = 0;      ///< share of idle lanes, 0 to 1

    /// By a name of limit_names (course/course.hpp).
    [[nodiscard]] double of(const std::string& limit) const;
};

/// @param least_bytes  what the questions' kernels must move at least
Efficiency efficiency_of(const std::vector<kernels::KernelProfile>& kernels, std::uint64_t least_bytes);

/// A paragraph for each limit that is broken: what was counted, what is asked, the lines that are to blame and the cure.
std::vector<std::string> broken_limits(const std::vector<kernels::KernelProfile>& kernels, std::uint64_t least_bytes,
                                       const std::map<std::string, double>& limits);

/// Holds what was counted since the test began to the test's limits. Without a kernel that wrote an answer it fails, too.
/// @param least_bytes  see efficiency_of
void expect_efficient(std::uint64_t least_bytes);

}  // namespace wb::grader

namespace wb {

/// Asks `check(c)` for the cases of a family, on the profile build, and if all went well, holds the counters to the running test's limits.
/// @param least_bytes  what their kernels must move at least; 0: all inputs and expected answers of the cases, 4 bytes a number
template <class Check>
void expect_efficient_on(const std::string& family, Check check, std::uint64_t least_bytes = 0) {
    const OnBuild build(Build::profile);
    for_cases(family, check);
    if (testing::Test::HasFailure()) return;
    if (least_bytes == 0) {
        for (const Case& c : cases(family)) least_bytes += c.least_bytes();
    }
    grader::expect_efficient(least_bytes);
}

}  // namespace wb
