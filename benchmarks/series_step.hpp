/// @file
/// A training step of chapter 6's iTransformer, and PyTorch's on the same model and batch.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "itransformer.hpp"
#include "measuring.hpp"

namespace wb::bench {

/// Variates of a batch in the shape of ETTh1.
inline constexpr std::size_t series_variates = 7;

/// The model that is trained on ETTh1.
ITransformerOptions etth1_model();

/// What a step takes.
struct SeriesStepCost {
    double one_thread = 0, all_threads = 0;  ///< seconds, the fastest of many
    double peak_mib = 0;                     ///< resident memory at its highest, less what was there before the model
};

/// Ours: windows cut out of a series and normalised, forward, backward and Adam, over as many shards as training takes, in a process of
/// its own.
SeriesStepCost our_series_step(const ITransformerOptions& model, std::size_t batch, int threads, int repetitions);

/// PyTorch's, on a batch that lies ready. @return nothing when the rival cannot run here
std::optional<Rival> rival_series_step(const std::string& script, const ITransformerOptions& model, std::size_t batch,
                                       int threads);

}  // namespace wb::bench
