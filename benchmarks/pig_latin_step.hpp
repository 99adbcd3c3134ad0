/// @file
/// A training step of chapter 5's translator, and PyTorch's on the same model and batch.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "measuring.hpp"
#include "translator.hpp"

namespace wb::bench {

/// Source and target tokens of every row, EOS included: about the mean of the sets.
inline constexpr std::size_t source_length = 8, target_length = 11;

/// What a step takes.
struct StepCost {
    double one_thread = 0, all_threads = 0;  ///< seconds, the fastest of many
    double peak_mib = 0;                     ///< resident memory at its highest, less what was there before the model
    std::size_t parameters = 0;
};

/// Ours: forward, backward and Adam, over the library's usual shards, in a process of its own.
/// @throws Error when that process fails
StepCost our_step(const TranslatorOptions& model, std::size_t batch, int threads, int rounds);

/// PyTorch's.
/// @return nothing when the rival cannot run here
std::optional<Rival> rival_step(const std::string& script, const TranslatorOptions& model, std::size_t batch,
                                int threads);

}  // namespace wb::bench
