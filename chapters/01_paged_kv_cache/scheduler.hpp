/// @file
/// Exercise 1.6: the scheduler. Before every step of the model it decides which requests compute, so that each has a block
/// for every token it is about to write, and nobody waits for ever.
///
///     add --> waiting --admit--> running --finish (last sequence)--> gone
///                                 |   ^
///                        preempt  v   | resume
///                               preempted   (recompute: no blocks; swap: blocks in the CPU pool)
///
/// The rules, in this order at each step. `watermark` is ceil(options.watermark * num_gpu_blocks), computed in double.
/// 1. Running groups, in order of arrival, append one token to each of their unfinished sequences, in order, copying on
///    write. A group does so for all of its sequences or for none: while fewer blocks are free than they take together (one
///    for each sequence that starts a block, and h - 1 for each block with room that h of them share, since the last one
///    writes in place), the *latest arrived* running group is preempted, whole, even if that is the group itself.
/// 2. If nothing was preempted in this step: preempted groups resume in order of arrival, while their blocks, and one more
///    for each unfinished sequence so that they can go on, leave the watermark free. The first that does not fit stops the
///    others. A group that was swapped comes back and appends the token that it was about to append; one that was dropped
///    computes everything up to that token: ceil(tokens / block_size) blocks for each sequence.
/// 3. If nothing is preempted now: waiting groups are admitted first come, first served, while admission() says `now`.
///    One that can never fit is rejected and the next is looked at; one that does not fit yet stops the others.
/// The watermark guards 2 and 3 only, never the appends. A group that resumes or is admitted computes in the same step, and
/// takes its blocks before the next is looked at; the 'one more' is asked for, not kept: it may be free for the next.
/// So running groups arrived before preempted ones, and these before the waiting. Not thread-safe.
/// Source: Kwon et al., SOSP 2023, sections 4.4 and 4.5.
#pragma once

#include <cstdint>
#include <list>
#include <unordered_set>
#include <vector>

#include "block_allocator.hpp"
#include "block_table.hpp"

namespace wb {

/// What becomes of a preempted group's keys and values.
enum class Preemption : std::uint8_t {
    /// Dropped; on resumption the prompt and what was generated are computed again, as one prompt. For groups of one
    /// unfinished sequence; several are swapped all the same, since recomputing would undo their sharing.
    recompute,
    /// Copied to the CPU pool and back, each block once, however many sequences share it. When fewer CPU blocks are free than
    /// that takes: dropped as above, and on resumption every sequence of the group gets blocks of its own.
    swap,
};

/// Sizes of the two pools and the policy.
struct SchedulerOptions {
    int block_size = 16;      ///< tokens
    int num_gpu_blocks = 0;   ///< of the pool that attention reads
    int num_cpu_blocks = 0;   ///< of the pool that swapped blocks go to
    double watermark = 0.01;  ///< share of num_gpu_blocks, rounded up, that admission and resumption leave free
    int max_sequences = 256;  ///< unfinished sequences that may run at once
    Preemption preemption = Preemption::recompute;  ///< what becomes of a sequence that must give way
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
    /// ceil(prompt_len / block_size) blocks, and one more for each sequence, leave the watermark free, and max_sequences
    /// allows it.
    now,
    later,  ///< when others have finished
    /// Alone in the pool it might get stuck: with unshared blocks for every token and one more each, as rules 2 and 3 ask for,
    /// num_sequences * (ceil((prompt_len + max_new_tokens) / block_size) + 1) + watermark > num_gpu_blocks; or
    /// num_sequences > max_sequences. What is not `never` is `now` when nothing runs, so the queue cannot stall.
    never,
};

/// What one step of the model has to do. Ids are in order of arrival. The copies are due in this order: swap_out, swap_in,
/// copies; then the new keys and values are written to slot_mapping.
struct StepPlan {
    std::vector<std::int64_t> running;    ///< every group that computes in this step
    std::vector<std::int64_t> admitted;   ///< of these, new: their whole prompt is computed
    std::vector<std::int64_t> resumed;    ///< of these, back from preemption
    std::vector<std::int64_t> preempted;  ///< groups that had to go; none of them computes, or is copied on write
    std::vector<std::int64_t> rejected;   ///< requests that can never fit; the scheduler has forgotten them
    std::vector<BlockCopy> swap_out;      ///< GPU block to CPU block
    std::vector<BlockCopy> swap_in;       ///< CPU block to GPU block
    std::vector<BlockCopy> copies;        ///< GPU block to GPU block, of copy-on-write
    /// For each running group in order, for each of its unfinished sequences in order: the slots of the tokens that it
    /// computes in this step. A newly admitted group computes its prompt once, for all of its sequences, which share its
    /// blocks from then on.
    std::vector<Slot> slot_mapping;
};

/// Decides who computes.
class Scheduler {
 public:
    /// @throws std::invalid_argument for a negative size, a block_size below 1, a watermark outside 0 .. 1 or NaN
    explicit Scheduler(const SchedulerOptions& options);

