/// @file
/// A training step of chapter 4's vision transformer, and PyTorch's on the same model and batch.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "measuring.hpp"
#include "vit_options.hpp"

namespace wb::bench {

/// The model that is trained on Fashion-MNIST.
VitOptions fashion_model();

/// What a step takes.
struct VitStepCost {
    double one_thread = 0, all_threads = 0;  ///< seconds, the fastest of many
    double peak_mib = 0;                     ///< resident memory at its highest, less what was there before the model
};

/// Ours: forward, backward, clipping and AdamW, over the 8 shards of exercise 4.9, in a process of its own.
VitStepCost our_vit_step(const VitOptions& model, std::size_t batch, int threads, int repetitions);

/// PyTorch's. @return nothing when the rival cannot run here
std::optional<Rival> rival_vit_step(const std::string& script, const VitOptions& model, std::size_t batch, int threads);

}  // namespace wb::bench
