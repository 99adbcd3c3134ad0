/// @file
/// The workbook's errors: each says what was wrong, what was got, and what to do.
/// Standard headers only, so that kernels compiled by nvcc can include it.
#pragma once

#include <stdexcept>
#include <string>

namespace wb {

/// Root of the errors that given code (library, kernels, grader) throws when the world is at fault: a file, a device.
class Error : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// Tensors whose shapes do not fit together. The message names both tensors, both shapes and the axis.
class ShapeError : public std::invalid_argument {
 public:
    using std::invalid_argument::invalid_argument;
};

/// A file that cannot be read or written, or whose bytes are not what its format promises. Names the file and the spot.
class FileError : public Error {
 public:
    using Error::Error;
};

/// A kernel that failed: refused launch, illegal access, divergent barrier, data race. Carries the whole diagnosis.
class KernelError : public Error {
 public:
    using Error::Error;
};

/// Thrown by starter code in place of a solution. The grader reports the exercise as `not_implemented`.
class NotImplemented : public std::logic_error {
 public:
    /// @param exercise  the exercise's id, e.g. "2.1"
    explicit NotImplemented(const std::string& exercise)
        : std::logic_error("exercise " + exercise + " is not implemented yet"), exercise_(exercise) {}

    /// The id of the exercise whose code is missing.
    [[nodiscard]] const std::string& exercise() const noexcept { return exercise_; }

 private:
    std::string exercise_;
};

}  // namespace wb
