/// @file
/// What the tests may ask of exercises 2.1 to 2.7. Those of the kernels, 2.8 to 2.11, are in kernel_probes.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "additive.hpp"
#include "attention.hpp"
#include "attention_backward.hpp"
#include "cost.hpp"
#include "hybrid.hpp"
#include "multi_head.hpp"
#include "parameter_count.hpp"
#include "probe/probe.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// mask, batch row, query, q_len, kv_len -> number of keys
inline const Probe<std::size_t(Mask, std::size_t, std::size_t, std::size_t, std::size_t)> visible_keys{
    "2.1/visible_keys"};

/// scores, mask -> weights
inline const Probe<Tensor<4>(Tensor<4>, Mask)> masked_softmax{"2.1/masked_softmax"};

/// weights, v -> output
inline const Probe<Tensor<4>(Tensor<4>, Tensor<4>)> mix_values{"2.1/mix_values"};

/// q, k, v, mask
inline const Probe<AttentionResult(Tensor<4>, Tensor<4>, Tensor<4>, Mask)> scaled_dot_product_attention{
    "2.1/scaled_dot_product_attention"};

/// x, num_heads
inline const Probe<Tensor<4>(Tensor<3>, std::size_t)> split_heads{"2.2/split_heads"};

/// heads
inline const Probe<Tensor<3>(Tensor<4>)> merge_heads{"2.2/merge_heads"};

/// x, w, bias or none
inline const Probe<Tensor<3>(Tensor<3>, Tensor<2>, std::optional<Tensor<1>>)> linear{"2.2/linear"};

/// weights, query, key, value, mask
inline const Probe<MultiHeadResult(MultiHeadWeights, Tensor<3>, Tensor<3>, Tensor<3>, Mask)> multi_head_attention{
    "2.2/multi_head_attention"};

/// q, k, score_vectors -> scores
inline const Probe<Tensor<4>(Tensor<4>, Tensor<4>, Tensor<2>)> additive_scores{"2.3/additive_scores"};

/// The scores, and by how much the worker's memory was larger at its peak during the call than before it.
struct MeasuredScores {
    Tensor<4> scores;              ///< [batch, heads, q_len, kv_len]
    std::uint64_t peak_bytes = 0;  ///< resident, so only what was really touched; 0 where it cannot be measured
};

/// The members, in wire order.
inline auto fields(MeasuredScores& measured) {
    return std::tie(measured.scores, measured.peak_bytes);
}

/// q, k, score_vectors -> scores and peak memory
inline const Probe<MeasuredScores(Tensor<4>, Tensor<4>, Tensor<2>)> additive_scores_memory{
    "2.3/additive_scores_memory"};

/// q, k, v, score_vectors, mask
inline const Probe<AttentionResult(Tensor<4>, Tensor<4>, Tensor<4>, Tensor<2>, Mask)> additive_attention{
    "2.3/additive_attention"};

/// weights, query, key, value, mask
inline const Probe<MultiHeadResult(AdditiveWeights, Tensor<3>, Tensor<3>, Tensor<3>, Mask)>
    multi_head_additive_attention{"2.3/multi_head_additive_attention"};

/// weights, query, key, value, mask
inline const Probe<MultiHeadResult(HybridWeights, Tensor<3>, Tensor<3>, Tensor<3>, Mask)> hybrid_attention{
    "2.4/hybrid_attention"};

inline const Probe<ParameterCount(AttentionSpec)> count_by_formula{"2.5/count_by_formula"};

inline const Probe<std::vector<ParameterTensor>(AttentionModule)> enumerate_parameters{"2.5/enumerate_parameters"};

inline const Probe<AttentionCost(AttentionSizes)> dot_product_cost{"2.6/dot_product_cost"};

inline const Probe<AttentionCost(AttentionSizes, AdditiveMethod)> additive_cost{"2.6/additive_cost"};

/// q, k, v, d_output, mask
inline const Probe<AttentionGradients(Tensor<4, double>, Tensor<4, double>, Tensor<4, double>, Tensor<4, double>, Mask)>
    scaled_dot_product_attention_backward{"2.7/scaled_dot_product_attention_backward"};

}  // namespace wb::probes
