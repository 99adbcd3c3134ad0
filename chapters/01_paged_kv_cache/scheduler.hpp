/// @file
/// Exercise 1.6: the scheduler. Before every step of the model it decides which requests compute, so that each has a block
/// for every token it is about to write, and nobody waits for ever.
///
///     add --> waiting --admit--> running --finish (last sequence)--> gone
///                                 |   ^
///                        preempt  v   | resume
///                               preempted   (recompute: no blocks; swap: blocks in the CPU pool)
///
/// The rules, in this order at each step:
/// 1. Running groups, in order of arrival, append one token to each of their unfinished sequences, copying on write. While
///    one lacks a block, the *latest arrived* running group is preempted, whole, even if that is the group itself.
/// 2. If nothing was preempted in this step: preempted groups resume in order of arrival, while their blocks (and one more
///    for each sequence, so that they can go on) leave the watermark free. The first that does not fit stops the others.
/// 3. If nothing is preempted now: waiting groups are admitted first come, first served, while admission() says `now`.
///    One that can never fit is rejected and the next is looked at; one that does not fit yet stops the others.
/// The watermark guards 2 and 3 only, never the appends of 1. A running group that resumes or is admitted computes in the
/// same step. Source: Kwon et al., SOSP 2023, sections 4.4 and 4.5.
#pragma once

#include <cstdint>
#include <list>
#include <tuple>
#include <vector>

#include "block_allocator.hpp"
#include "block_table.hpp"

namespace wb {

/// What becomes of a preempted group's keys and values.
enum class Preemption : std::uint8_t {
    recompute,  ///< dropped; on resumption the prompt and what was generated are computed again, as one prompt. For groups of
    ///< one unfinished sequence; several are swapped all the same, since recomputing would undo their sharing
    swap,  ///< copied to the CPU pool and back, shared blocks once; when the CPU pool lacks room: as recompute, and
           ///< then every sequence of the group gets blocks of its own
};

/// Sizes of the two pools and the policy.
struct SchedulerOptions {
    int block_size = 16;      ///< tokens
    int num_gpu_blocks = 0;   ///< of the pool that attention reads
    int num_cpu_blocks = 0;   ///< of the pool that swapped blocks go to
    double watermark = 0.01;  ///< share of num_gpu_blocks, rounded up, that admission and resumption leave free
    int max_sequences = 256;  ///< unfinished sequences that may run at once; admission and resumption respect it
    Preemption preemption = Preemption::recompute;
};

/// A prompt and how many continuations of it are wanted: a sequence group, scheduled as one.
struct Request {
    std::int64_t id = 0;     ///< unique
    int prompt_len = 0;      ///< tokens, >= 1
    int max_new_tokens = 0;  ///< for each sequence, >= 1
    int num_sequences = 1;   ///< samples of the one prompt, >= 1
};

/// When a waiting request can be admitted.
enum class Admission : std::uint8_t {
    now,    ///< the prompt's blocks, and one more for each sequence, leave the watermark free; max_sequences allows it
    later,  ///< when others have finished
    never,  ///< alone in the pool it could not reach max_new_tokens with unshared blocks and the watermark free:
            ///< num_sequences * ceil((prompt_len + max_new_tokens) / block_size) + watermark > num_gpu_blocks, or
            ///< num_sequences > max_sequences
};

/// What one step of the model has to do. Ids are in order of arrival; copies are due in this order: out, in, copies.
struct StepPlan {
    std::vector<std::int64_t> running;    ///< every group that computes in this step
    std::vector<std::int64_t> admitted;   ///< of these, new: their whole prompt is computed
    std::vector<std::int64_t> resumed;    ///< of these, back from preemption
    std::vector<std::int64_t> preempted;  ///< groups that had to go
    std::vector<std::int64_t> rejected;   ///< requests that can never fit
    std::vector<BlockCopy> swap_out;      ///< GPU block to CPU block
    std::vector<BlockCopy> swap_in;       ///< CPU block to GPU block
    std::vector<BlockCopy> copies;        ///< GPU block to GPU block, of copy-on-write
    std::vector<Slot>
        slot_mapping;  ///< for each running group in order, for each of its unfinished sequences in order:
                       ///< the slots of the tokens that it computes in this step. A newly admitted group
                       ///< computes its prompt once, for all of its sequences
};

class Scheduler {
 public:
    /// @throws std::invalid_argument for a negative size, a block_size below 1, a watermark outside 0 .. 1
    explicit Scheduler(const SchedulerOptions& options);

    /// Puts a request at the end of the queue.
    /// @throws std::invalid_argument for an id that is known already or a number below its least; nothing has changed
    void add(const Request& request);

    /// Whether the request could be admitted with the pool as it is now.
    [[nodiscard]] Admission admission(const Request& request) const;

    /// Decides one step, by the rules above.
    StepPlan step();

    /// A running sequence has ended: its blocks are released; with its last sequence the group is gone.
    /// @throws std::invalid_argument for a group that is not running or a sequence that has ended or never was
    void finish(std::int64_t id, int sequence);

    [[nodiscard]] std::vector<std::int64_t> waiting() const;    ///< in order of arrival
    [[nodiscard]] std::vector<std::int64_t> running() const;    ///< in order of arrival
    [[nodiscard]] std::vector<std::int64_t> preempted() const;  ///< in order of arrival
    [[nodiscard]] const BlockAllocator& gpu() const { return gpu_; }
    [[nodiscard]] const BlockAllocator& cpu() const { return cpu_; }

    /// The block table of one sequence of a running group.
    /// @throws std::invalid_argument when it is not running
    [[nodiscard]] const BlockTable& table(std::int64_t id, int sequence) const;

 private:
    /// A sequence group and where its blocks are.
    struct Group {
        Request request;
        std::int64_t arrival = 0;        ///< counts add() calls
        std::vector<BlockTable> tables;  ///< [num_sequences]; an ended sequence's is empty
        std::vector<int> num_tokens;  ///< [num_sequences]: that must be in the cache when it runs again; 0 when ended
        bool swapped = false;         ///< preempted, with tables in the CPU pool
    };
    SchedulerOptions options_;
    BlockAllocator gpu_, cpu_;
    std::int64_t arrivals_ = 0;
    std::list<Group> waiting_, running_, preempted_;  ///< each in order of arrival
};

}  // namespace wb
