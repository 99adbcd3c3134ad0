/// @file
/// What the tests may ask of exercise 1.4: which beams survive, and traces of steps of a BeamGroup (driver: beam_bindings.cpp).
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "beam_search.hpp"
#include "outcome.hpp"
#include "pool_snapshot.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// Where a trace of steps starts.
struct BeamStart {
    int num_blocks = 0;
    int block_size = 1;
    int prompt_len = 0;
    bool keep_prompt =
        false;  ///< someone else holds the prompt's blocks too, as another request with the same prompt would
};
inline auto fields(BeamStart& start) {
    return std::tie(start.num_blocks, start.block_size, start.prompt_len, start.keep_prompt);
}

/// One operation on a BeamGroup.
struct BeamOp {
    bool free = false;         ///< free() if true, step(parents) otherwise
    std::vector<int> parents;  ///< indices of beams
};
inline auto fields(BeamOp& op) {
    return std::tie(op.free, op.parents);
}

/// What one operation did, and what the group looks like now.
struct BeamSnapshot {
    Outcome outcome = Outcome::done;
    std::string message;                       ///< of the exception
    std::vector<BlockCopy> copies;             ///< that step returned
    std::vector<Slot> slot_mapping;            ///< earlier_slot, and what the step appended
    std::vector<std::vector<BlockId>> blocks;  ///< [beams]: each beam's table
    std::vector<int> num_tokens;               ///< [beams]
    PoolSnapshot pool;
};
inline auto fields(BeamSnapshot& s) {
    return std::tie(s.outcome, s.message, s.copies, s.slot_mapping, s.blocks, s.num_tokens, s.pool);
}

inline const Probe<std::vector<BeamChoice>(std::vector<double>, Tensor<2>, int)> select_beams{"1.4/select_beams"};

/// A start and a trace -> a snapshot of the group with its prompt, and one after each operation
inline const Probe<std::vector<BeamSnapshot>(BeamStart, std::vector<BeamOp>)> beam_trace{"1.4/beam_trace"};

}  // namespace wb::probes
