/// @file
/// What the tests may ask of exercise 5.1. Pairs cross the pipe as two lists of words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "batches.hpp"
#include "probe/probe.hpp"
#include "vocabulary.hpp"

namespace wb::probes {

/// word -> tokens
inline const Probe<std::vector<int>(std::string)> encode{"5.1/encode"};

/// tokens -> text
inline const Probe<std::string(std::vector<int>)> decode{"5.1/decode"};

/// sources, targets -> buckets
inline const Probe<std::vector<Bucket>(std::vector<std::string>, std::vector<std::string>)> make_buckets{
    "5.1/make_buckets"};

/// The batches of one epoch: numbers of pairs.
using EpochBatches = std::vector<std::vector<std::size_t>>;

/// buckets, batch_size, seed, epochs -> the batches of each epoch, all from one Random(seed)
inline const Probe<std::vector<EpochBatches>(std::vector<Bucket>, std::size_t, std::uint64_t, std::size_t)>
    epoch_batches{"5.1/epoch_batches"};

/// sources, targets, numbers -> tensors
inline const Probe<Batch(std::vector<std::string>, std::vector<std::string>, std::vector<std::size_t>)> make_batch{
    "5.1/make_batch"};

inline const Probe<double(std::vector<BatchLoss>)> epoch_loss{"5.1/epoch_loss"};

inline const Probe<double(std::vector<BatchLoss>)> token_loss{"5.1/token_loss"};

}  // namespace wb::probes
