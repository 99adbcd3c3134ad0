/// @file
/// Exercise 1.13, second half: put together. A language model generates text through the paged cache: many requests at once under the
/// scheduler, samples that share a prompt, beams that share a history, requests that share a prefix.
///
///     Scheduler / BeamGroup / PrefixCache     which blocks, which copies          1.1 to 1.6
///     Generator, generate_beams, ..           which tokens, and what follows      here
///     CharModel                               the numbers                         given, wb/char_model.hpp
///     PagedStore                              keys and values in blocks           paged_store.hpp, on 1.9
///
/// Invariant: paging is invisible. Whatever is preempted, swapped, shared or found in a cache, the tokens are those of
/// unpaged.hpp. An error of the blocks' bookkeeping (OutOfBlocks, std::invalid_argument) is let through. Source: Kwon et al., SOSP 2023.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "beam_search.hpp"
#include "block_table.hpp"
#include "paged_store.hpp"
#include "prefix_cache.hpp"
#include "sampling.hpp"
#include "scheduler.hpp"
#include "unpaged.hpp"
#include "wb/char_model.hpp"

namespace wb {

/// What has become of a request.
struct GeneratedText {
    GenerationRequest request;                ///< what was asked for
    std::vector<std::vector<int>> sequences;  ///< [num_sequences]: the new tokens so far
    std::vector<bool> ended;                  ///< [num_sequences]
    bool rejected = false;                    ///< it could never fit
};

/// Serves many requests at once, as the scheduler of exercise 1.6 plans it.
class Generator {
 public:
    /// @param model  must outlive the generator
    Generator(CharModel& model, const SchedulerOptions& options);

    /// Queues a request. @throws std::invalid_argument as Scheduler::add does; nothing has changed
    void add(const GenerationRequest& request);

    /// One step: asks the scheduler, moves blocks as it says (out, in, copies), computes the tokens whose slots it gave (best all
    /// in one call of the model), and chooses the next token of every unfinished sequence of a running group: choose_token, with the
    /// request's id, the sequence's number and the position of the token that is chosen. A sequence that got its stop token
    /// (which belongs to its text) or max_new_tokens tokens is finished at once; so the last token is never computed.
    /// @return the scheduler's plan
    StepPlan step();

    /// Whether every request has ended or been rejected.
    [[nodiscard]] bool done() const;

    /// @throws std::out_of_range for an id that was never added
    [[nodiscard]] const GeneratedText& text(std::int64_t id) const { return texts_.at(id); }
    [[nodiscard]] const Scheduler& scheduler() const { return scheduler_; }  ///< who runs and who waits
    [[nodiscard]] PagedStore& store() { return store_; }                     ///< where keys and values lie

 private:
    CharModel* model_;
    Scheduler scheduler_;
    PagedStore store_;      ///< the GPU's pool
    PagedStore cpu_store_;  ///< the pool that swapped blocks go to
    std::map<std::int64_t, GeneratedText> texts_;
};

/// Beam search on the paged cache: select_beams and BeamGroup (1.4) after each call of the model.
/// @param store           of as many blocks as the allocator
/// @param num_new_tokens  >= 1, of each beam; the last one takes no slot, since nothing is computed after it
/// @param after_step      called with the group's tables when a step's keys and values have been written, the prompt's included
/// @return                `width` beams, the best first. All blocks are free again, also when OutOfBlocks is thrown
std::vector<Beam> generate_beams(CharModel& model, PagedStore& store, BlockAllocator& allocator, int block_size,
                                 const std::vector<int>& prompt, int width, int num_new_tokens,
                                 const std::function<void(const std::vector<BlockTable>&)>& after_step = {});

/// Serves one request after the other, and computes no full block twice: a request starts from the blocks that earlier ones
/// with the same beginning have left in the prefix cache (1.5).
class PrefixGenerator {
 public:
    /// @param model  must outlive the generator
    PrefixGenerator(CharModel& model, int num_blocks, int block_size);

    /// The continuation of one sequence (num_sequences is not looked at). Afterwards the cache knows every full block of what was computed, of the
    /// prompt and of the continuation, and holds the only references. Blocks that are needed are evicted from it when the pool has none.
    /// @throws OutOfBlocks when the pool is too small for prompt_len + max_new_tokens - 1 tokens; nothing has changed
    std::vector<int> generate(const GenerationRequest& request);

    [[nodiscard]] const BlockAllocator& allocator() const {
        return allocator_;
    }  ///< whose blocks are out, and how often
    [[nodiscard]] const PrefixCache& cache() const {
        return cache_;
    }                                                     ///< what is known of prompts that were here before
    [[nodiscard]] PagedStore& store() { return store_; }  ///< where keys and values lie

 private:
    CharModel* model_;
    int block_size_;
    BlockAllocator allocator_;
    PrefixCache cache_;  ///< refers to allocator_, which comes before it
    PagedStore store_;
};

}  // namespace wb
