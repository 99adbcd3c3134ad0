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
    // SOLUTION BEGIN 6.10
    if (stride == 0 || patch < stride || lookback < patch)
        throw std::invalid_argument("patch_count: patches of " + std::to_string(patch) + " rows, one every " +
                                    std::to_string(stride) + ", cannot be cut from a look-back of " +
                                    std::to_string(lookback) + ": it takes 1 <= stride <= patch <= look-back");
    return (lookback + stride - patch) / stride + 1;
    // SOLUTION END
}

// TODO(6.10): an operation on the tape: copies of stretches, that may overlap.
//   Equation: out[r, p, i] = x[r, min(stride p + i, lookback - 1)]
//   Start:    tape.make for the result, three loops, tape.record with the way back. No row need be repeated in memory: whose number
//             stands behind the last? Or from the library's operations: slice and concat, or embedding (wb/autograd/layout.hpp).
//   Ask:      with patches of 4 every 2 rows, in how many patches does a row stand, away from the ends? And the first, and the last?
//   Traps:    where numbers were copied to several places, gradients are added up: set a fresh slot to 0 first, then add. slot().data is
//             null when nobody wants the gradient.
Var<float> unfold_patches(Var<float> x, std::size_t patch, std::size_t stride) {
    // SOLUTION BEGIN 6.10
    const Shape shape = x.shape();
    if (shape.rank() != 2)
        throw ShapeError("unfold_patches: x " + shape_text(shape) + " must be [rows, lookback]: one variate a row");
    const std::size_t rows = shape[0], lookback = shape[1], patches = patch_count(lookback, patch, stride);
    Tape<float>& tape = x.tape();
    const Var<float> out = tape.make({rows, patches, patch});
    // Visits each number of the patches: its place there, and its place in x.
    const auto each = [=](const auto& visit) {
        std::size_t to = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t p = 0; p < patches; ++p) {
                for (std::size_t i = 0; i < patch; ++i)
                    visit(to++, row * lookback + std::min(p * stride + i, lookback - 1));
            }
        }
    };
    const float* in = tape.data(x);
    float* cut = tape.data(out);
    each([=](std::size_t to, std::size_t from) { cut[to] = in[from]; });
    return tape.record(out, {x}, [=, &tape] {
        const auto [dx, fresh] = tape.slot(x);
        if (dx == nullptr) return;
        if (fresh) std::fill_n(dx, rows * lookback, 0.0F);
        const float* d_out = tape.gradient(out);
        each([=, dx = dx](std::size_t to, std::size_t from) { dx[from] += d_out[to]; });
    });
    // SOLUTION END
}

// TODO(6.10): from windows to rows of one variate each, to patches, to tokens, through the blocks, and back to windows.
//   Start:    write the shape behind each step: what is the innermost axis after it? positions come to the tape by tape.use().
//   Ask:      Linear works on the innermost axis. Which axis of past must that be before the patches are cut, and which of the answer?
//             Which token is number 3 of `patches * d_model` numbers from? Who mixes tokens: the blocks, or the head?
//   Traps:    reshape never exchanges axes: [lookback, variates] read as [variates, lookback] has the right shape and no variate in it.
//             `weights` may hold something from the last call.
Var<float> PatchTst::operator()(Var<float> past, std::vector<Var<float>>* weights) const {
    // SOLUTION BEGIN 6.10
    const Shape shape = past.shape();
    if (shape.rank() != 3 || shape[1] != options.lookback)
        throw ShapeError("PatchTst: past " + shape_text(shape) +
                         " must be [batch, lookback, variates] with a look-back of " +
                         std::to_string(options.lookback) + ", for which the model was made");
    const std::size_t batch = shape[0], variates = shape[2];
    const Var<float> series = reshape(transpose(past, 1, 2), {batch * variates, options.lookback});
    const Var<float> tokens = embedding(unfold_patches(series, options.patch, options.stride));
    Var<float> x = dropout(tokens + past.tape().use(*positions), options.blocks.dropout);
    if (weights != nullptr) weights->clear();
    for (const EncoderBlock& block : blocks) {
        Var<float> of_block;
        x = block(x, weights == nullptr ? nullptr : &of_block);
        if (weights != nullptr) weights->push_back(of_block);
    }
    const Var<float> flat = reshape(x, {batch * variates, head.weight->shape[1]});
    return transpose(reshape(head(flat), {batch, variates, options.horizon}), 1, 2);
    // SOLUTION END
}

}  // namespace wb
