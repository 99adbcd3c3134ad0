/// @file
/// How one test ended. Most tests pass or fail through GoogleTest's own assertions; what a worker does beyond answering (crash,
/// hang, garbage, 'not implemented') ends the test with a status of its own, which the report keeps apart from a wrong answer.
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace wb::grader {

/// How a test ended, as the report names it.
enum class Status { passed, failed, not_implemented, crashed, timed_out, protocol_error, skipped };

/// The report's word for `status`, e.g. "timed_out".
std::string_view status_name(Status status);

/// Thrown to end a test with a status other than a plain failure.
class Verdict : public std::exception {
 public:
    Verdict(Status status, std::string message) : status_(status), message_(std::move(message)) {}
    [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
    [[nodiscard]] Status status() const noexcept { return status_; }

 private:
    Status status_;
    std::string message_;
};

}  // namespace wb::grader
