/// @file
/// Exercise 2.5: how many numbers does an attention module learn? Counted twice, on paper and on a real module, as
/// lists rather than one total: a wrong total does not say which item was forgotten (often: the score vectors, and the
/// biases).
///
/// The homework's case: 3 heads; query, key, value of size 20, 10, 30, each projected to 100; output 50; length 64. A
/// head has 20*100 + 10*100 + 30*100 = 6,000 weights, three heads 18,000, the output projection 300*50 = 15,000: 33,000
/// in all, whatever the length. Additive attention also has a score vector of 100 for each head: 33,300. Biases are
/// counted only when asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "multi_head.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// Which scores a module computes, and so which parameters it has.
enum class AttentionKind {
    dot_product,  ///< 2.2: the four projections
    additive,     ///< 2.3: and a score vector for each head
    hybrid,       ///< 2.4: and a gate for each head
};

/// The sizes of a multi-head attention module.
struct AttentionSpec {
    AttentionKind kind = AttentionKind::dot_product;  ///< how scores are made
    std::size_t num_heads = 1;                        ///< side by side
    std::size_t query_dim = 1;                        ///< size of one input query vector
    std::size_t key_dim = 1;                          ///< size of one input key vector
    std::size_t value_dim = 1;                        ///< size of one input value vector
    std::size_t head_dim = 1;    ///< what a head projects queries and keys to; `hidden` in additive attention
    std::size_t v_head_dim = 1;  ///< what a head projects values to
    std::size_t output_dim = 1;  ///< size of one output vector
    std::size_t length = 1;      ///< of the input sequence; no parameter depends on it
    bool bias = false;           ///< on all four projections
};

/// One line of the count.
struct ParameterItem {
    std::string name;            ///< "w_query", "w_key", "w_value", "w_output", "b_query", .., "score_vectors", "gates"
    std::uint64_t per_head = 0;  ///< of one head; 0 for what no head owns: w_output and b_output
    std::uint64_t total = 0;     ///< of the whole module
    bool operator==(const ParameterItem&) const = default;
};

/// A module's count as a list. Only what the module has is listed, in the order of the names above.
struct ParameterCount {
    std::vector<ParameterItem> items;  ///< a row for each tensor, or for each kind of tensors
    std::uint64_t per_head = 0;        ///< sum of the items' per_head: 6,000 in the homework's case
    std::uint64_t all_heads = 0;       ///< num_heads * per_head: 18,000
    std::uint64_t output = 0;          ///< w_output and b_output: 15,000
    std::uint64_t total = 0;           ///< all_heads + output: 33,000
};

/// A module's learnable tensors. What its kind does not have is absent.
struct AttentionModule {
    MultiHeadWeights projections;            ///< of queries, keys and values, and the output's
    std::optional<Tensor<2>> score_vectors;  ///< [num_heads, head_dim]
    std::optional<Tensor<1>> gates;          ///< [num_heads]
};

/// One learnable tensor found in a module.
struct ParameterTensor {
    std::string name;                ///< as in ParameterItem
    std::vector<std::size_t> shape;  ///< as it is stored
    std::uint64_t count = 0;         ///< its elements
    bool operator==(const ParameterTensor&) const = default;
};

/// The members, in wire order.
inline auto fields(AttentionSpec& s) {
    return std::tie(s.kind, s.num_heads, s.query_dim, s.key_dim, s.value_dim, s.head_dim, s.v_head_dim, s.output_dim,
                    s.length, s.bias);
}

/// The members, in wire order.
inline auto fields(ParameterItem& item) {
    return std::tie(item.name, item.per_head, item.total);
}

/// The members, in wire order.
inline auto fields(ParameterCount& count) {
    return std::tie(count.items, count.per_head, count.all_heads, count.output, count.total);
}

/// The members, in wire order.
inline auto fields(AttentionModule& module) {
    return std::tie(module.projections, module.score_vectors, module.gates);
}

/// The members, in wire order.
inline auto fields(ParameterTensor& tensor) {
    return std::tie(tensor.name, tensor.shape, tensor.count);
}

/// Given: the module that a specification describes, all zeros.
inline AttentionModule make_module(const AttentionSpec& spec) {
    using Shape1 = Tensor<1>::shape_type;
    using Shape2 = Tensor<2>::shape_type;
    const std::size_t qk_rows = spec.num_heads * spec.head_dim;
    const std::size_t v_rows = spec.num_heads * spec.v_head_dim;
    AttentionModule module;
    module.projections.num_heads = spec.num_heads;
    module.projections.w_query = Tensor<2>(Shape2{qk_rows, spec.query_dim}, 0.0F);
    module.projections.w_key = Tensor<2>(Shape2{qk_rows, spec.key_dim}, 0.0F);
    module.projections.w_value = Tensor<2>(Shape2{v_rows, spec.value_dim}, 0.0F);
    module.projections.w_output = Tensor<2>(Shape2{spec.output_dim, v_rows}, 0.0F);
    if (spec.bias) {
        module.projections.biases =
            MultiHeadBiases{Tensor<1>(Shape1{qk_rows}, 0.0F), Tensor<1>(Shape1{qk_rows}, 0.0F),
                            Tensor<1>(Shape1{v_rows}, 0.0F), Tensor<1>(Shape1{spec.output_dim}, 0.0F)};
    }
    if (spec.kind != AttentionKind::dot_product) {
        module.score_vectors = Tensor<2>(Shape2{spec.num_heads, spec.head_dim}, 0.0F);
    }
    if (spec.kind == AttentionKind::hybrid) module.gates = Tensor<1>(Shape1{spec.num_heads}, 0.0F);
    return module;
}

/// Counts from the sizes alone, without building anything.
/// @param spec  the sizes; length plays no part
/// @return      the list and its sums. A spec of 2^20 by 2^20 is counted right: sums are of 64 bits
ParameterCount count_by_formula(const AttentionSpec& spec);

/// Lists the learnable tensors that a module really holds, in the order of the names in ParameterItem. It looks at the
/// tensors and at nothing else: a module with pruned heads, which no formula describes, is listed as it is.
/// @param module  any module, also one whose tensors do not fit each other
/// @return        name, shape and number of elements of each tensor that is present
std::vector<ParameterTensor> enumerate_parameters(const AttentionModule& module);

}  // namespace wb
