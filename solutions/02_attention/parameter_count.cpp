/// @file
/// Exercise 2.5: parameters of an attention module, by formula and by enumeration. The contract is parameter_count.hpp.
#include "parameter_count.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace wb {

// TODO(2.5): count from the sizes.
//   Start:    the homework's case on paper: three heads; 20, 10 and 30 in, 100 each, 50 out. 33,000 without score
//             vectors.
//   Ask:      which of the sizes does a sequence twice as long change? Which item does no single head own?
//   Traps:    w_output reads all heads: num_heads * v_head_dim columns. A bias is as long as its layer's *output*. Only
//             additive and hybrid modules have score vectors, and only hybrid ones gates. std::uint32_t would overflow;
//             std::uint64_t does not.
ParameterCount count_by_formula(const AttentionSpec& spec) {
    // SOLUTION BEGIN 2.5
    const std::uint64_t heads = spec.num_heads, d = spec.head_dim, v_d = spec.v_head_dim;
    ParameterCount count;
    const auto add_per_head = [&](const std::string& name, std::uint64_t per_head) {
        count.items.push_back({name, per_head, heads * per_head});
        count.per_head += per_head;
    };
    const auto add_output = [&](const std::string& name, std::uint64_t total) {
        count.items.push_back({name, 0, total});
        count.output += total;
    };
    add_per_head("w_query", spec.query_dim * d);
    add_per_head("w_key", spec.key_dim * d);
    add_per_head("w_value", spec.value_dim * v_d);
    add_output("w_output", spec.output_dim * heads * v_d);
    if (spec.bias) {
        add_per_head("b_query", d);
        add_per_head("b_key", d);
        add_per_head("b_value", v_d);
        add_output("b_output", spec.output_dim);
    }
    if (spec.kind != AttentionKind::dot_product) add_per_head("score_vectors", d);
    if (spec.kind == AttentionKind::hybrid) add_per_head("gates", 1);
    count.all_heads = heads * count.per_head;
    count.total = count.all_heads + count.output;
    return count;
    // SOLUTION END
}

// TODO(2.5): list what a module really holds.
//   Ask:      the formula and the list should agree for make_module(spec). When they do not, which one do you believe?
//   Traps:    look at the tensors, not at num_heads: a module whose heads were pruned still has that number. What is
//             absent is not listed, not even with 0 elements.
std::vector<ParameterTensor> enumerate_parameters(const AttentionModule& module) {
    // SOLUTION BEGIN 2.5
    std::vector<ParameterTensor> found;
    const auto add = [&](const std::string& name, const auto& tensor) {
        found.push_back({name, {tensor.shape().begin(), tensor.shape().end()}, tensor.size()});
    };
    const MultiHeadWeights& p = module.projections;
    add("w_query", p.w_query);
    add("w_key", p.w_key);
    add("w_value", p.w_value);
    add("w_output", p.w_output);
    if (p.biases) {
        add("b_query", p.biases->query);
        add("b_key", p.biases->key);
        add("b_value", p.biases->value);
        add("b_output", p.biases->output);
    }
    if (module.score_vectors) add("score_vectors", *module.score_vectors);
    if (module.gates) add("gates", *module.gates);
    return found;
    // SOLUTION END
}

}  // namespace wb
