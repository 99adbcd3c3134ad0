/// @file
/// What went wrong, kept twice: as CUDA's error codes, which the program may read and clear, and as full reports, which only
/// wb::kernels::run takes. So a submission that clears errors hides nothing. The texts name kernel, block, thread and source lines.
#pragma once

#include <string>
#include <vector>

#include "simt/api.hpp"

namespace wb::simt {

/// CUDA's numbers (cudaError_t) for what the engine itself finds.
enum class ErrorCode : int {
    success = 0,
    invalid_value = 1,
    memory_allocation = 2,
    invalid_configuration = 9,
    invalid_symbol = 13,
    invalid_memcpy_direction = 21,
    invalid_device = 101,
    illegal_address = 700,
    assert = 710,
    launch_failure = 719,
    not_supported = 801
};

/// The errors and reports since the last reset.
class Diagnoses {
 public:
    static constexpr std::size_t max_reports = 8;

    /// A refused call: CUDA's error until it is read.
    void refuse(ErrorCode code, std::string report);

    /// A kernel that was abandoned: the device stays unusable until it is reset, as with CUDA.
    void fail(ErrorCode code, std::string report);

    /// A fault that lets the kernel run on, as a data race does. Beyond max_reports only counted.
    void note(std::string report);

    /// An error code without a report: a call with bad arguments.
    void set_error(ErrorCode code) {
        if (code != ErrorCode::success) last_ = code;
    }

    /// cudaPeekAtLastError, cudaGetLastError. A failed kernel's error cannot be cleared.
    [[nodiscard]] ErrorCode peek() const { return sticky_ != ErrorCode::success ? sticky_ : last_; }
    ErrorCode take();

    [[nodiscard]] bool device_failed() const { return sticky_ != ErrorCode::success; }

    /// All reports as one text, empty if there is none; forgets them and every error.
    std::string reset();

 private:
    void keep(std::string report);

    ErrorCode last_ = ErrorCode::success, sticky_ = ErrorCode::success;
    std::vector<std::string> reports_;
    std::size_t left_out_ = 0;
};

Diagnoses& diagnoses();

/// cudaErrorInvalidValue and "invalid argument".
const char* error_name(int code);
const char* error_text(int code);

/// "row_softmax.cu:41": the file without its folders.
std::string text(Site site);

/// "(1, 0, 0)"
std::string text(Index3 index);

}  // namespace wb::simt
