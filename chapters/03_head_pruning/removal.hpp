/// @file
/// Exercise 3.6: heads taken out for good. A gate of 0 makes a head silent, and its scores are computed all the same; here its rows and
/// columns leave the matrices, so that nothing is left to compute, to read or to store.
///
///     query, key, value   [heads * head_dim, d_model]        head h: rows h * head_dim and on, and as many numbers of the bias
///     output              [d_model, heads * head_dim]        head h: columns h * head_dim and on; its bias belongs to no head
///
/// head_dim and d_model stay, and with them the factor 1 / sqrt(head_dim) and all that lies around the module. The result is what the
/// module answers with the same heads' gates at 0, up to rounding: sums over columns have fewer terms.
/// Source: Michel et al. 2019, section 5 and its table of speeds.
#pragma once

#include <cstdint>
#include <span>
#include <tuple>

#include "head_gates.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// A module of the live heads alone, in ascending order, whatever the order of `live`. It has parameters of its own: training or
/// changing it leaves the module that it was made of as it was. As ever, matrices decay and biases do not.
/// @param live  numbers of heads that stay, 0 .. module.heads - 1, none twice; none at all leaves output's bias alone
/// @return      heads: live.size(); head_dim and d_model as before
/// @throws std::invalid_argument naming the number, when it is no head of the module or is there twice
PrunableAttention remove_heads(const PrunableAttention& module, std::span<const std::size_t> live);

/// A module that needs no gates: heads whose gate is 0 are removed, the others have their gate in output's columns, where it costs
/// nothing. A head is linear behind its softmax:
///
///     gate_h head_h(x) W_o^(h) = head_h(x) (gate_h W_o^(h))
///
/// @param gates  [module.heads], any numbers, e.g. those that exercise 3.8 has trained
/// @throws ShapeError naming the gates' shape and the number of heads
PrunableAttention fold_gates(const PrunableAttention& module, const Tensor<1>& gates);

/// The sizes that decide what a module costs.
struct ModuleSizes {
    std::uint64_t batch = 1;     ///< sequences
    std::uint64_t heads = 1;     ///< that are left
    std::uint64_t head_dim = 1;  ///< of queries and keys
    std::uint64_t d_model = 1;   ///< width of the model
    std::uint64_t q_len = 1;     ///< queries of a sequence
    std::uint64_t kv_len = 1;    ///< keys of a sequence
};

/// The members, in wire order.
inline auto fields(ModuleSizes& sizes) {
    return std::tie(sizes.batch, sizes.heads, sizes.head_dim, sizes.d_model, sizes.q_len, sizes.kv_len);
}

/// What a module costs.
struct ModuleCost {
    std::uint64_t parameters = 0;  ///< numbers in its four matrices and four biases
    std::uint64_t flops = 0;       ///< of one call
    std::uint64_t bytes = 0;       ///< read and written by one call
    bool operator==(const ModuleCost&) const = default;
};

/// The members, in wire order.
inline auto fields(ModuleCost& cost) {
    return std::tie(cost.parameters, cost.flops, cost.bytes);
}

/// What one call of a module without mask costs, counted stage by stage: query, key, value (the three projections, with their biases),
/// scores, softmax, mix (weights times v), output (with its bias).
///
/// Conventions, those of exercise 2.6: an addition, multiplication, division, comparison or exp is 1 FLOP; a dot product of n terms is
/// 2n; a bias is one addition a number; the factor 1 / sqrt(head_dim) one multiplication a score; softmax over n scores is 5n. Numbers
/// have 4 bytes. A stage reads each of its inputs once, its parameters among them, and writes its result once.
///
/// Without heads only `output` runs, which has no columns: one addition of its bias for each number of the result, and neither x nor
/// memory is read.
///
/// For example batch 1, 4 heads of 16, d_model 64, q_len = kv_len = 10: 16,640 parameters, 358,240 FLOPs, 103,680 bytes.
ModuleCost attention_cost(const ModuleSizes& sizes);

}  // namespace wb
