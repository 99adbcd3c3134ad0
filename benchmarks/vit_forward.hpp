/// @file
/// A forward pass of chapter 4's vision transformer in the shape of ViT-Base, what this machine's matrix products make possible,
/// and PyTorch's pass through the same model.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "measuring.hpp"
#include "vit_options.hpp"

namespace wb::bench {

/// Multiply-adds of one picture, times two.
double forward_flops(const VitOptions& model);

/// What a pass takes.
struct ForwardCost {
    double seconds = 0;       ///< the fastest of several
    double construction = 0;  ///< seconds: memory, and a random number for each weight
    double weights_mib = 0;   ///< of the parameters
    double peak_mib = 0;      ///< of the whole process: VmHWM
    double before_mib = 0;    ///< of the process before there was a model: program and libraries
};

/// Ours, in a process of its own that does nothing else.
/// @throws Error when that process fails
ForwardCost our_forward(const VitOptions& model, std::size_t batch, int repetitions);

/// FLOP/s of the products of all layers, one after the other as a model has them and nothing between, each cut over the threads in
/// the fastest of four ways: so it takes about as long as a pass, and a busy machine slows both down alike. Their weights are the
/// same in every layer, and so nearer than a model's. In a process of its own.
double sgemm_rate(const VitOptions& model, int repetitions);

/// PyTorch's.
/// @return nothing when the rival cannot run here
std::optional<Rival> rival_forward(const std::string& script, std::size_t batch, int threads, int repetitions);

}  // namespace wb::bench
