/// @file
/// What a chapter's tests include: probes to ask, cases to compare with, and the build of the kernels to ask on.
///
///     TEST(RowSoftmaxKernel, HasNoDataRace) {
///         const OnBuild build(Build::race);
///         for (const Case& c : cases("2.8/small")) {
///             const Tensor<2> out = probes::row_softmax(c.in<2>("x"), ThreadOrder::forward);
///             expect_close(out, c, "out", {.absolute = 1e-6});
///         }
///     }
///
/// Every test starts with a fresh worker. A test that asks nothing fails: nothing passes because nothing ran.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "judge/case.hpp"
#include "judge/verdict.hpp"
#include "probe/build.hpp"
#include "probe/probe.hpp"

namespace wb::grader {

/// Sends the questions asked during its lifetime to the worker of one build.
class OnBuild {
 public:
    explicit OnBuild(Build build);
    ~OnBuild();
    OnBuild(const OnBuild&) = delete;
    OnBuild& operator=(const OnBuild&) = delete;

 private:
    Build before_;
};

/// What the submission printed to stdout and stderr since this test began, on the current build's worker.
std::string printed_by_submission();

/// Records a figure that the report shows beside the points, e.g. a loss or an accuracy.
void metric(std::string_view name, double value);

/// What the kernels of the current build's worker have counted since it was asked last, as kernels/simt/profile/export.hpp writes it. Ends
/// the test where no worker of the profile build is to be had.
std::string take_counters();

/// Ends the test as failed with `message`, for a reply that cannot be looked at further (a wrong shape).
[[noreturn]] void stop_test(const std::string& message);

}  // namespace wb::grader

namespace wb {
using grader::Build;
using grader::Case;
using grader::cases;
using grader::expect_close;
using grader::expect_shape;
using grader::known_mistake;
using grader::KnownMistakes;
using grader::metric;
using grader::OnBuild;
using grader::printed_by_submission;
using grader::stop_test;
using grader::Tolerance;
}  // namespace wb
