/// @file
/// Whether a frame is the answer to a question, as far as its header says: the first bytes that a judge reads of a worker.
#pragma once

#include <string>

#include "probe/reply.hpp"

namespace wb::grader {

/// What makes it none, as the end of a sentence about the worker; empty when nothing does.
inline std::string frame_fault(const FrameHeader& answer, const FrameHeader& question) {
    if (answer.magic != question.magic)
        return "sent bytes that are not an answer; does the submission write to descriptor 3?";
    if (answer.nonce != question.nonce) return "sent an answer to another question";
    if (answer.size > max_frame_bytes) return "announced an answer of " + std::to_string(answer.size) + " bytes";
    return "";
}

}  // namespace wb::grader
