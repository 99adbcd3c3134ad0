/// @file
/// Exercise 3.1: gates on heads. The contract is chapters/03_head_pruning/head_gates.hpp.
#include "head_gates.hpp"

#include "wb/autograd/elementwise.hpp"
#include "wb/errors.hpp"

namespace wb {

// TODO(3.1): an operation with two inputs, forward and backward.
//   Equation: out = heads_out * gate. d heads_out = d out * gate; d gate[b, h] = sum over tokens and the head's columns of d out * heads_out.
//   Start:    tape.make(shape) for the result, tape.data(..) for the numbers, tape.record(result, {inputs}, lambda) with the backward pass:
//             tape.gradient(result) is what comes in, tape.slot(input) says where an input's gradient belongs. See wb/autograd/tape.hpp.
//   Ask:      gates [heads] serve every entry of the batch. What then is the gradient of one of them? And of one that is 0?
//   Traps:    slot().data is null when nobody wants that gradient; slot().fresh means that the memory holds nothing to add to.
//             0 * NaN is NaN: a head whose gate is 0 must not be multiplied at all.
Var<float> gate_heads(Var<float> heads_out, Var<float> gates) {
    throw wb::NotImplemented("3.1");
}

// TODO(3.1): multi-head attention with gates.
//   Start:    wb::attention does all heads at once; the gates belong between it and `output`.
//   Ask:      which matrix makes a head's columns part of every column of the result? What would a gate behind it switch off?
//   Traps:    a module may have no heads (exercise 3.6): there is nothing to attend with, but `output` still has its bias, a row for
//             every query: tape.constant(zeros<3>({batch, q_len, d_model})) has somewhere to add it to.
Var<float> PrunableAttention::operator()(Var<float> x, Var<float> memory, const AttentionMask& mask,
                                         const HeadUse& use) const {
    throw wb::NotImplemented("3.1");
}

}  // namespace wb
