/// @file
/// Exercise 6.10 another way: patches by the tape's own operations, as slices of a row that was made longer; and the model on one
/// window after the other.
#include "patchtst.hpp"

#include <stdexcept>

#include "wb/errors.hpp"

namespace wb {

std::size_t patch_count(std::size_t lookback, std::size_t patch, std::size_t stride) {
    if (stride < 1 || stride > patch || patch > lookback)
        throw std::invalid_argument("look-back " + std::to_string(lookback) + ", patch " + std::to_string(patch) +
                                    ", stride " + std::to_string(stride));
    std::size_t count = 0;
    for (std::size_t end = patch; end <= lookback + stride; end += stride) ++count;
    return count;
}

Var<float> unfold_patches(Var<float> x, std::size_t patch, std::size_t stride) {
    const Shape shape = x.shape();
    if (shape.rank() != 2) throw ShapeError("two axes are wanted, not " + shape_text(shape));
    const std::size_t rows = shape[0], lookback = shape[1], patches = patch_count(lookback, patch, stride);
    std::vector<Var<float>> longer{x};
    for (std::size_t n = 0; n < stride; ++n) longer.push_back(slice(x, 1, lookback - 1, lookback));
    const Var<float> padded = concat(longer, 1);
    std::vector<Var<float>> cut;
    for (std::size_t p = 0; p < patches; ++p) cut.push_back(slice(padded, 1, p * stride, p * stride + patch));
    return reshape(concat(cut, 1), {rows, patches, patch});
}

Var<float> PatchTst::operator()(Var<float> past, std::vector<Var<float>>* weights) const {
    const Shape shape = past.shape();
    if (shape.rank() != 3 || shape[1] != options.lookback)
        throw ShapeError("past " + shape_text(shape) + ", made for a look-back of " + std::to_string(options.lookback));
    const std::size_t variates = shape[2];
    const Var<float> places = past.tape().use(*positions);
    std::vector<Var<float>> answers;
    std::vector<std::vector<Var<float>>> maps(blocks.size());
    for (std::size_t b = 0; b < shape[0]; ++b) {
        const Var<float> window = reshape(slice(past, 0, b, b + 1), {options.lookback, variates});
        Var<float> x = embedding(unfold_patches(transpose(window, 0, 1), options.patch, options.stride));
        x = dropout(x + places, options.blocks.dropout);
        for (std::size_t n = 0; n < blocks.size(); ++n) {
            Var<float> map;
            x = blocks[n](x, &map);
            maps[n].push_back(map);
        }
        const Var<float> said = head(reshape(x, {variates, x.size() / variates}));
        answers.push_back(reshape(transpose(said, 0, 1), {1, options.horizon, variates}));
    }
    if (weights != nullptr) {
        std::vector<Var<float>> all;
        for (const std::vector<Var<float>>& of_block : maps) all.push_back(concat(of_block, 0));
        *weights = all;
    }
    return concat(answers, 0);
}

}  // namespace wb
