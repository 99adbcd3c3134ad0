/// @file
/// Exercise 4.2: from a picture to tokens. The contract is chapters/04_vit/patches.hpp.
#include "patches.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/errors.hpp"

namespace wb {

// TODO(4.2): cut pictures into squares.
//   Start:    write down a 4 x 4 picture of one channel, numbered 0 to 15, and its four patches of size 2: the first is 0 1 4 5.
//   Ask:      which of the five loops runs over memory that is contiguous in both places?
//   Traps:    patches count row by row, the channel is the slowest inside a patch; height and width may differ.
Tensor<3> patchify(const Tensor<4>& pixels, std::size_t patch_size) {
    throw wb::NotImplemented("4.2");
}

// TODO(4.2): positions for another grid.
//   Equation: that of patches.hpp, along one axis; a picture is resized along both, one after the other or at once.
//   Start:    for each output along an axis: which four inputs, and with which weights? The weights sum to 1.
//   Ask:      what does (i + 0.5) old / new - 0.5 give for old = new? And for i = 0 when new = 2 old: is that inside?
//   Traps:    row 0 is the class token's and has no place in the grid. Inputs outside count as the nearest inside: clamp the
//             index, not the weight.
Tensor<2> interpolate_positions(const Tensor<2>& positions, std::size_t old_height, std::size_t old_width,
                                std::size_t new_height, std::size_t new_width) {
    throw wb::NotImplemented("4.2");
}

// TODO(4.2): tokens.
//   Start:    patchify the pixels into a constant of the tape. The projection's weight is stored as a convolution's; reshaped to
//             [hidden, channels * P * P] it is a Linear's, and linear() of wb/autograd/products.hpp multiplies by it. Then the class
//             token, then the positions.
//   Ask:      a convolution of stride P and size P looks at each pixel once. Why is it the same as one matrix product?
//   Traps:    every picture of the batch needs a class token, and concat repeats nothing. + does: its second operand, over leading
//             axes that it lacks. So reshape the token to [1, hidden] and add it to zeros [batch, 1, hidden]; and the positions to
//             [tokens, hidden]. Parameters reach the tape through use(), or they never learn.
Var<float> VitEmbeddings::operator()(Tape<float>& tape, const Tensor<4>& pixels) const {
    throw wb::NotImplemented("4.2");
}

}  // namespace wb
