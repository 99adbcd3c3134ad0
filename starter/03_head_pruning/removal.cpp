/// @file
/// Exercise 3.6: heads taken out for good. The contract is chapters/03_head_pruning/removal.hpp.
#include "removal.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "wb/errors.hpp"

namespace wb {

// TODO(3.6): a new module, and the live heads' numbers copied into it.
//   Equation: with heads 0 .. 3 and live {0, 2}: W_q' = [W_q^(0); W_q^(2)] (rows), W_o' = [W_o^(0) W_o^(2)] (columns), b_o' = b_o.
//   Start:    check `live` and sort a copy of it. A PrunableAttention(d_model, live.size(), head_dim, random) has parameters of the right
//             shapes, and of its own; what it has drawn is overwritten. A module does not store d_model: output.bias has d_model numbers.
//             weight->value is row-major.
//   Ask:      a head's rows lie side by side in memory, so one copy moves them all. And its columns?
//   Traps:    Linear's bias of query, key and value has a part of each head; output's has not. `heads` counts, `head_dim` stays.
//             A copy of a ParameterPtr shares: train the small module, and the large one has changed, too.
PrunableAttention remove_heads(const PrunableAttention& module, std::span<const std::size_t> live) {
    throw wb::NotImplemented("3.6");
}

// TODO(3.6): remove what is closed, and scale what is left.
//   Start:    collect the heads whose gate is not 0; remove_heads does the rest but for a factor.
//   Ask:      which of the columns of the small module belong to its n-th head, and which gate is that head's?
//   Traps:    the gates are numbered by the old heads; output's bias stays as it is.
PrunableAttention fold_gates(const PrunableAttention& module, const Tensor<1>& gates) {
    throw wb::NotImplemented("3.6");
}

// TODO(3.6): seven stages, each with its FLOPs, the numbers it reads and the numbers it writes.
//   Start:    W = heads * head_dim. One stage at a time: query makes batch * q_len rows of W numbers from rows of d_model.
//   Ask:      which of the stages have work in proportion to q_len * kv_len? Which numbers are read however few heads are left?
//   Traps:    key and value have kv_len rows; parameters do not come once for each entry of the batch; without heads x is not read.
ModuleCost attention_cost(const ModuleSizes& sizes) {
    throw wb::NotImplemented("3.6");
}

}  // namespace wb
