/// @file
/// The judge's own book-keeping: what it writes to the command line, and the life of the running test. Not for tests.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "judge/verdict.hpp"

namespace wb::grader {

/// Writes one result, a JSON object on a line of its own, to descriptor 3 (or to stdout when that is closed).
void write_result(const nlohmann::json& result);

/// Starts a test: no worker yet, the clock running.
void begin_test(const std::string& name);
/// Keeps the running test's last question for `./workbook debug`; called at the test's first failure.
void note_failure();
/// The verdict that an exception just carried out of the test's body, once.
std::optional<Verdict> take_verdict();
/// Begins the failure that is reported beside a verdict's exception: the same words, and what SCOPED_TRACE adds to them.
inline constexpr std::string_view ending_mark = "\x01";
/// Ends a test and its workers. @return how many answers the submission gave
int end_test();
/// Writes what this process's workers took.
void write_cost();

}  // namespace wb::grader
