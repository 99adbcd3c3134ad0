/// @file
/// What a worker answers: a value, 'not implemented', or the exception that the submission threw.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "probe/codec.hpp"
#include "wb/errors.hpp"

namespace wb::grader {

/// An answer to one question.
struct Reply {
    enum class Kind : std::uint8_t { value, not_implemented, threw };
    Kind kind = Kind::value;
    Bytes value;  ///< encoded; only for `value`
    std::vector<std::string>
        types;            ///< for `threw`: every type of `ErrorTypes` that the exception is, the most derived first
    std::string message;  ///< for `threw`: what(); for `not_implemented`: the sentence naming the exercise
};
inline auto fields(Reply& reply) {
    return std::tie(reply.kind, reply.value, reply.types, reply.message);
}

/// The exception types whose names cross the pipe, derived before base.
using ErrorTypes =
    std::tuple<ShapeError, FileError, KernelError, Error, NotImplemented, std::invalid_argument, std::out_of_range,
               std::length_error, std::domain_error, std::logic_error, std::runtime_error, std::exception>;

/// Name of one of `ErrorTypes` as a student writes it, e.g. "wb::ShapeError".
template <class E>
constexpr std::string_view error_name() {
    // __PRETTY_FUNCTION__ holds "[with E = wb::ShapeError; ..." (g++) or "[E = wb::ShapeError]" (clang).
    const std::string_view text = __PRETTY_FUNCTION__;
    const std::size_t begin = text.find("E = ") + 4;
    return text.substr(begin, text.find_first_of(";]", begin) - begin);
}

/// What every worker of the profile build is asked for besides its probes: take_profiles_as_text() of kernels/simt/profile/export.hpp.
inline constexpr std::string_view counters_probe = "the counters of the kernels";

/// Most that crosses the pipe in one frame, either way.
inline constexpr std::uint64_t max_frame_bytes = 256U << 20U;

/// What precedes every frame. The nonce of a question must come back with its answer.
struct FrameHeader {
    std::array<char, 4> magic{'W', 'B', 'F', '1'};
    std::array<std::uint8_t, 16> nonce{};
    std::uint32_t reserved = 0;
    std::uint64_t size = 0;  ///< bytes of payload that follow
};
static_assert(sizeof(FrameHeader) == 32 && std::is_trivially_copyable_v<FrameHeader>);

/// File descriptor on which a worker is asked and answers.
inline constexpr int worker_channel = 3;

}  // namespace wb::grader