    Scheduler(const Scheduler&) = delete;  // neither copied nor moved: the tables point to gpu_ and cpu_
    Scheduler& operator=(const Scheduler&) = delete;
    ~Scheduler() = default;

    /// Puts a request at the end of the queue.
    /// @throws std::invalid_argument for an id that waits, runs or is preempted, or a number below its least; nothing has
    ///         changed. The id of a group that is gone or was rejected may be used again
    void add(const Request& request);

    /// Whether the request could be admitted with the pool and the running groups as they are now, whoever else waits.
    /// The request need not have been added.
    [[nodiscard]] Admission admission(const Request& request) const;

    /// Decides one step, by the rules above. The model is taken to run it: each unfinished sequence of each running group
    /// then has one more token, which the next step appends. The caller must finish() a sequence at the latest when it has
    /// run max_new_tokens steps; `never` counts on it.
    StepPlan step();

    /// A running sequence has ended: its blocks are released; with its last sequence the group is gone.
    /// @throws std::invalid_argument for a group that is not running or a sequence that has ended or never was
    void finish(std::int64_t id, int sequence);

    [[nodiscard]] std::vector<std::int64_t> waiting() const;          ///< in order of arrival
    [[nodiscard]] std::vector<std::int64_t> running() const;          ///< in order of arrival
    [[nodiscard]] std::vector<std::int64_t> preempted() const;        ///< in order of arrival
    [[nodiscard]] const BlockAllocator& gpu() const { return gpu_; }  ///< the pool that is decoded from
    [[nodiscard]] const BlockAllocator& cpu() const { return cpu_; }  ///< the pool that blocks are swapped out to

    /// The block table of one sequence of a running group; empty when the sequence has ended.
    /// @throws std::invalid_argument for a group that is not running or a sequence that never was
    [[nodiscard]] const BlockTable& table(std::int64_t id, int sequence) const;

 private:
    /// A sequence group and where its blocks are.
    struct Group {
        Request request;
        /// [num_sequences]: in the GPU pool while it runs, in the CPU pool while it is swapped. Ended: empty
        std::vector<BlockTable> tables;
        /// [num_sequences]: tokens that must be in the cache when it computes next, the newest included; 0 when ended
        std::vector<int> num_tokens;
        bool swapped = false;  ///< preempted, with tables in the CPU pool
    };
    // One way to cut step() into pieces. You may cut it otherwise: a piece that you do not call may stay as it is.
    // ---- scheduler.cpp ----
    /// The blocks that the next token of every unfinished sequence of a running group takes from the GPU pool.
    [[nodiscard]] int blocks_to_append(const Group& group) const;
    /// Appends that token for each of them. The blocks must be there.
    void append_one(Group& group, StepPlan& plan);
    /// Whether that many blocks could be taken from the GPU pool now with the watermark left free.
    [[nodiscard]] bool leaves_watermark(std::int64_t blocks) const;
    /// Moves the first waiting group to the running ones.
    void admit_first(StepPlan& plan);
    // ---- preemption.cpp ----
    /// Moves the latest arrived running group to the preempted ones.
    void preempt_latest(StepPlan& plan);
    /// Whether the first preempted group fits.
    [[nodiscard]] bool can_resume_first() const;
    /// Moves it to the running ones.
    void resume_first(StepPlan& plan);

    SchedulerOptions options_;
    BlockAllocator gpu_, cpu_;
    std::unordered_set<std::int64_t> ids_;            ///< of the groups in the three lists
    std::list<Group> waiting_, running_, preempted_;  ///< each in order of arrival
};

}  // namespace wb
