/// @file
/// A batch over several threads: it is cut into a fixed number of shards, each runs on its thread's tape with gradient buffers
/// of its own, and these are summed in the order of the shards. So neither the number of threads nor their timing changes a
/// single bit of the result; the number of shards does, by rounding. More shards than threads cost a little overhead each and
/// save memory: a tape holds one shard at a time, and shards of a few thousand numbers a row stay in the processor's cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "wb/autograd/tape.hpp"

namespace wb {

/// A piece of a batch: entries begin .. end - 1.
struct Shard {
    std::size_t index = 0;                                          ///< which of the shards
    std::size_t begin = 0, end = 0;                                 ///< of the batch's rows
    [[nodiscard]] std::size_t size() const { return end - begin; }  ///< how many rows
};

/// What a shard contributes: a mean, and over how much it was taken (examples, or counted_targets()).
template <class Real>
struct ShardLoss {
    Var<Real> loss;     ///< the mean over the shard's rows
    double weight = 1;  ///< of this mean among the shards'
};

/// Keeps the tapes and buffers of a training loop. One thread at a time calls it; it uses OpenMP's threads.
template <class Real>
class DataParallel {
 public:
    /// Builds a shard's loss on its tape. Called by several threads at once: it must change nothing that shards share.
    using LossFunction = std::function<ShardLoss<Real>(Tape<Real>& tape, const Shard& shard)>;

    /// @param shards  how many, at least 1: as many as there are threads, or a small multiple of that
    explicit DataParallel(const ParameterList<Real>& parameters, std::size_t shards = 4);

    /// The loss of a batch, and its gradient, which replaces what was in the parameters' gradients.
    /// @param batch         entries; cut into shards whose sizes differ by one at most (none is empty but for small batches)
    /// @param dropout_seed  each shard's own is made from it
    /// @return              the mean of the shards' losses, weighed; 0 when all weights are 0
    /// @throws whatever the loss function throws: of the first shard that did
    double gradients(std::size_t batch, const LossFunction& loss, std::uint64_t dropout_seed = 0);
    /// The loss alone, in Mode::infer: no gradients, no dropout.
    double evaluate(std::size_t batch, const LossFunction& loss);

    [[nodiscard]] const ParameterList<Real>& parameters() const { return parameters_; }  ///< as they were given
    /// Bytes that all tapes and buffers hold.
    [[nodiscard]] std::size_t capacity() const;
    /// How often tapes took memory from the system: constant in a steady state.
    [[nodiscard]] std::size_t allocations() const;

 private:
    /// What a shard leaves.
    struct Result {
        std::vector<Real> gradients;    ///< of all parameters, one behind the other; empty before the first gradients()
        GradientBuffers<Real> buffers;  ///< where each one's begin
        double loss = 0, weight = 0;
        std::exception_ptr error;
    };
    double run(std::size_t batch, const LossFunction& loss, Mode mode, std::uint64_t dropout_seed);
    void run_shard(Tape<Real>& tape, const Shard& shard, const LossFunction& loss, Mode mode,
                   std::uint64_t dropout_seed);
    void make_buffers();
    void sum_gradients(double weights);

    ParameterList<Real> parameters_;
    std::vector<Result> results_;                     ///< by shard
    std::vector<std::unique_ptr<Tape<Real>>> tapes_;  ///< by thread
};

}  // namespace wb
