/// @file
/// All ways of this chapter to choose heads, on one task: what each finds, and how good its choice is. Given code, for the demo `prune`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ablation.hpp"
#include "entropy.hpp"
#include "pruning.hpp"
#include "pruning_task.hpp"
#include "wb/tensor.hpp"

namespace wb::demo {

/// What the measures say of each head, on the measured part.
struct HeadMeasures {
    Ablation ablation;
    Tensor<1, double> importance;      ///< [heads]: I_h
    Tensor<1, double> gradient_norms;  ///< [heads]: L2 over the rows of W_q, W_k and W_v
    HeadEntropy entropy;               ///< how widely each looks
    double seconds = 0;                ///< for all of it
};

HeadMeasures measure_heads(const Task& task);

/// How widely each head looks at the samples of a part.
HeadEntropy entropies_of(const Task& task, const TaskPart& part);

/// A way to choose heads, and what is left of the model's quality, on the reported part.
struct Method {
    std::string name;                ///< as the legend and the tables have it
    std::vector<std::size_t> order;  ///< the first to go first; empty where every input has its own
    std::vector<CurvePoint> curve;
    double seconds = 0;    ///< to find the order
    std::string own = {};  ///< what the method itself would keep, and what that is worth; empty for an order alone
};

/// How gates and policies are trained.
struct MethodOptions {
    double gate_penalty = 0.02;      ///< nats an open head costs
    std::size_t gate_steps = 600;    ///<
    double policy_cost = 0.3;        ///< what it costs a policy to keep all heads, in units of quality
    std::size_t policy_steps = 600;  ///<
    std::uint64_t seed = 1;
};

/// Ablation, I_h (one shot; normalised by layer; 10 % a step), gradient norm, entropy, Hard-Concrete and REINFORCE, in this order.
/// @param counts  how many heads are gone at each point of a curve
std::vector<Method> all_methods(const Task& task, const HeadMeasures& measures, const std::vector<std::size_t>& counts,
                                const MethodOptions& options);

/// Curves of random orders. @param draws  how many
std::vector<std::vector<CurvePoint>> random_curves(const Task& task, const std::vector<std::size_t>& counts,
                                                   std::size_t draws);

}  // namespace wb::demo
