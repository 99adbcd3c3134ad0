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
    throw wb::NotImplemented("2.5");
}

// TODO(2.5): list what a module really holds.
//   Ask:      the formula and the list should agree for make_module(spec). When they do not, which one do you believe?
//   Traps:    look at the tensors, not at num_heads: a module whose heads were pruned still has that number. What is
//             absent is not listed, not even with 0 elements.
std::vector<ParameterTensor> enumerate_parameters(const AttentionModule& module) {
    throw wb::NotImplemented("2.5");
}

}  // namespace wb
