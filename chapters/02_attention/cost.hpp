/// @file
/// Exercise 2.6: what both attentions cost, before either is run. Counted from q [batch, heads, q_len, head_dim] and k,
/// v [batch, heads, kv_len, head_dim] to the output [batch, heads, q_len, head_dim], without mask, stage by stage.
///
/// Conventions, so that there is one right answer:
///  * An addition, multiplication, division, comparison, exp or tanh is 1 FLOP; a dot product of n terms is 2n.
///  * Softmax over n scores is 5n: n for the maximum, and n each for subtraction, exp, sum and division.
///  * Numbers have 4 bytes. A stage reads each input once and writes its output once; parameters count as inputs.
///  * activation_bytes is what a training step must keep from the forward for the backward pass: the outputs marked K,
///    without the inputs q, k, v, the parameters and the final output.
///
///     dot product                     additive, broadcast               additive, streamed
///     scores   q k^T / sqrt(head_dim) project  q W_q^T and k W_k^T  K   project  the same                  K
///     softmax  weights             K  add      q + k, 5-D               scores   w . tanh(q + k) of one pair
///     mix      weights v              tanh     of that, 5-D         K            of query and key at a time
///                                     reduce   w . that                 softmax  weights                   K
///                                     softmax  weights              K   mix      weights v
///                                     mix      weights v
///
/// The scale is fused into "scores": one FLOP more for each score, no traffic more. 'Streamed' must compute tanh again
/// in its backward pass, which is the price of not keeping [batch, heads, q_len, kv_len, hidden] numbers.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace wb {

/// The sizes that decide the cost.
struct AttentionSizes {
    std::uint64_t batch = 1;     ///< sequences
    std::uint64_t heads = 1;     ///< of attention, side by side
    std::uint64_t q_len = 1;     ///< queries of a sequence
    std::uint64_t kv_len = 1;    ///< keys of a sequence
    std::uint64_t head_dim = 1;  ///< D, of q, k, v and the output
    std::uint64_t hidden = 1;    ///< h, the channels of additive attention; W_q and W_k are [heads, hidden, head_dim]
};

/// How additive scores are evaluated.
enum class AdditiveMethod {
    broadcast,  ///< one array operation after another, as a line of NumPy or PyTorch does
    streamed,   ///< score by score, as exercise 2.3 asks
};

/// What one stage costs.
struct StageCost {
    std::string name;                 ///< as in the table above
    std::uint64_t flops = 0;          ///< additions, multiplications, divisions, exponentials and tanh: one each
    std::uint64_t bytes_read = 0;     ///< of arguments
    std::uint64_t bytes_written = 0;  ///< of results
    bool operator==(const StageCost&) const = default;
};

/// What an attention costs: its stages in order, and the memory its backward pass needs.
struct AttentionCost {
    std::vector<StageCost> stages;       ///< in the order of their doing
    std::uint64_t activation_bytes = 0;  ///< of what lies between arguments and result, all at once

    /// Sum over the stages.
    [[nodiscard]] std::uint64_t flops() const {
        std::uint64_t total = 0;
        for (const StageCost& stage : stages) total += stage.flops;
        return total;
    }

    /// Sum over the stages, reads and writes.
    [[nodiscard]] std::uint64_t bytes() const {
        std::uint64_t total = 0;
        for (const StageCost& stage : stages) total += stage.bytes_read + stage.bytes_written;
        return total;
    }
};

/// The members, in wire order.
inline auto fields(AttentionSizes& s) {
    return std::tie(s.batch, s.heads, s.q_len, s.kv_len, s.head_dim, s.hidden);
}

/// The members, in wire order.
inline auto fields(StageCost& stage) {
    return std::tie(stage.name, stage.flops, stage.bytes_read, stage.bytes_written);
}

/// The members, in wire order.
inline auto fields(AttentionCost& cost) {
    return std::tie(cost.stages, cost.activation_bytes);
}

/// The cost of scaled dot-product attention, unfused: stages "scores", "softmax", "mix". `hidden` plays no part.
AttentionCost dot_product_cost(const AttentionSizes& sizes);

/// The cost of additive attention with projections of each head from head_dim to hidden.
/// @return stages "project", "add", "tanh", "reduce", "softmax", "mix", or "project", "scores", "softmax", "mix"
AttentionCost additive_cost(const AttentionSizes& sizes, AdditiveMethod method);

}  // namespace wb
