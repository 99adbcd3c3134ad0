/// @file
/// What the tests may ask of exercise 1.13 (driver: generate_bindings.cpp). After each step the driver fills every block that
/// is free with NaN: whatever a submission reads without owning it shows.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "block_table.hpp"
#include "probe/probe.hpp"
#include "unpaged.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// The pools, and what becomes of preempted groups.
struct GenerationPool {
    int block_size = 1;
    int num_gpu_blocks = 0;
    int num_cpu_blocks = 0;
    bool swap = false;  ///< the policy: swap if true, recompute otherwise
};
inline auto fields(GenerationPool& pool) {
    return std::tie(pool.block_size, pool.num_gpu_blocks, pool.num_cpu_blocks, pool.swap);
}

/// The blocks of one unfinished sequence after a step.
struct SequenceBlocks {
    std::int64_t request = 0;
    int sequence = 0;
    int num_tokens = 0;
    std::vector<BlockId> blocks;
};
inline auto fields(SequenceBlocks& s) {
    return std::tie(s.request, s.sequence, s.num_tokens, s.blocks);
}

/// What one step did.
struct GenerationStep {
    std::vector<std::int64_t> resumed, preempted;
    int swapped_out = 0, swapped_in = 0, copies = 0;  ///< blocks
    std::vector<SequenceBlocks> tables;
};
inline auto fields(GenerationStep& s) {
    return std::tie(s.resumed, s.preempted, s.swapped_out, s.swapped_in, s.copies, s.tables);
}

/// Everything that came of some requests.
struct GenerationTrace {
    std::vector<std::vector<std::vector<int>>> texts;  ///< [requests][sequences]: new tokens
    std::vector<std::int64_t> rejected;                ///< ids
    std::vector<GenerationStep> steps;
    bool done = false;                             ///< false: not after most_steps either
    int gpu_blocks_held = 0, cpu_blocks_held = 0;  ///< at the end
    std::int64_t tokens_computed = 0;              ///< by the model
};
inline auto fields(GenerationTrace& t) {
    return std::tie(t.texts, t.rejected, t.steps, t.done, t.gpu_blocks_held, t.cpu_blocks_held, t.tokens_computed);
}

/// Steps after which a driver gives up: several times what the largest case needs.
inline constexpr int most_steps = 2000;

inline const Probe<GenerationTrace(std::vector<GenerationRequest>, GenerationPool)> generate{"1.13/generate"};

/// What beam search found, and its tables after each step.
struct BeamSearchTrace {
    std::vector<Beam> beams;
    std::vector<std::vector<SequenceBlocks>> steps;  ///< `sequence` counts the beams
    int blocks_held = 0;                             ///< at the end
    std::int64_t tokens_computed = 0;
};
inline auto fields(BeamSearchTrace& t) {
    return std::tie(t.beams, t.steps, t.blocks_held, t.tokens_computed);
}

/// prompt, width, num_new_tokens, pool
inline const Probe<BeamSearchTrace(std::vector<int>, int, int, GenerationPool)> generate_beams{"1.13/generate_beams"};

/// One request that a PrefixGenerator served.
struct PrefixStep {
    std::vector<int> tokens;                              ///< new ones
    std::int64_t tokens_computed = 0;                     ///< by the model, for this request
    int num_free = 0, num_cached = 0, num_evictable = 0;  ///< blocks, afterwards
};
inline auto fields(PrefixStep& s) {
    return std::tie(s.tokens, s.tokens_computed, s.num_free, s.num_cached, s.num_evictable);
}

/// Requests served one after the other.
inline const Probe<std::vector<PrefixStep>(std::vector<GenerationRequest>, GenerationPool)> generate_with_prefixes{
    "1.13/generate_with_prefixes"};

/// Tokens, of which the first `split` are computed in one call and the others in a second one; between the two, if `swap`, every
/// block goes to another store and comes back elsewhere. @return the logits of all
inline const Probe<Tensor<2>(std::vector<int>, int, bool, GenerationPool)> paged_logits{"1.13/paged_logits"};

}  // namespace wb::probes
