/// @file
/// Exercise 2.6: what dot-product and additive attention cost. The contract, with its conventions, is cost.hpp.
#include "cost.hpp"

#include <cstdint>

namespace wb {

// SOLUTION BEGIN 2.6 removed
namespace {

constexpr std::uint64_t float_bytes = 4;

/// How many numbers each tensor of the table has.
struct Elements {
    explicit Elements(const AttentionSizes& s)
        : q(s.batch * s.heads * s.q_len * s.head_dim),
          k(s.batch * s.heads * s.kv_len * s.head_dim),
          projected_q(s.batch * s.heads * s.q_len * s.hidden),
          projected_k(s.batch * s.heads * s.kv_len * s.hidden),
          scores(s.batch * s.heads * s.q_len * s.kv_len),
          channels(scores * s.hidden),
          projections(2 * s.heads * s.hidden * s.head_dim),
          score_vectors(s.heads * s.hidden) {}
    std::uint64_t q, k;  ///< v is as k, the output as q
    std::uint64_t projected_q, projected_k;
    std::uint64_t scores;       ///< the weights too
    std::uint64_t channels;     ///< q + k and its tanh, [batch, heads, q_len, kv_len, hidden]
    std::uint64_t projections;  ///< W_q and W_k of all heads
    std::uint64_t score_vectors;
};

/// A stage from its FLOPs and the *numbers* it reads and writes.
StageCost stage(const char* name, std::uint64_t flops, std::uint64_t read, std::uint64_t written) {
    return {name, flops, float_bytes * read, float_bytes * written};
}

/// The two stages that both attentions end in.
void add_softmax_and_mix(AttentionCost& cost, const AttentionSizes& s, const Elements& n) {
    cost.stages.push_back(stage("softmax", 5 * n.scores, n.scores, n.scores));
    cost.stages.push_back(stage("mix", 2 * n.scores * s.head_dim, n.scores + n.k, n.q));
}

}  // namespace
// SOLUTION END

// TODO(2.6): the stages of scaled dot-product attention.
//   Start:    one query and one key: 2 * head_dim FLOPs for the product, 1 for the scale. How many such pairs are
//             there?
//   Ask:      which of the stages does twice as many FLOPs for each byte when head_dim doubles, and which does not?
//   Traps:    activation memory is not traffic. Of all that is written, what does the backward pass need? (Exercise 2.7
//             tells.)
AttentionCost dot_product_cost(const AttentionSizes& sizes) {
    // SOLUTION BEGIN 2.6
    const Elements n(sizes);
    AttentionCost cost;
    cost.stages.push_back(stage("scores", n.scores * (2 * sizes.head_dim + 1), n.q + n.k, n.scores));
    add_softmax_and_mix(cost, sizes, n);
    cost.activation_bytes = float_bytes * n.scores;
    return cost;
    // SOLUTION END
}

// TODO(2.6): the stages of additive attention, in either way of evaluating it.
//   Ask:      how many times more activation memory does broadcast take, at hidden = 64 and length 512? Where does the
//             ratio go?
//   Traps:    W_q and W_k are read once for each *head*, not for each batch row. w . tanh is a dot product: 2 FLOPs a
//             channel.
AttentionCost additive_cost(const AttentionSizes& sizes, AdditiveMethod method) {
    // SOLUTION BEGIN 2.6
    const Elements n(sizes);
    AttentionCost cost;
    const std::uint64_t projected = n.projected_q + n.projected_k;
    cost.stages.push_back(stage("project", 2 * sizes.head_dim * projected, n.q + n.k + n.projections, projected));
    if (method == AdditiveMethod::broadcast) {
        cost.stages.push_back(stage("add", n.channels, projected, n.channels));
        cost.stages.push_back(stage("tanh", n.channels, n.channels, n.channels));
        cost.stages.push_back(stage("reduce", 2 * n.channels, n.channels + n.score_vectors, n.scores));
    } else {
        cost.stages.push_back(stage("scores", 4 * n.channels, projected + n.score_vectors, n.scores));
    }
    add_softmax_and_mix(cost, sizes, n);
    cost.activation_bytes = float_bytes * (projected + n.scores);
    if (method == AdditiveMethod::broadcast) cost.activation_bytes += float_bytes * n.channels;
    return cost;
    // SOLUTION END
}

}  // namespace wb
