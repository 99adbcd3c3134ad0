/// @file
/// Exercise 5.10, second part: a step of AdamW in one kernel. The contract that adamw.cu keeps.
/// Plain C++, so that nvcc and g++ both take it; a launcher is host code, its pointers are device memory. Its CPU twin is
/// library/wb/training/adam.hpp. Source: Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2.
#pragma once

#include <cstdint>

namespace wb {

/// What adamw_step reads and writes: one flat array for all parameters of a model, and three beside it. Device memory, contiguous,
/// owned by the caller.
struct AdamWArgs {
    float* parameters = nullptr;        ///< [count]
    float* gradient = nullptr;          ///< [count]; all 0 afterwards, ready for the next backward pass to add to
    float* first = nullptr;             ///< [count]: the mean of gradients, m; 0 before the first step
    float* second = nullptr;            ///< [count]: the mean of squared gradients, v; 0 before the first step
    std::int64_t count = 0;             ///< numbers in each array, any
    std::int64_t step = 0;              ///< the number of this step, from 1
    double learning_rate = 1e-3;        ///< of this step
    double beta1 = 0.9, beta2 = 0.999;  ///< decay of the running means of the gradient and of its square
    double epsilon = 1e-8;              ///< added to the root
    double weight_decay = 0;            ///< decoupled: shrinks the parameter, and is no part of the gradient
    double gradient_scale = 1;          ///< what every gradient is multiplied by first, e.g. to clip their norm
};

/// One step, for each number on its own, as torch.optim.AdamW does it:
///
///     g  = gradient_scale * gradient
///     p' = p (1 - learning_rate * weight_decay)
///     m' = beta1 m + (1 - beta1) g
///     v' = beta2 v + (1 - beta2) g^2
///     p' = p' - learning_rate / (1 - beta1^step) * m' / (sqrt(v') / sqrt(1 - beta2^step) + epsilon)
///     gradient = 0
///
/// What is the same for every number (1 - beta2, the powers, the quotients) is computed once, on the host, in double, and then
/// rounded: in float 1 - 0.999 has an error of 1.3e-5 of its size. The elements are float. Launches on the default stream and
/// returns without waiting; with count 0 there is nothing to launch.
/// @throws std::invalid_argument when step is below 1: 1 - beta^0 is 0
void adamw_step(const AdamWArgs& args);

}  // namespace wb
