/// @file
/// Exercise 6.10: words of time. The contract is chapters/06_time_series/patchtst.hpp.
#include "patchtst.hpp"

#include <algorithm>
#include <stdexcept>

#include "wb/errors.hpp"

namespace wb {

// TODO(6.10): how many patches fit into the look-back and `stride` rows behind it.
//   Equation: floor((lookback + stride - patch) / stride) + 1
//   Start:    refuse what cannot be cut: a 0, a patch longer than the look-back, a stride longer than the patch.
//   Ask:      a look-back of 7, patches of 3, a stride of 2: which rows does each patch hold? And with a look-back of 8?
//   Traps:    a std::size_t is never below 0: check before you subtract.
std::size_t patch_count(std::size_t lookback, std::size_t patch, std::size_t stride) {
    throw wb::NotImplemented("6.10");
}

// TODO(6.10): an operation on the tape: copies of stretches, that may overlap.
//   Equation: out[r, p, i] = x[r, min(stride p + i, lookback - 1)]
//   Start:    tape.make for the result, three loops, tape.record with the way back. No row need be repeated in memory: whose number
//             stands behind the last? Or from the library's operations: slice and concat, or embedding (wb/autograd/layout.hpp).
//   Ask:      with patches of 4 every 2 rows, in how many patches does a row stand, away from the ends? And the first, and the last?
//   Traps:    where numbers were copied to several places, gradients are added up: set a fresh slot to 0 first, then add. slot().data is
//             null when nobody wants the gradient.
Var<float> unfold_patches(Var<float> x, std::size_t patch, std::size_t stride) {
    throw wb::NotImplemented("6.10");
}

// TODO(6.10): from windows to rows of one variate each, to patches, to tokens, through the blocks, and back to windows.
//   Start:    write the shape behind each step: what is the innermost axis after it? positions come to the tape by tape.use().
//   Ask:      Linear works on the innermost axis. Which axis of past must that be before the patches are cut, and which of the answer?
//             Which token is number 3 of `patches * d_model` numbers from? Who mixes tokens: the blocks, or the head?
//   Traps:    reshape never exchanges axes: [lookback, variates] read as [variates, lookback] has the right shape and no variate in it.
//             `weights` may hold something from the last call.
Var<float> PatchTst::operator()(Var<float> past, std::vector<Var<float>>* weights) const {
    throw wb::NotImplemented("6.10");
}

}  // namespace wb
